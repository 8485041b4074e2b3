//! Opening a database: what is ours is brought up to date, everything else is refused and left alone.

use crate::*;
use rollcall_store::StoreError;
use rollcall_testkit::{SmallDisk, both_databases};
use std::path::Path;

both_databases! {
    async fn what_was_written_is_there_when_it_is_opened_again(database: TestDatabase) {
        let store = open(&database).await;
        store.add_site(&wiki(), now(), entry()).await.unwrap();
        store.close().await;
        let store = open(&database).await;
        assert_eq!(store.sites().await.unwrap().len(), 1);
        let (schema, newest) = store.schema().await.unwrap();
        assert_eq!(schema, newest);
        store.probe().await.unwrap();
    }

    async fn a_newer_schema_is_refused_and_left_alone(database: TestDatabase) {
        let store = open(&database).await;
        store.close().await;
        raw(&database, "INSERT INTO rollcall_schema (version) VALUES (9999)").await;
        raw(&database, "CREATE TABLE of_the_future (x BIGINT)").await;
        let before = (!database.is_postgres()).then(|| std::fs::read(database.location()).unwrap());
        let error = Store::open(&location(&database), None).await.unwrap_err();
        assert!(matches!(error, StoreError::NewerSchema { found: 9999, .. }), "{error}");
        assert!(error.to_string().contains("Use a newer Rollcall"), "{error}");
        if let Some(before) = before {
            assert!(std::fs::read(database.location()).unwrap() == before);
        }
        raw(&database, "SELECT x FROM of_the_future").await;
    }

    async fn many_who_open_a_new_database_at_once_make_one_schema(database: TestDatabase) {
        let location = location(&database);
        let opened = (0..6).map(|_| {
            let location = location.clone();
            tokio::spawn(async move { Store::open(&location, None).await.map(drop) })
        });
        for opened in opened.collect::<Vec<_>>() {
            opened.await.unwrap().unwrap();
        }
        open(&database).await.probe().await.unwrap();
    }

    async fn two_processes_work_side_by_side_on_one_database(database: TestDatabase) {
        // Two stores share nothing in memory, as two processes do.
        let (one, other) = (open(&database).await, open(&database).await);
        one.add_site(&wiki(), now(), entry()).await.unwrap();
        assert_eq!(other.site(&site_id()).await.unwrap().name.as_str(), "wiki");
        let error = other.add_site(&wiki(), now(), entry()).await.unwrap_err();
        assert!(matches!(error, StoreError::Conflict { what: "site", .. }), "{error}");
        assert_chain_is_whole(&other).await;
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rollcall.db");
    for content in ["Dear diary, today I wrote more than sixteen bytes.".repeat(50), "short".to_owned()] {
        std::fs::write(&path, &content).unwrap();
        let error = Store::open(&Location::Sqlite(path.clone()), None).await.unwrap_err();
        assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), content);
    }
    assert_eq!(files(folder.path()), ["rollcall.db"]);
}

#[tokio::test]
async fn a_database_of_another_program_is_refused_and_left_alone() {
    let database = TestDatabase::sqlite();
    std::fs::write(database.location(), "").unwrap();
    raw(&database, "CREATE TABLE recipes (x BIGINT)").await;
    let before = std::fs::read(database.location()).unwrap();
    let error = Store::open(&location(&database), None).await.unwrap_err();
    assert!(
        matches!(&error, StoreError::NotADatabase { reason, .. } if reason.contains("recipes")),
        "{error}"
    );
    assert!(std::fs::read(database.location()).unwrap() == before);
}

#[tokio::test]
async fn the_file_is_made_with_its_folder_for_its_owner_only() {
    let folder = tempfile::tempdir().unwrap();
    let location = Location::in_folder(folder.path().join("a/b"));
    let store = Store::open(&location, None).await.unwrap();
    let path = folder.path().join("a/b/rollcall.db");
    assert_eq!(store.place(), path.display().to_string());
    for file in ["rollcall.db", "rollcall.db-wal", "rollcall.db-shm"] {
        let metadata = std::fs::metadata(path.with_file_name(file)).unwrap();
        assert_eq!(std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777, 0o600, "{file}");
    }
}

#[tokio::test]
async fn a_store_that_is_opened_twice_keeps_its_locks_against_other_processes() {
    let database = TestDatabase::sqlite();
    let first = Store::open(&location(&database), None).await.unwrap();
    let second = Store::open(&location(&database), None).await.unwrap();
    // The last process that closes the file removes its write-ahead log: this one is not the last.
    database.execute("DELETE FROM audit_entries WHERE seq < 0");
    let log = format!("{}-wal", database.location());
    assert!(std::path::Path::new(&log).exists(), "the log is gone, under two stores");
    for store in [first, second] {
        store.append_audit(vec![entry()]).await.unwrap();
        store.close().await;
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_is_named() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), "").unwrap();
    let error = Store::open(&Location::in_folder(folder.path().join("file/data")), None).await.unwrap_err();
    assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
    assert!(error.to_string().contains("file/data/rollcall.db"), "{error}");

    let error = Store::open(&Location::Sqlite(folder.path().into()), None).await.unwrap_err();
    assert!(matches!(error, StoreError::NotADatabase { .. }), "{error}");
}

