//! The right word nearest to a wrong one.

use rollcall_model::plain;
use rollcall_snapshot::fold;
use std::cmp::Ordering;

/// Longest text that is compared or shown.
const LONGEST: usize = 60;

/// The candidate most like `wrong`, if any is like it at all: what an error proposes.
pub fn nearest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let wrong: String = fold(wrong).chars().take(LONGEST).collect();
    let length = wrong.chars().count();
    let close = candidates.into_iter().filter_map(|candidate| {
        let folded: String = fold(candidate).chars().take(LONGEST).collect();
        let errors = strsim::damerau_levenshtein(&wrong, &folded);
        let likeness = strsim::jaro_winkler(&wrong, &folded);
        let is_near = errors <= 1 + length.min(folded.chars().count()) / 4 || likeness >= 0.88;
        let is_part =
            length >= 3 && (folded.contains(&wrong) || (folded.len() >= 3 && wrong.contains(&folded)));
        (is_near || is_part).then_some((errors, likeness, candidate))
    });
    close
        .min_by(|a, b| a.0.cmp(&b.0).then(b.1.partial_cmp(&a.1).unwrap_or(Ordering::Equal)))
        .map(|(_, _, candidate)| candidate)
}

/// A text from a person or a site as it may stand in a message: on one line, not too long.
pub(crate) fn shown(text: &str) -> String {
    let text = plain(text);
    if text.chars().count() <= LONGEST {
        return text.into_owned();
    }
    text.chars().take(LONGEST).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_finger_finds_the_word_that_was_meant() {
        let names = ["emailDomain", "email", "lastLogin", "group", "groups"];
        for (wrong, right) in [
            ("emailDomian", "emailDomain"),
            ("LASTLOGON", "lastLogin"),
            ("gruop", "group"),
            ("login", "lastLogin"),
        ] {
            assert_eq!(nearest(wrong, names), Some(right));
        }
        assert_eq!(nearest("quite something else", names), None);
        assert_eq!(nearest("", names), None);
    }
}
