//! The nearest valid word to one that is not: what an error proposes.

/// The candidate most like `word`, if any is like it enough to be what was meant.
pub(crate) fn nearest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let wanted = word.to_lowercase();
    let tolerance = (wanted.chars().count() / 3).max(2);
    candidates
        .into_iter()
        .map(|candidate| (distance(&wanted, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= tolerance)
        // Ties are broken by the word itself, so that the proposal never depends on the order of a table.
        .min()
        .map(|(_, candidate)| candidate)
}

/// Letters to change; a candidate that begins with the word (or the word with it) is one step away whatever its length.
fn distance(wanted: &str, candidate: &str) -> usize {
    let is_prefix = wanted.len() >= 3 && (candidate.starts_with(wanted) || wanted.starts_with(candidate));
    let edits = strsim::damerau_levenshtein(wanted, candidate);
    if is_prefix { edits.min(2) } else { edits }
}

/// ` (did you mean "x"?)`, or nothing.
pub(crate) fn suggestion<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> String {
    nearest(word, candidates).map(|near| format!("; did you mean \"{near}\"?")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_slip_of_the_keyboard_is_recognised_and_a_different_word_is_not() {
        let keys = ["accounts", "percent", "growth", "canary"];
        assert_eq!(nearest("percnt", keys), Some("percent"));
        assert_eq!(nearest("Accounts", keys), Some("accounts"));
        assert_eq!(nearest("retries", keys), None);
    }
}
