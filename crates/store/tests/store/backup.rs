//! Backups: what was made of one database comes back in another, or nothing does.

use crate::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rollcall_store::{
    ExemptKind, ExemptionRow, ListRow, MailDraft, PolicyDraft, Replaces, SettingChange, SnapshotRow,
    StoreError, inspect_backup,
};
use rollcall_testkit::both_databases;
use std::collections::BTreeMap;
use std::io::Cursor;

/// What an installation may hold.
#[derive(Debug, Clone)]
struct Population {
    texts: Vec<String>,
    bytes: Vec<Vec<u8>>,
    values: Vec<i64>,
    runs: u32,
}

fn population() -> impl Strategy<Value = Population> {
    (
        proptest::collection::vec("\\PC{0,30}|[\\x01-\\x1f'\"\\\\;]{0,6}", 1..8),
        proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..3000), 1..4),
        proptest::collection::vec(any::<i64>(), 1..6),
        0..4u32,
    )
        .prop_map(|(texts, bytes, values, runs)| Population { texts, bytes, values, runs })
}

fn populations(count: usize) -> Vec<Population> {
    let mut runner = TestRunner::deterministic();
    (0..count).map(|_| population().new_tree(&mut runner).unwrap().current()).collect()
}

async fn fill(store: &Store, with: &Population) {
    store.add_site(&wiki(), now(), entry()).await.unwrap();
    for (at, text) in with.texts.iter().enumerate() {
        let name = format!("setting {at}");
        let value = json!({ "text": text, "of": with.values });
        let change = SettingChange { name: &name, seen: None, value: &value };
        store.set_setting(change, now(), entry()).await.unwrap();
        let list = ListRow {
            name: format!("list {at}"),
            entries: with.texts.clone(),
            changed_by: text.clone(),
            changed_at: now(),
        };
        store.set_list(&list, Replaces::Nothing, entry().because(text.clone())).await.unwrap();
        let exemption = ExemptionRow {
            site: site_id(),
            kind: ExemptKind::Group,
            subject: format!("group {at}"),
            name: format!("group {at}"),
            reason: text.clone(),
            until: at.is_multiple_of(2).then(now),
            added_by: "mira".to_owned(),
            added_at: now(),
        };
        store.set_exemption(&exemption, Replaces::Anything, entry()).await.unwrap();
    }
    for (at, bytes) in with.bytes.iter().enumerate() {
        let header = SnapshotRow {
            id: format!("snapshot {at}").into(),
            site: site_id(),
            taken_at: now() + MINUTE * at as i32,
            hash: "c0ffee".to_owned(),
            accounts: 12,
            bytes: 0,
            encoding: 1,
        };
        let history = at.is_multiple_of(2).then_some(&bytes[..]);
        store.add_snapshot(&header, bytes, history, entry()).await.unwrap();
        let mail = MailDraft {
            id: format!("mail {at}"),
            message_id: format!("{at}@example.org"),
            recipients: vec!["mira@example.org".to_owned()],
            subject: with.texts[0].clone(),
            raw: bytes.clone(),
        };
        store.queue_mail(&mail, now()).await.unwrap();
    }
    store.set_secret("mail", Some(&"hunter2".to_owned().into()), now(), entry()).await.unwrap();
    for run in 0..with.runs {
        let run = add_run(store, &format!("run {run}"), 3).await;
        take(store, &run, "a process that is not here", now()).await;
    }
}

async fn backup_of(store: &Store) -> Vec<u8> {
    let mut file = Vec::new();
    store.back_up(now(), &mut file).await.unwrap();
    file
}

async fn restore(to: &Location, file: &[u8]) -> Result<Store, StoreError> {
    let made = |summary: &rollcall_store::BackupSummary| {
        Draft::new(now(), "mira", EntryKind::BACKUP_RESTORED, Subject::default())
            .because(summary.sha256.clone())
    };
    Store::restore(to, &mut Cursor::new(file), made).await?;
    Store::open(to, Some(key())).await
}

/// The rows of a backup by their table, as they stand in the file; what belongs to the moment alone is taken out.
fn rows(file: &[u8]) -> BTreeMap<String, Vec<String>> {
    let at = file.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let text = String::from_utf8(zstd::decode_all(&file[at..]).unwrap()).unwrap();
    let (mut tables, mut table): (BTreeMap<String, Vec<String>>, _) = (BTreeMap::new(), String::new());
    for line in text.lines() {
        if line.starts_with('[') {
            tables.entry(table.clone()).or_default().push(line.to_owned());
        } else if let Some(name) =
            serde_json::from_str::<serde_json::Value>(line).unwrap()["table"]["name"].as_str()
        {
            name.clone_into(&mut table);
        }
    }
    for rows in tables.values_mut() {
        rows.sort();
    }
    tables.remove("audit_head");
    tables
}

/// Another database of the other kind, where there is one.
fn elsewhere(database: &TestDatabase) -> TestDatabase {
    if database.is_postgres() {
        TestDatabase::sqlite()
    } else {
        TestDatabase::postgres().unwrap_or_else(TestDatabase::sqlite)
    }
}

