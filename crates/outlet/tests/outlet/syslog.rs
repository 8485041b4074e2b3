//! Syslog messages: what is written can be read back, by a reader of its own that knows only RFC 5424.

use crate::record;
use proptest::prelude::*;
use rollcall_outlet::{Record, SyslogForm};
use std::collections::BTreeMap;

fn form(longest: usize) -> SyslogForm {
    SyslogForm { facility: 13, host: "box".to_owned(), app: "rollcall".to_owned(), longest }
}

struct Message {
    header: Vec<String>,
    params: BTreeMap<String, String>,
    words: String,
}

/// Reads `<PRI>1 TIME HOST APP PROC MSGID [ID name="value"…] BOM words` (RFC 5424 §6).
fn read(text: &str) -> Message {
    let mut rest = text;
    let mut header = Vec::new();
    for _ in 0..6 {
        let (field, after) = rest.split_once(' ').expect("six fields");
        header.push(field.to_owned());
        rest = after;
    }
    let mut params = BTreeMap::new();
    rest = rest.strip_prefix("[rollcall@32473").expect("structured data");
    while let Some(after) = rest.strip_prefix(' ') {
        let (name, after) = after.split_once("=\"").expect("a name");
        let mut value = String::new();
        let mut chars = after.char_indices();
        loop {
            match chars.next().expect("a value ends") {
                (_, '\\') => match chars.next().expect("something is escaped").1 {
                    c @ ('"' | '\\' | ']') => value.push(c),
                    c => panic!("{c} needs no escape"),
                },
                (_, ']') => panic!("a ] that is not escaped"),
                (at, '"') => {
                    rest = &after[at + 1..];
                    break;
                }
                (_, c) => value.push(c),
            }
        }
        assert!(params.insert(name.to_owned(), value).is_none(), "{name} twice");
    }
    rest = rest.strip_prefix(']').expect("the data ends");
    let words = if let Some(words) = rest.strip_prefix(" \u{feff}") {
        words.to_owned()
    } else {
        assert_eq!(rest, "");
        String::new()
    };
    Message { header, params, words }
}

/// The other way: what was made visible becomes what it was.
fn invisible(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        out.push(match rest.next().expect("something follows") {
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            '\\' => '\\',
            'u' => {
                let hex: String = rest.by_ref().skip(1).take_while(|c| *c != '}').collect();
                char::from_u32(u32::from_str_radix(&hex, 16).unwrap()).unwrap()
            }
            c => panic!("\\{c}"),
        });
    }
    out
}

#[test]
fn a_message_looks_as_the_rfc_says() {
    let text = form(8192).message(&record(7));
    assert_eq!(
        text,
        "<109>1 2026-11-22T06:00:00.500000Z box rollcall - run.finished \
         [rollcall@32473 seq=\"7\" kind=\"run.finished\" actor=\"ada\" site=\"s1\" run=\"r1\"] \
         \u{feff}ada run.finished: every item has its outcome"
    );
    let warning = form(8192).message(&Record { is_warning: true, ..record(7) });
    assert!(warning.starts_with("<108>1 "), "{warning}");
}

#[test]
fn a_hostile_name_begins_no_new_message_and_no_new_field() {
    let evil = "eve\"] x\n<13>1 - - - - - - forged\\".to_owned();
    let text = form(8192).message(&Record {
        actor: evil.clone(),
        why: evil.clone(),
        kind: format!("a b{evil}"),
        ..record(7)
    });
    assert!(!text.contains('\n'), "{text}");
    let message = read(&text);
    assert_eq!(message.header.len(), 6);
    assert_eq!(invisible(&message.params["actor"]), evil);
    assert!(message.header[5].chars().all(|c| c.is_ascii_graphic()) && message.header[5].len() <= 32);
}

#[test]
fn a_machine_without_a_name_has_a_dash() {
    let text = SyslogForm { host: " ünnamed\n".to_owned(), ..form(480) }.message(&record(7));
    assert!(text.contains("Z nnamed rollcall"), "{text}");
    let text = SyslogForm { host: String::new(), ..form(480) }.message(&record(7));
    assert!(text.contains("Z - rollcall"), "{text}");
}

proptest! {
    #[test]
    fn what_is_written_can_be_read_back(actor in any::<String>(), why in any::<String>(), site in "\\PC{0,20}") {
        let written = Record { actor: actor.clone(), why: why.clone(), about: vec![("site", site.clone())], ..record(7) };
        // Long enough that nothing is cut.
        let text = form(60_000).message(&written);
        prop_assert!(!text.chars().any(char::is_control));
        let message = read(&text);
        prop_assert_eq!(invisible(&message.params["actor"]), actor.clone());
        prop_assert_eq!(invisible(&message.params["site"]), site);
        prop_assert_eq!(invisible(&message.words), format!("{actor} run.finished: {why}"));
    }

    #[test]
    fn no_message_is_longer_than_it_may_be_and_each_can_be_read(
        longest in 480_usize..3000, actor in any::<String>(), why in ".{0,4000}",
        values in prop::collection::vec(any::<String>(), 0..11),
    ) {
        const NAMES: [&str; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
        let about = NAMES.into_iter().zip(values).collect();
        let text = form(longest).message(&Record { actor, why, about, ..record(7) });
        prop_assert!(text.len() <= longest, "{} > {longest}", text.len());
        let message = read(&text);
        prop_assert_eq!(message.params["seq"].as_str(), "7");
    }
}
