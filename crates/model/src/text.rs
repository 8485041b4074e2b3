//! Text that came from a site is hostile until shown otherwise.

use std::borrow::Cow;

/// The text without control characters, terminal escapes, line breaks and marks that turn the direction of what follows,
/// so that it may stand in a log line, a table cell or a mail header. Letters of every script stay as they are.
pub fn plain(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().map(|c| if is_unsafe(c) { '\u{FFFD}' } else { c }).collect())
}

/// C0 and C1 controls, line and paragraph separators, and the bidirectional overrides and isolates
/// (a name may be right-to-left; it may not re-order its neighbours).
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn escapes_and_line_breaks_are_replaced_and_letters_stay() {
        assert_eq!(plain("Мира \u{1b}[31mred\r\nnext"), "Мира \u{FFFD}[31mred\u{FFFD}\u{FFFD}next");
        assert_eq!(plain("مِيرا ကိုကို"), "مِيرا ကိုကို");
        assert_eq!(plain("a\u{202E}b"), "a\u{FFFD}b");
    }
}
