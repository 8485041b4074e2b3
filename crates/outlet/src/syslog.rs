//! A record as a syslog message (RFC 5424).
//!
//! `<109>1 2026-11-22T06:00:00.000000Z host rollcall - run.finished [rollcall@32473 seq="7" actor="ada" …] ada run.finished: why`
//!
//! Values are made visible first (a line break becomes `\n`, other controls `\u{7}`, a backslash two of them), and then `"`, `\` and `]`
//! are escaped as RFC 5424 §6.3.3 asks. So no name can begin a new message or a field of its own, and nothing is lost but length.

use crate::Record;
use std::fmt::Write as _;

/// The id of our structured data. 32473 is the enterprise number that is set aside for use without one (RFC 5612).
const DATA_ID: &str = "rollcall@32473";
const BYTE_ORDER_MARK: &str = "\u{feff}";
const CUT: char = '…';
/// Shortest message that can be asked for: what every receiver must take (RFC 5424 §6.1).
const SHORTEST: usize = 480;

/// What is the same in every message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogForm {
    /// Facility, 0 to 23; 13 is "log audit".
    pub facility: u8,
    /// What the machine calls itself.
    pub host: String,
    /// What the program calls itself.
    pub app: String,
    /// Longest message, in bytes; longer ones are cut.
    pub longest: usize,
}

impl SyslogForm {
    /// The message of a record, without framing. At most `longest` bytes.
    pub fn message(&self, record: &Record) -> String {
        const WARNING: u8 = 4;
        const NOTICE: u8 = 5;
        let longest = self.longest.max(SHORTEST);
        let severity = if record.is_warning { WARNING } else { NOTICE };
        let priority = u16::from(self.facility.min(23)) * 8 + u16::from(severity);
        let mut message = format!(
            "<{priority}>1 {:.6} {} {} - {} ",
            record.at,
            name(&self.host, 255),
            name(&self.app, 48),
            name(&record.kind, 32)
        );
        let (seq, kind) = (record.seq.to_string(), record.kind.as_str());
        let own = [("seq", seq.as_str()), ("kind", kind), ("actor", record.actor.as_str())];
        let params: Vec<(&str, &str)> =
            own.into_iter().chain(record.about.iter().map(|(name, value)| (*name, value.as_str()))).collect();
        // Half of the room is for the values, in equal parts; the rest for the words.
        let each = (longest / 2 / params.len()).saturating_sub(16);
        let _ = write!(message, "[{DATA_ID}");
        for (name, value) in params {
            let param = format!(" {name}=\"{}\"", escaped(value, each));
            // One that does not fit is left out whole; what is left of the message is for the words.
            if message.len() + param.len() + 2 <= longest {
                message.push_str(&param);
            }
        }
        message.push(']');
        let words = format!("{} {}: {}", record.actor, record.kind, record.why);
        let room = longest.saturating_sub(message.len() + 1 + BYTE_ORDER_MARK.len());
        if room > CUT.len_utf8() {
            message.push(' ');
            message.push_str(BYTE_ORDER_MARK);
            message.push_str(&cut(words.chars().map(visible), room));
        }
        message
    }
}

/// Printable ASCII without blanks, as the fields of a header must be; `-` is none.
fn name(text: &str, longest: usize) -> String {
    let name: String = text.chars().filter(char::is_ascii_graphic).take(longest).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

/// One character, so that it can be seen and does nothing.
fn visible(c: char) -> String {
    match c {
        '\\' => "\\\\".to_owned(),
        '\n' => "\\n".to_owned(),
        '\r' => "\\r".to_owned(),
        '\t' => "\\t".to_owned(),
        // Separators of lines and paragraphs, what turns the direction of text, and the byte order mark.
        '\u{2028}'
        | '\u{2029}'
        | '\u{200e}'
        | '\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2066}'..='\u{2069}'
        | '\u{feff}' => format!("\\u{{{:x}}}", u32::from(c)),
        c if c.is_control() => format!("\\u{{{:x}}}", u32::from(c)),
        c => c.to_string(),
    }
}

/// A value of structured data.
fn escaped(value: &str, longest: usize) -> String {
    let units = value.chars().map(|c| {
        let mut unit = String::new();
        for c in visible(c).chars() {
            if matches!(c, '"' | '\\' | ']') {
                unit.push('\\');
            }
            unit.push(c);
        }
        unit
    });
    cut(units, longest)
}

/// As many whole units as fit; where some do not, a mark says so.
fn cut(units: impl Iterator<Item = String>, longest: usize) -> String {
    let mut text = String::new();
    // Where the text would have to end to leave room for the mark.
    let mut fits = 0;
    for unit in units {
        text.push_str(&unit);
        if text.len() + CUT.len_utf8() <= longest {
            fits = text.len();
        }
        if text.len() > longest {
            text.truncate(fits);
            text.push(CUT);
            return text;
        }
    }
    text
}
