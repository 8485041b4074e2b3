//! JSON Lines: one entry a line, and a last line with the head, so that a file that was cut is seen to be cut.

use crate::{Broken, Entry, Head, Verified, Verifier};
use serde::{Deserialize, Serialize};
use std::io::BufRead;

/// Why an exported log could not be verified.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file cannot be read.
    #[error("the exported audit log cannot be read: {0}")]
    Io(#[from] std::io::Error),
    /// A line that is no entry.
    #[error("line {line} of the exported audit log is not an entry: {reason}")]
    Line {
        /// From 1.
        line: u64,
        /// What the parser says.
        reason: String,
    },
    /// The last line, with the head, is not there.
    #[error(
        "the exported audit log ends without its head line after entry {seq}: the file was cut, or the export did not finish"
    )]
    NoHead {
        /// The last entry found.
        seq: u64,
    },
    /// Something stands behind the head line.
    #[error("line {line} of the exported audit log stands behind the head line: it was inserted")]
    BehindHead {
        /// From 1.
        line: u64,
    },
    /// The chain is broken.
    #[error(transparent)]
    Broken(#[from] Broken),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HeadLine {
    head: Head,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CheckpointLine {
    checkpoint: Head,
}

/// The first line of a log whose beginning was dropped by retention, without line break.
pub fn checkpoint_line(checkpoint: Head) -> String {
    write(&CheckpointLine { checkpoint })
}

/// The line of an entry, without line break.
pub fn line(entry: &Entry) -> String {
    write(entry)
}

/// The last line, without line break.
pub fn head_line(head: Head) -> String {
    write(&HeadLine { head })
}

fn write(value: &impl Serialize) -> String {
    // Strings, integers and JSON values with text keys: none of them can fail to be written.
    serde_json::to_string(value)
        .unwrap_or_else(|error| unreachable!("an audit line cannot be written: {error}"))
}

/// Verifies an exported log on its own, without a database. `known` are heads that were given away earlier.
pub fn verify_lines(
    lines: impl BufRead,
    known: impl IntoIterator<Item = Head>,
) -> Result<Verified, ExportError> {
    let mut verifier = Verifier::expecting(known);
    let (mut head, mut last) = (None, 0);
    let mut is_first = true;
    for (line, text) in (1..).zip(lines.lines()) {
        let text = text?;
        if text.trim().is_empty() {
            continue;
        }
        if std::mem::take(&mut is_first)
            && let Ok(found) = serde_json::from_str::<CheckpointLine>(&text)
        {
            verifier = verifier.starting_behind(found.checkpoint);
            last = found.checkpoint.seq;
            continue;
        }
        if head.is_some() {
            return Err(ExportError::BehindHead { line });
        }
        match serde_json::from_str::<Entry>(&text) {
            Ok(entry) => {
                last = entry.seq;
                verifier.feed(&entry);
            }
            Err(error) => match serde_json::from_str::<HeadLine>(&text) {
                Ok(found) => head = Some(found.head),
                // What is wrong further up is named first.
                Err(_) if verifier.is_broken() => break,
                Err(_) => return Err(ExportError::Line { line, reason: error.to_string() }),
            },
        }
    }
    if head.is_none() && !verifier.is_broken() {
        return Err(ExportError::NoHead { seq: last });
    }
    Ok(verifier.finish(head)?)
}
