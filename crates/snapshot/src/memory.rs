//! How much memory a snapshot takes: enough to bound a cache, not exact to the byte.

use crate::{Snapshot, TextColumn};

/// For each account: identity and its lookup, flags, directory, counts, lookup by name.
const ACCOUNT: usize = 64;
/// An instant of each account.
const INSTANT: usize = 8;
/// Instants that are put together when first needed, for each kind of activity and for any.
const ACTIVITIES: usize = 4;
/// A membership is in the list of its account, beside the sets of members.
const MEMBERSHIP: usize = 4;

impl Snapshot {
    /// How many bytes it holds, with everything that is worked out when first needed.
    pub fn memory(&self) -> usize {
        let rows = self.len() as usize;
        let columns = &self.columns;
        let texts: usize = [&columns.usernames, &columns.names, &columns.emails].into_iter().map(text).sum();
        let instants = (2 + columns.evidence.len() + ACTIVITIES) * INSTANT * rows;
        let groups = self.groups().map(|group| {
            // Direct and effective members.
            2 * group.direct_members().serialized_size() + MEMBERSHIP * group.direct_members().len() as usize
        });
        rows * ACCOUNT + texts + instants + groups.sum::<usize>()
    }
}

/// As the site spells it and folded, with where each row ends, and its place in the order.
fn text(column: &TextColumn) -> usize {
    2 * (column.texts.text().len() + 4 * column.texts.len()) + 4 * column.texts.len()
}