both_databases! {
    async fn what_was_backed_up_comes_back_on_either_database(database: TestDatabase) {
        for with in populations(3) {
            let source = if database.is_postgres() { TestDatabase::postgres().unwrap() } else { TestDatabase::sqlite() };
            let store = open(&source).await;
            fill(&store, &with).await;
            let file = backup_of(&store).await;
            assert!(!file.windows(7).any(|window| window == b"hunter2"));
            let target = elsewhere(&source);
            let restored = restore(&location(&target), &file).await.unwrap();

            assert_chain_is_whole(&restored).await;
            let head = restored.audit_head().await.unwrap().seq;
            assert_eq!(head, store.audit_head().await.unwrap().seq + 1, "the restoring itself is in the log");
            assert_eq!(restored.check_secrets().await.unwrap(), 2, "the same key opens them there");
            for run in 0..with.runs {
                let run: RunId = format!("run {run}").into();
                let free = restored.run(&run).await.unwrap();
                assert_eq!(free.owner, None, "nobody there works on it");
                take(&restored, &run, "somebody who is here", now()).await;
                assert_counters_are_right(&restored, &run).await;
                restored.expire_lease(&run, 2).await.unwrap();
            }
            let (mut before, mut after) = (rows(&file), rows(&backup_of(&restored).await));
            before.get_mut("audit_entries").unwrap().sort();
            let added = after.get_mut("audit_entries").unwrap();
            added.retain(|row| before["audit_entries"].contains(row));
            assert_eq!(before.remove("runs").map(|r| r.len()), after.remove("runs").map(|r| r.len()));
            assert!(before == after, "{with:?}");
        }
    }

    async fn a_backup_is_of_one_instant_while_others_write(database: TestDatabase) {
        let store = open(&database).await;
        fill(&store, &populations(1)[0]).await;
        let writing = async {
            let mut seen = None;
            for at in 0..40 {
                let value = json!(at);
                let change = SettingChange { name: "busy", seen: seen.as_ref(), value: &value };
                store.set_setting(change, now(), entry()).await.unwrap();
                seen = Some(value);
            }
        };
        let (files, ()) = tokio::join!(async { [backup_of(&store).await, backup_of(&store).await, backup_of(&store).await] }, writing);
        for file in files {
            let summary = inspect_backup(&mut &file[..]).unwrap();
            assert_eq!(summary.rows_of["audit_entries"], summary.head.audit.seq, "entries and head are of one instant");
            assert_eq!(summary.head.keys, [key().id()]);
        }
    }

    async fn a_file_that_is_not_whole_changes_nothing(database: TestDatabase) {
        let source = TestDatabase::sqlite();
        let store = open(&source).await;
        fill(&store, &populations(2)[1]).await;
        let file = backup_of(&store).await;
        let whole = inspect_backup(&mut &file[..]).unwrap();
        for at in (0..file.len()).step_by(file.len() / 60) {
            let error = inspect_backup(&mut &file[..at]).unwrap_err();
            assert!(matches!(error, StoreError::Backup { .. }), "cut at {at}: {error}");
            let mut changed = file.clone();
            changed[at] ^= 4;
            // A bit that means nothing to zstd is none of the content.
            if let Ok(summary) = inspect_backup(&mut &changed[..]) {
                assert_eq!(summary, whole, "byte {at}");
            }
        }
        let longer = [&file[..], b"x"].concat();
        let newer = [b"rollcall backup 2\n", &file[18..]].concat();
        let schema = String::from_utf8(zstd::decode_all(&file[18..]).unwrap()).unwrap();
        let schema = schema.replacen(&format!("\"schema\":{}", whole.head.schema), "\"schema\":9999", 1);
        let future = [b"rollcall backup 1\n", &zstd::encode_all(schema.as_bytes(), 3).unwrap()[..]].concat();
        for (bad, words) in [
            (&file[..file.len() / 2], "cut off"),
            (&longer, "something follows its end"),
            (b"SQLite format 3\0", "no backup of Rollcall"),
            (b"", "no backup of Rollcall"),
            (&newer, "it is of form 2, this program knows only up to 1. Use a newer Rollcall"),
            (&future, "schema 9999"),
        ] {
            let error = restore(&location(&database), bad).await.unwrap_err().to_string();
            assert!(error.contains(words), "{error}");
            assert!(error.ends_with("Nothing was changed"), "{error}");
        }
        // It is still empty, and takes the good one.
        let restored = restore(&location(&database), &file).await.unwrap();
        assert_chain_is_whole(&restored).await;
    }

    async fn a_changed_row_is_found_also_where_the_file_is_hashed_anew(database: TestDatabase) {
        let source = TestDatabase::sqlite();
        let store = open(&source).await;
        fill(&store, &populations(1)[0]).await;
        raw(&source, "UPDATE audit_entries SET why = 'another reason' WHERE seq = 3").await;
        let file = backup_of(&store).await;
        let error = restore(&location(&database), &file).await.unwrap_err().to_string();
        assert!(error.contains("audit entry 3 was changed"), "{error}");
    }

    async fn a_database_that_was_used_is_left_as_it_is(database: TestDatabase) {
        let source = TestDatabase::sqlite();
        let store = open(&source).await;
        fill(&store, &populations(1)[0]).await;
        let file = backup_of(&store).await;
        let used = open(&database).await;
        used.load_policy(
            &PolicyDraft { name: "idle".to_owned(), version: "1".to_owned(), document: "{}".to_owned(), loaded_by: "mira".to_owned() },
            now(),
            entry(),
        ).await.unwrap();
        let head = used.audit_head().await.unwrap();
        let error = restore(&location(&database), &file).await.unwrap_err();
        assert!(matches!(error, StoreError::NotEmpty { .. }), "{error}");
        assert_eq!(used.audit_head().await.unwrap(), head);
        assert_eq!(used.policies().await.unwrap().len(), 1);
    }

    async fn a_database_that_was_only_opened_takes_a_backup(database: TestDatabase) {
        let source = TestDatabase::sqlite();
        let store = open(&source).await;
        fill(&store, &populations(1)[0]).await;
        open(&database).await.close().await;
        let restored = restore(&location(&database), &backup_of(&store).await).await.unwrap();
        assert_eq!(restored.sites().await.unwrap().len(), 1);
    }
}
