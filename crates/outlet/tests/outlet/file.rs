//! The file of JSON Lines.

use crate::record;
use rollcall_outlet::{Lines, OutletError};
use std::fs;

#[tokio::test]
async fn a_file_grows_and_begins_anew_when_it_was_moved_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    let lines = Lines { path: path.clone() };
    lines.tell(&[record(1), record(2)]).await.unwrap();
    lines.tell(&[record(3)]).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"seq\":1}\n{\"seq\":2}\n{\"seq\":3}\n");
    let moved = folder.path().join("audit.jsonl.1");
    fs::rename(&path, &moved).unwrap();
    lines.tell(&[record(4)]).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"seq\":4}\n");
    assert_eq!(fs::read_to_string(&moved).unwrap().lines().count(), 3);
    #[cfg(unix)]
    assert_eq!(
        std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions()) & 0o777 & !0o640,
        0
    );
}

#[tokio::test]
async fn a_line_that_was_cut_does_not_spoil_the_next() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    fs::write(&path, "{\"seq\":1}\n{\"se").unwrap();
    Lines { path: path.clone() }.tell(&[record(2)]).await.unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), "{\"seq\":1}\n{\"se\n{\"seq\":2}\n");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let lines = Lines { path: folder.path().join("nowhere/audit.jsonl") };
    let error = lines.tell(&[record(1)]).await.unwrap_err();
    assert!(
        matches!(&error, OutletError::File { path, .. } if path.ends_with("nowhere/audit.jsonl")),
        "{error}"
    );
}
