//! Columns: one field of all accounts.

mod code;
mod count;
mod flag;
pub(crate) mod instant;
pub(crate) mod key;
mod ranks;
mod text;

pub use code::{CodeColumn, NamedColumn};
pub use count::CountColumn;
pub use flag::FlagColumn;
pub use instant::{InstantColumn, Point};
pub(crate) use key::KeyColumn;
pub use ranks::Ranks;
pub use text::TextColumn;

use crate::fold::fold;
use roaring::RoaringBitmap;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

/// The fields of all accounts, each by account number; what criteria scan. Rows are `0..len`.
#[derive(Debug)]
pub struct Columns {
    pub(crate) keys: KeyColumn,
    /// Sign-in names; never unknown.
    pub usernames: TextColumn,
    /// Full names; never unknown.
    pub names: TextColumn,
    /// E-mail addresses; may be empty.
    pub emails: TextColumn,
    /// Yes: enabled. No: disabled.
    pub enabled: FlagColumn,
    /// Counts towards the licence.
    pub seat: FlagColumn,
    /// Hidden by the same name in an earlier directory.
    pub shadowed: FlagColumn,
    /// Cloud: managed by the organisation.
    pub managed: FlagColumn,
    /// Position in [`crate::Snapshot::directories`].
    pub directory: CodeColumn,
    /// Cloud: kind of account.
    pub account_type: NamedColumn,
    /// When the account was made.
    pub created: InstantColumn,
    /// When it was re-enabled, where the site's records tell.
    pub reactivated: InstantColumn,
    /// How often it signed in.
    pub logins: CountColumn,
    /// What each source of evidence says, in the order of [`crate::Snapshot::sources`].
    pub evidence: Vec<InstantColumn>,
    pub(crate) email_domains: OnceLock<NamedColumn>,
}

impl Columns {
    /// What stands after the last `@` of each address, folded; empty where there is no `@`, unknown where the address is.
    pub fn email_domains(&self) -> &NamedColumn {
        self.email_domains.get_or_init(|| {
            NamedColumn::collect(self.emails.iter().map(|email| {
                let domain = email?.rsplit_once('@').map_or("", |(_, domain)| domain);
                Some(fold(domain))
            }))
        })
    }
}

/// Rows whose value passes the test. The test should not branch: a million guesses that fail half the time cost more than the rest.
pub(crate) fn scan<T: Copy>(values: &[T], test: impl Fn(T) -> bool) -> RoaringBitmap {
    let mut bytes = Vec::with_capacity(values.len() / 8 + 8);
    let (words, rest) = values.as_chunks::<64>();
    let word = |values: &[T]| {
        values.iter().enumerate().fold(0_u64, |word, (i, v)| word | (u64::from(test(*v)) << i)).to_le_bytes()
    };
    for values in words {
        bytes.extend_from_slice(&word(values));
    }
    bytes.extend_from_slice(&word(rest));
    RoaringBitmap::from_lsb0_bytes(0, &bytes)
}

/// Rows whose value lies within; one comparison each.
pub(crate) fn scan_between(values: &[i64], range: RangeInclusive<i64>) -> RoaringBitmap {
    // Nothing below is an instant.
    let (least, most) = ((*range.start()).max(instant::SILENT + 1), *range.end());
    if least > most {
        return RoaringBitmap::new();
    }
    let width = most.wrapping_sub(least).cast_unsigned();
    scan(values, |v| v.wrapping_sub(least).cast_unsigned() <= width)
}

/// All rows below `len`.
pub(crate) fn all_rows(len: usize) -> RoaringBitmap {
    let mut all = RoaringBitmap::new();
    all.insert_range(0..len as u32);
    all
}
