//! What an operator may be called.

use crate::EngineError;

const LONGEST_NAME: usize = 64;
const LONGEST_TEXT: usize = 200;
const LONGEST_EMAIL: usize = 254;

/// Names that stand in the audit log for something else than a person.
const RESERVED: &[&str] = &[
    "all",
    "anonymous",
    "everybody",
    "me",
    "nobody",
    "rollcall",
    "schedule",
    "scheduler",
    "self",
    "setup",
    "sign-on",
    "system",
    "unknown",
];

/// The name without regard to case: no two operators have the same.
pub(crate) fn folded(name: &str) -> String {
    rollcall_snapshot::fold(name.trim())
}

/// A name that can stand in the audit log, in an address and in a command line.
pub(crate) fn check_name(name: &str) -> Result<(), EngineError> {
    let unfit = |reason: &str| EngineError::unfit("name", reason);
    let length = name.chars().count();
    if length == 0 || length > LONGEST_NAME {
        return Err(unfit("a name has between 1 and 64 characters"));
    }
    let is_fit = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | '+');
    if !name.starts_with(char::is_alphanumeric) || !name.chars().all(is_fit) {
        return Err(unfit(
            "a name holds only letters, digits and . - _ @ +, and starts with a letter or digit",
        ));
    }
    if RESERVED.contains(&folded(name).as_str()) {
        return Err(unfit("this name means something else in the audit log; choose another"));
    }
    Ok(())
}

/// A text of one line that people read: trimmed, not empty.
pub(crate) fn field_text(field: &'static str, text: &str) -> Result<String, EngineError> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > LONGEST_TEXT {
        return Err(EngineError::unfit(field, "between 1 and 200 characters are expected"));
    }
    if rollcall_model::plain(text) != text {
        return Err(EngineError::unfit(field, "it holds control characters"));
    }
    Ok(text.to_owned())
}

/// A mail address, or nothing.
pub(crate) fn optional_field_text(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<String>, EngineError> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else { return Ok(None) };
    if text.len() <= LONGEST_EMAIL && rollcall_mail::Mailbox::new(None, text).is_ok() {
        Ok(Some(text.to_owned()))
    } else {
        Err(EngineError::unfit(field, "it is not a mail address, as in mira@example.org"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_are_taken_and_traps_are_not() {
        for good in ["mira", "Mira.Example@example.org", "мира", "o_hara-2", "7of9"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        let long = "a".repeat(65);
        for bad in [
            "",
            " ",
            "mira ",
            "a b",
            "-x",
            "../x",
            "a/b",
            "a\u{202e}b",
            "a\0",
            "<b>",
            &long,
            "schedule",
            "Rollcall",
            "UNKNOWN",
        ] {
            assert!(check_name(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_address_is_one_address() {
        assert_eq!(
            optional_field_text("email", Some(" mira@example.org ")).unwrap().unwrap(),
            "mira@example.org"
        );
        assert_eq!(optional_field_text("email", Some("")).unwrap(), None);
        for bad in ["mira", "a@b, c@d", "Mira <mira@example.org>", "mira@example.org\r\nBcc: x@y.z"] {
            assert!(optional_field_text("email", Some(bad)).is_err(), "{bad:?}");
        }
    }
}
