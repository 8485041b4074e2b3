//! `notice`: what the action `notify` tells.

use super::NoticePart;
use super::read::positive;
use super::section::{Entry, Faults, Section};
use crate::policy::Notice;
use rollcall_model::Action;

/// Longest subject and longest message, in characters.
const LONGEST: [usize; 2] = [300, 20_000];

pub(super) fn read(entry: &Entry<'_>, actions: Option<&[Action]>, faults: &mut Faults) -> Option<Notice> {
    if actions.is_some_and(|actions| !actions.contains(&Action::Notify)) {
        entry.fault(faults, "`notice` says what the action `notify` tells; this policy has no such action");
    }
    let mut section = Section::open(entry, faults)?;
    let default = Notice::default();
    let before = section.optional("before").map_or(Some(default.before), |e| positive(&e, faults));
    let keep_for = section.optional("keep-for").map_or(Some(default.keep_for), |e| positive(&e, faults));
    let mut text = |key, longest: usize, part: Option<NoticePart>| {
        let entry: Option<Entry<'_>> = section.optional(key);
        let Some(entry) = entry else { return Some(None) };
        let text = entry.text(faults)?.trim();
        if text.chars().count() > longest {
            entry.fault(faults, format!("this is longer than {longest} characters"));
            return None;
        }
        if let Some(wrong) = part.and_then(|part| faults.of_words(part, text)) {
            entry.fault(faults, wrong);
            return None;
        }
        Some(Some(text.to_owned()))
    };
    let announces = text("announces", LONGEST[0], None);
    let subject = text("subject", LONGEST[0], Some(NoticePart::Subject));
    let message = text("message", LONGEST[1], Some(NoticePart::Message));
    section.close(faults);
    Some(Notice {
        before: before?,
        keep_for: keep_for?,
        announces: announces?,
        subject: subject?,
        message: message?,
    })
}
