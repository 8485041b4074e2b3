//! Whatever is done to a log, the first bad entry is named.

use jiff::Timestamp;
use proptest::prelude::*;
use rollcall_audit::{
    Broken, Draft, Dropped, Entry, EntryHash, EntryKind, ExportError, Fault, Head, Subject, Verified,
    Verifier, canonical, chain, checkpoint_line, head_line, line, verify_lines,
};
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map(".{0,6}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

prop_compose! {
    fn draft()(
        micros in -62_000_000_000_000_000i64..253_000_000_000_000_000i64,
        nanos in 0..1000i64,
        actor in ".{0,10}",
        kind in 0..EntryKind::ALL.len(),
        site in proptest::option::of("[a-z]{1,4}"),
        account in proptest::option::of(".{0,6}"),
        item in proptest::option::of(any::<u32>()),
        why in ".{0,20}",
        before in proptest::option::of(value()),
        after in proptest::option::of(value()),
        details in value(),
    ) -> Draft {
        let at = Timestamp::from_microsecond(micros).unwrap() + jiff::SignedDuration::from_nanos(nanos);
        let subject = Subject {
            site: site.map(Into::into), account: account.map(Into::into), item, ..Subject::default()
        };
        Draft { at, actor, kind: EntryKind::ALL[kind].clone(), subject, why, before, after, details }
    }
}

fn log(range: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Entry>> {
    proptest::collection::vec(draft(), range).prop_map(|drafts| chain(Head::EMPTY, drafts))
}

fn head_of(log: &[Entry]) -> Head {
    log.last().map_or(Head::EMPTY, Head::from)
}

fn verify(entries: &[Entry], head: Head) -> Result<Verified, Broken> {
    let mut verifier = Verifier::new();
    for entry in entries {
        verifier.feed(entry);
    }
    verifier.finish(Some(head))
}

fn broken(seq: u64, fault: Fault) -> Result<Verified, Broken> {
    Err(Broken { seq, fault })
}

/// Every way to change one field of an entry, its hash left alone.
fn change(entry: &mut Entry, way: usize) {
    match way {
        0 => entry.actor.push('x'),
        1 => entry.why.insert(0, 'x'),
        2 => entry.at += jiff::SignedDuration::from_micros(1),
        3 => entry.before = if entry.before.is_none() { Some(Value::Null) } else { None },
        4 => entry.after = Some(json!({ "was": entry.after.clone() })),
        5 => entry.details = json!([entry.details.clone()]),
        6 => entry.subject.account = Some(format!("{:?}!", entry.subject.account).into()),
        7 => entry.kind = "run.item.forged".parse().unwrap(),
        8 => entry.previous_hash = EntryHash::try_from("ab".repeat(32)).unwrap(),
        _ => entry.hash = EntryHash::try_from("cd".repeat(32)).unwrap(),
    }
}

fn rehash(entry: &mut Entry) {
    entry.hash = canonical::hash(entry);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(128) })]

    #[test]
    fn an_untouched_log_verifies_also_after_it_was_exported_and_read_back(log in log(0..12)) {
        let head = head_of(&log);
        prop_assert_eq!(verify(&log, head), Ok(Verified { head, dropped: None }));
        let mut file: String = log.iter().map(|entry| line(entry) + "\n").collect();
        file += &head_line(head);
        prop_assert_eq!(verify_lines(file.as_bytes(), [head]).unwrap(), Verified { head, dropped: None });
        let again: Vec<Entry> = file.lines().take(log.len()).map(|l| serde_json::from_str(l).unwrap()).collect();
        prop_assert_eq!(again, log);
    }

    #[test]
    fn a_log_grown_in_pieces_is_the_same_log(drafts in proptest::collection::vec(draft(), 0..8), cut in 0..8usize) {
        let whole = chain(Head::EMPTY, drafts.clone());
        let cut = cut.min(drafts.len());
        let mut pieces = chain(Head::EMPTY, drafts[..cut].to_vec());
        let rest = chain(head_of(&pieces), drafts[cut..].to_vec());
        pieces.extend(rest);
        prop_assert_eq!(pieces, whole);
    }

    #[test]
    fn a_changed_entry_is_named(mut log in log(1..10), at in any::<prop::sample::Index>(), way in 0..10usize) {
        let (head, at) = (head_of(&log), at.index(log.len()));
        change(&mut log[at], way);
        prop_assert_eq!(verify(&log, head), broken(at as u64 + 1, Fault::Changed));
    }

    #[test]
    fn an_entry_changed_and_hashed_again_is_named(mut log in log(1..10), at in any::<prop::sample::Index>(), way in 0..8usize) {
        let (head, at) = (head_of(&log), at.index(log.len()));
        change(&mut log[at], way);
        rehash(&mut log[at]);
        prop_assert_eq!(verify(&log, head), broken(at as u64 + 1, Fault::Rewritten));
    }

    #[test]
    fn removed_entries_are_named(mut log in log(2..10), from in any::<prop::sample::Index>(), many in 1..4usize) {
        let (head, from) = (head_of(&log), from.index(log.len()));
        let to = (from + many).min(log.len());
        let is_tail = to == log.len();
        log.drain(from..to);
        let (first, last) = (from as u64 + 1, to as u64);
        let fault = if is_tail { Fault::Truncated { head: head.seq } } else { Fault::Removed { through: last } };
        prop_assert_eq!(verify(&log, head), broken(first, fault));
    }

    #[test]
    fn a_removal_hidden_by_new_numbers_is_named(mut log in log(2..10), at in any::<prop::sample::Index>()) {
        let head = head_of(&log);
        let at = at.index(log.len() - 1);
        log.remove(at);
        log[at..].iter_mut().for_each(|entry| entry.seq -= 1);
        let first = at as u64 + 1;
        prop_assert_eq!(verify(&log, head), broken(first, Fault::Reordered { found: first + 1 }));
    }

    #[test]
    fn an_entry_that_stands_twice_is_named(mut log in log(1..10), at in any::<prop::sample::Index>(), to in any::<prop::sample::Index>()) {
        let (head, at) = (head_of(&log), at.index(log.len()));
        let to = at + 1 + to.index(log.len() - at);
        log.insert(to, log[at].clone());
        prop_assert_eq!(verify(&log, head), broken(at as u64 + 1, Fault::Inserted));
    }

    #[test]
    fn a_forged_entry_between_others_is_named(mut log in log(1..10), draft in draft(), at in any::<prop::sample::Index>()) {
        let (head, at) = (head_of(&log), at.index(log.len()));
        let before = if at == 0 { Head::EMPTY } else { Head::from(&log[at - 1]) };
        let forged = chain(before, [draft]).remove(0);
        log.insert(at, forged);
        log[at + 1..].iter_mut().for_each(|entry| entry.seq += 1);
        prop_assert_eq!(verify(&log, head), broken(at as u64 + 1, Fault::Inserted));
    }

    #[test]
    fn a_forged_entry_behind_the_recorded_end_is_named(mut log in log(0..10), draft in draft()) {
        let head = head_of(&log);
        log.extend(chain(head, [draft]));
        prop_assert_eq!(verify(&log, head), broken(head.seq + 1, Fault::Inserted));
    }

    #[test]
    fn swapped_entries_are_named(mut log in log(2..10), a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>(), renumbered in any::<bool>()) {
        let head = head_of(&log);
        let (a, b) = (a.index(log.len()), b.index(log.len()));
        prop_assume!(a != b);
        let (a, b) = (a.min(b), a.max(b));
        log.swap(a, b);
        if renumbered {
            // As it looks in a database, where rows come in the order of their numbers.
            (log[a].seq, log[b].seq) = (a as u64 + 1, b as u64 + 1);
        }
        prop_assert_eq!(verify(&log, head), broken(a as u64 + 1, Fault::Reordered { found: b as u64 + 1 }));
    }

    #[test]
    fn a_log_rewritten_with_its_head_is_found_out_by_a_head_given_away_before(
        drafts in proptest::collection::vec(draft(), 1..8), at in any::<prop::sample::Index>(), known in any::<prop::sample::Index>(),
    ) {
        let honest = chain(Head::EMPTY, drafts.clone());
        let (at, known) = (at.index(drafts.len()), known.index(drafts.len()));
        let mut forged = drafts;
        forged[at].why.push('x');
        let forged = chain(Head::EMPTY, forged);
        let mut verifier = Verifier::expecting([Head::from(&honest[known])]);
        for entry in &forged {
            verifier.feed(entry);
        }
        let verdict = verifier.finish(Some(head_of(&forged)));
        if known < at {
            prop_assert!(verdict.is_ok());
        } else {
            prop_assert_eq!(verdict, broken(known as u64 + 1, Fault::Replaced));
        }
    }

    #[test]
    fn a_log_without_its_beginning_is_whole_only_if_it_says_so_itself(
        log in log(1..10), at in any::<prop::sample::Index>(), seq in 1..20u64,
    ) {
        let cut = at.index(log.len()) + 1;
        let last = Head::from(&log[cut - 1]);
        let mut say = Draft::new(log[cut - 1].at, "retention", EntryKind::AUDIT_DROPPED, Subject::default());
        say.details = Dropped::details(last, cut as u64);
        let said = chain(head_of(&log), [say]);
        let kept: Vec<_> = log[cut..].iter().chain(&said).cloned().collect();
        let head = head_of(&said);
        let verify = |entries: &[Entry], checkpoint: Head, known: &[Head], head: Head| {
            let mut verifier = Verifier::expecting(known.iter().copied()).starting_behind(checkpoint);
            for entry in entries {
                verifier.feed(entry);
            }
            verifier.finish(Some(head))
        };
        let verified = verify(&kept, last, &[last, head], head).unwrap();
        prop_assert_eq!(verified.head, head);
        prop_assert_eq!(verified.dropped.map(|d| (d.last, d.by)), Some((last, "retention".to_owned())));

        // As a file, too.
        let lines = [checkpoint_line(last)].into_iter().chain(kept.iter().map(line)).chain([head_line(head)]);
        let file = lines.collect::<Vec<_>>().join("\n");
        prop_assert_eq!(verify_lines(file.as_bytes(), [head]).unwrap().head, head);

        // Another checkpoint, none, or nobody who vouches for it: that is somebody with a knife.
        let forged = Head { hash: EntryHash::GENESIS, ..last };
        prop_assert!(verify(&kept, forged, &[], head).is_err());
        prop_assert!(verify(&kept, Head::EMPTY, &[], head).is_err());
        let silent = &kept[..kept.len() - 1];
        let fault = verify(silent, last, &[], Head { ..head_of(&log) }).unwrap_err().fault;
        prop_assert_eq!(fault, Fault::Unvouched);

        // A head from the part that is gone can be compared with nothing, and that is said.
        if seq < last.seq {
            let gone = Head { seq, hash: log[seq as usize - 1].hash };
            prop_assert_eq!(verify(&kept, last, &[gone], head).unwrap_err().fault, Fault::Dropped);
        }
        let replaced = verify(&kept, last, &[forged], head).unwrap_err().fault;
        prop_assert_eq!(replaced, Fault::Replaced);
    }

    #[test]
    fn different_entries_have_different_bytes(a in draft(), b in draft()) {
        let (x, y) = (chain(Head::EMPTY, [a]).remove(0), chain(Head::EMPTY, [b]).remove(0));
        prop_assert_eq!(x == y, canonical::bytes(&x) == canonical::bytes(&y));
    }

    #[test]
    fn a_cut_file_is_seen_to_be_cut(log in log(1..6), lines in 0..6usize) {
        let mut file: Vec<String> = log.iter().map(line).collect();
        file.push(head_line(head_of(&log)));
        file.truncate(lines.min(log.len()));
        let verdict = verify_lines(file.join("\n").as_bytes(), []);
        prop_assert!(matches!(verdict, Err(ExportError::NoHead { .. })), "{:?}", verdict);
    }
}

