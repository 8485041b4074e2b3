//! The one folding of the house: two texts that a person would call the same apart from case fold to the same text.

use icu_casemap::CaseMapper;
use unicode_normalization::UnicodeNormalization;

/// The text without regard to case and to how its accents are composed, in every script: full Unicode case folding between
/// canonical decomposition and composition (The Unicode Standard, D145), so that `Straße` and `STRASSE`, `é` and `e` + accent, are one.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_onto(&mut folded, text);
    folded
}

/// Adds the folded text to another.
pub(crate) fn fold_onto(folded: &mut String, text: &str) {
    if text.is_ascii() {
        let start = folded.len();
        folded.push_str(text);
        folded[start..].make_ascii_lowercase();
    } else {
        let decomposed: String = text.nfd().collect();
        folded.extend(CaseMapper::new().fold_string(&decomposed).nfc());
    }
}

#[cfg(test)]
mod tests {
    use super::fold;
    use proptest::prelude::*;
    use proptest::test_runner::RngSeed;

    #[test]
    fn names_of_every_script_fold_to_one_form() {
        for (a, b) in [
            ("MIRA", "mira"),
            ("Straße", "STRASSE"),
            ("e\u{301}lan", "ÉLAN"),
            ("ΣΊΣΥΦΟΣ", "σίσυφος"),
            ("МИРА", "мира"),
            ("\u{212A}elvin", "kelvin"),
            ("ﬁn", "FIN"),
        ] {
            assert_eq!(fold(a), fold(b), "{a} {b}");
        }
        assert_ne!(fold("mira"), fold("mara"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn folding_twice_is_folding_once(text in "\\PC{0,12}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn upper_case_folds_as_lower_case(text in "[a-zà-öø-ÿα-ωа-я]{0,12}") {
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
