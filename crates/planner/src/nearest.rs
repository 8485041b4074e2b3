//! The nearest valid word to one that is not: what an error proposes.

pub(crate) use rollcall_criteria::nearest;

/// `; did you mean "x"?`, or nothing.
pub(crate) fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}
