//! The generated documents are what the program would write now. `make docs` writes them again.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn generated_documents_are_fresh() {
    let folder = tempfile::tempdir().expect("a folder");
    let written = Command::new(env!("CARGO_BIN_EXE_rollcall")).arg("docs").arg(folder.path()).output();
    let written = written.expect("the program starts");
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stderr));
    let mut count = 0;
    for entry in fs::read_dir(folder.path()).expect("the folder") {
        let name = entry.expect("a file").file_name();
        let kept = repository().join("docs").join(&name);
        let now = fs::read_to_string(folder.path().join(&name)).expect("a document");
        let kept = fs::read_to_string(kept).unwrap_or_default();
        // Not assert_eq: two documents of many pages tell nobody anything.
        let line = kept.lines().zip(now.lines()).position(|(kept, now)| kept != now);
        assert!(kept == now, "docs/{} is not fresh, from line {line:?} on: run `make docs`", name.display());
        count += 1;
    }
    assert_eq!(count, 3, "the command line reference, the API and the schema of policies");
}

#[test]
fn every_link_of_the_documents_leads_somewhere() {
    let docs = repository().join("docs");
    let mut files = vec![repository().join("README.md"), repository().join("ARCHITECTURE.md")];
    files.extend(fs::read_dir(docs).expect("docs").map(|entry| entry.expect("a file").path()));
    for file in files.into_iter().filter(|file| file.extension().is_some_and(|e| e == "md")) {
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let folder = file.parent().expect("a folder");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let (target, part) = link.split_once('#').unwrap_or((link, ""));
            if target.contains("://") {
                continue;
            }
            let target = if target.is_empty() { file.clone() } else { folder.join(target) };
            assert!(target.exists(), "{}: the link to {link} leads nowhere", file.display());
            if !part.is_empty() {
                let there = fs::read_to_string(&target).expect("a document");
                let has = there.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line) == part);
                assert!(has, "{}: {link} names no heading", file.display());
            }
        }
    }
}

/// A heading as links name it.
fn anchor(heading: &str) -> String {
    let text = heading.trim_start_matches('#').trim().to_lowercase();
    text.chars()
        .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}
