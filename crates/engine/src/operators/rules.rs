//! What a password must be. Length counts, not a mixture of kinds of characters; what everybody tries first is refused.

use super::names::folded;
use crate::EngineError;

/// In characters.
const SHORTEST: usize = 12;
/// In bytes: beyond it nobody types, and it is work for nothing.
pub(crate) const LONGEST: usize = 1024;
/// A password that holds the name must hold so many characters besides.
const BESIDES_NAME: usize = 8;
/// So many different characters at least: `aaaaaaaaaaaa` and `abababababab` are long only to the eye.
const DIFFERENT: usize = 5;

/// The commonest that are long enough to be taken otherwise, in small letters.
const COMMONEST: &[&str] = &[
    "1234567890ab",
    "123456789012",
    "1234567890123",
    "12345678901234",
    "123456789abc",
    "1234qwerasdf",
    "1q2w3e4r5t6y",
    "1q2w3e4r5t6y7u",
    "1qaz2wsx3edc",
    "1qaz2wsx3edc4rfv",
    "abc123456789",
    "abcd12345678",
    "abcdefghijkl",
    "abcdefghijklm",
    "admin1234567",
    "administrator",
    "administrator1",
    "asdfghjkl123",
    "azertyuiop123",
    "changeme1234",
    "changeme12345",
    "changemeplease",
    "confluence123",
    "confluence1234",
    "correcthorsebatterystaple",
    "football1234",
    "iloveyou1234",
    "iloveyou12345",
    "letmein12345",
    "letmein123456",
    "liverpool123",
    "motdepasse123",
    "p@ssw0rd1234",
    "p@ssword1234",
    "passw0rd1234",
    "password!123",
    "password1234",
    "password12345",
    "password123456",
    "password2024",
    "password2025",
    "password2026",
    "passwordpassword",
    "passwort1234",
    "princess1234",
    "q1w2e3r4t5y6",
    "qazwsxedcrfv",
    "qwerty123456",
    "qwertyuiop12",
    "qwertyuiop123",
    "qwertyuiop[]",
    "qwertyuiopasdf",
    "rollcall1234",
    "sunshine1234",
    "superman1234",
    "test12345678",
    "testtesttest",
    "trustno1trustno1",
    "welcome12345",
    "welcome123456",
    "welcome2024!",
    "welcome2025!",
    "welcome2026!",
    "zaq12wsxcde3",
    "zxcvbnm12345",
];

/// Refuses a password that is easily guessed; `field` is what it was given as.
pub(crate) fn check_password(
    field: &'static str,
    password: &str,
    name: &str,
    email: Option<&str>,
) -> Result<(), EngineError> {
    let unfit = |reason: &str| Err(EngineError::unfit(field, reason));
    if password.chars().count() < SHORTEST {
        return unfit("a password has at least 12 characters; a few words in a row are easy to remember");
    }
    if password.len() > LONGEST {
        return unfit("a password has at most 1024 bytes");
    }
    if password.contains('\0') {
        return unfit("it holds a NUL character");
    }
    let small = folded(password);
    if COMMONEST.contains(&small.as_str()) {
        return unfit("this is one of the commonest passwords; it is tried first");
    }
    let different = small.chars().collect::<std::collections::BTreeSet<_>>().len();
    if different < DIFFERENT || is_sequence(&small) {
        return unfit("it repeats a few characters or counts upwards; it is tried early");
    }
    let own = [Some(name), email, email.and_then(|email| email.split('@').next())];
    for own in own.into_iter().flatten().map(folded).filter(|own| !own.is_empty()) {
        let besides = small.replace(&own, "").chars().count();
        if small.contains(&own) && besides < BESIDES_NAME {
            return unfit("it is little more than the name or the address; whoever knows it tries that");
        }
    }
    Ok(())
}

/// Whether each character follows the one before, upwards or downwards, nearly throughout.
fn is_sequence(text: &str) -> bool {
    let codes: Vec<i64> = text.chars().map(|c| i64::from(u32::from(c))).collect();
    let steps = codes.windows(2).filter(|pair| matches!(pair[1] - pair[0], 1 | -1)).count();
    steps * 10 >= codes.len() * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused_and_a_few_words_are_taken() {
        let check = |password: &str| check_password("password", password, "mira.k", Some("mira@example.org"));
        for good in
            ["correct marmot 17 ladder", "пароль-из-многих-слов", "mira.k walks to the sea", "zQ8#fLw1;0pT"]
        {
            assert!(check(good).is_ok(), "{good}");
        }
        let long = "ab1!x".repeat(300);
        for bad in [
            "",
            "short",
            "elevenchars",
            "Password1234",
            "aaaaaaaaaaaaaaaa",
            "abababababababab",
            "abcdefghijklmn",
            "987654321098",
            "MIRA.K-12345",
            "mira@example.org",
            "mira@example.org1",
            "nul\0nul\0nul\0nul",
            &long,
        ] {
            assert!(check(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn the_list_holds_only_what_would_be_taken_otherwise() {
        assert!(COMMONEST.iter().all(|p| p.len() >= SHORTEST && folded(p) == **p));
    }
}