#[tokio::test]
async fn a_folder_that_takes_no_writes_is_named() {
    let Some(disk) = SmallDisk::mount(4 << 20) else { return };
    Store::open(&Location::in_folder(disk.path()), None).await.unwrap().close().await;
    disk.write_protect();
    for folder in [disk.path().to_owned(), disk.path().join("new")] {
        let error = Store::open(&Location::in_folder(&folder), None).await.unwrap_err();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        assert!(error.to_string().contains(&folder.display().to_string()), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_password() {
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let location = format!("postgres://mira:s3cr3t@{nobody}/rollcall").parse().unwrap();
    let error = Store::open(&location, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }) && error.is_passing(), "{error:?}");
    assert!(error.to_string().contains(&nobody.to_string()), "{error}");
    assert!(!format!("{error} {error:?}").contains("s3cr3t"), "{error:?}");
}

#[tokio::test]
async fn a_postgresql_database_that_does_not_exist_is_named() {
    let Some(database) = TestDatabase::postgres() else { return };
    let wrong: Location = database.location().replace("rollcall_test_", "no_such_").parse().unwrap();
    let error = Store::open(&wrong, None).await.unwrap_err();
    assert!(matches!(error, StoreError::Unavailable { .. }), "{error}");
    assert!(error.to_string().contains("no_such_"), "{error}");
    let stranger: Location = database.location().replace("user=rollcall", "user=stranger").parse().unwrap();
    let error = Store::open(&stranger, None).await.unwrap_err();
    assert!(matches!(error, StoreError::AccessDenied { .. }), "{error}");
}

#[tokio::test]
async fn a_full_disk_takes_nothing_back_and_nothing_half_and_work_goes_on_when_there_is_room() {
    let Some(disk) = SmallDisk::mount(3 << 20) else { return };
    let store = Store::open(&Location::in_folder(disk.path()), Some(key())).await.unwrap();
    store.add_site(&wiki(), now(), entry()).await.unwrap();
    let run = add_run(&store, "run-1", 4).await;
    let lease = take(&store, &run, "one", now()).await;
    store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();

    let fill = disk.path().join("fill");
    std::fs::write(&fill, vec![0; 64 << 20]).unwrap_err();
    let record = Step::Record {
        seq: 0,
        to: ItemState::Done,
        code: None,
        reason: Some("x".repeat(100_000)),
        detail: None,
    };
    let error = store.commit_steps(&lease, std::slice::from_ref(&record), now()).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error}");
    assert!(error.to_string().contains("Make room"), "{error}");
    let probed = store.probe().await.unwrap_err();
    assert!(matches!(probed, StoreError::Full { .. }), "whoever asks is told: {probed}");
    // What can be read still can.
    assert_eq!(store.item(&run, 0).await.unwrap().state, ItemState::Started);

    std::fs::remove_file(&fill).unwrap();
    store.probe().await.unwrap();
    assert!(files(disk.path()).iter().all(|file| file.starts_with("rollcall.db")), "nothing is left behind");
    let results = store.commit_steps(&lease, &[record], now()).await.unwrap();
    assert_eq!(results, [StepResult::Recorded]);
    assert_eq!(store.item(&run, 0).await.unwrap().state, ItemState::Done);
    assert_chain_is_whole(&store).await;
    assert_counters_are_right(&store, &run).await;
}

#[tokio::test]
async fn a_full_disk_of_the_server_takes_nothing_half_either() {
    use sqlx::Connection;
    let (Some(disk), Some(database)) = (SmallDisk::mount(1 << 20), TestDatabase::postgres()) else { return };
    let store = open(&database).await;
    let run = add_run(&store, "run-1", 4).await;
    let lease = take(&store, &run, "one", now()).await;
    let mut server = sqlx::PgConnection::connect(database.location()).await.unwrap();
    let mut tell =
        async |sql: String| sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut server).await.map(drop);
    let owner = std::fs::metadata("/proc/self").unwrap();
    let owner = std::os::unix::fs::MetadataExt::uid(&owner);
    // The server has a user of its own where the tests run as root.
    if owner == 0 {
        let chown = std::process::Command::new("chown").arg("postgres").arg(disk.path()).status().unwrap();
        assert!(chown.success());
    }
    let space = format!("small_{}", std::process::id());
    tell(format!("CREATE TABLESPACE {space} LOCATION '{}'", disk.path().display())).await.unwrap();
    tell(format!("ALTER TABLE audit_entries SET TABLESPACE {space}")).await.unwrap();

    // Random letters, which the server cannot press into less.
    let mut seed = 7_u64;
    let mut noise = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        char::from(b'0' + (seed >> 33) as u8 % 75)
    };
    let long: String = (0..1900).map(|_| noise()).collect();
    let mut error = None;
    for _ in 0..100 {
        let head = store.audit_head().await.unwrap();
        if let Err(full) = store.append_audit(vec![entry().because(long.clone()); 20]).await {
            assert_eq!(store.audit_head().await.unwrap(), head);
            error = Some(full);
            break;
        }
    }
    let error = error.expect("a disk of 1 MiB takes no 2000 entries");
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    tell("ALTER TABLE audit_entries SET TABLESPACE pg_default".to_owned()).await.unwrap();
    tell(format!("DROP TABLESPACE {space}")).await.unwrap();
    store.commit_steps(&lease, &[Step::Claim { seq: 0 }], now()).await.unwrap();
    assert_chain_is_whole(&store).await;
    assert_counters_are_right(&store, &run).await;
}

#[tokio::test]
async fn a_disk_that_is_full_from_the_start_is_named() {
    let Some(disk) = SmallDisk::mount(64 << 10) else { return };
    let error = Store::open(&Location::in_folder(disk.path()), None).await.unwrap_err();
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
}

fn files(folder: &Path) -> Vec<String> {
    let names =
        std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    names.collect()
}

use rollcall_store::{Step, StepResult};