fn sample() -> Entry {
    let at = "2026-11-22T06:00:00Z".parse().unwrap();
    let draft = Draft::new(at, "mira", EntryKind::SITE_ADDED, Subject::site("s1".into()))
        .change(None, Some(json!({ "b": 1, "a": [2.0, null] })));
    chain(Head::EMPTY, [draft]).remove(0)
}

#[test]
fn the_order_of_members_does_not_count() {
    let text = line(&sample()).replace(r#"{"a":[2.0,null],"b":1}"#, r#"{"b":1,"a":[2.0,null]}"#);
    let entry: Entry = serde_json::from_str(&text).unwrap();
    assert_eq!(canonical::hash(&entry), sample().hash);
}

#[test]
fn the_canonical_form_never_changes_under_old_entries() {
    assert_eq!(sample().hash.to_string(), independent_hash_of_the_sample());
}

/// The sample's bytes, written out by hand.
fn independent_hash_of_the_sample() -> String {
    use sha2::Digest;
    let mut bytes = b"rollcall audit entry\0\x01\0\0\0\0\0\0\0\x01".to_vec();
    bytes.extend([0; 32]);
    bytes.extend(1_795_327_200_000_000_i64.to_be_bytes());
    for text in ["mira", "site.added"] {
        bytes.extend((text.len() as u64).to_be_bytes());
        bytes.extend(text.as_bytes());
    }
    bytes.extend(b"\x01\0\0\0\0\0\0\0\x02s1\0\0\0\0\0\0");
    bytes.extend([0; 8]); // why
    bytes.extend(b"\0\x01o\0\0\0\0\0\0\0\x02\0\0\0\0\0\0\0\x01aa\0\0\0\0\0\0\0\x02#\0\0\0\0\0\0\0\x032.0n");
    bytes.extend(b"\0\0\0\0\0\0\0\x01b#\0\0\0\0\0\0\0\x011n");
    hex::encode(sha2::Sha256::digest(bytes))
}

#[test]
fn a_line_that_is_no_entry_is_named() {
    let file = format!("{}\nnonsense\n", line(&sample()));
    let error = verify_lines(file.as_bytes(), []).unwrap_err();
    assert!(error.to_string().starts_with("line 2 of the exported audit log is not an entry"), "{error}");
    let file = format!("{}\n{}\n{}\n", line(&sample()), head_line(Head::from(&sample())), line(&sample()));
    assert!(matches!(verify_lines(file.as_bytes(), []), Err(ExportError::BehindHead { line: 3 })));
    let file = format!("{}\nnonsense\n", line(&sample()).replace("mira", "tom"));
    let error = verify_lines(file.as_bytes(), []).unwrap_err();
    assert!(
        matches!(error, ExportError::Broken(Broken { seq: 1, fault: Fault::Changed })),
        "the first is named: {error}"
    );
    let smuggled = line(&sample()).replace("\"why\"", "\"extra\":1,\"why\"");
    assert!(matches!(verify_lines(smuggled.as_bytes(), []), Err(ExportError::Line { line: 1, .. })));
}
