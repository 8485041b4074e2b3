//! The audit log as a file of JSON Lines that only grows.
//!
//! The file is opened for each batch, so that one that was moved away by log rotation is simply made anew. A batch counts as told when it
//! is on the disk.

use crate::{OutletError, Record};
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A file of lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lines {
    /// Where it is.
    pub path: PathBuf,
}

impl Lines {
    /// Appends records, each as one line, and waits until they are on the disk.
    pub async fn tell(&self, records: &[Record]) -> Result<(), OutletError> {
        let mut text = Vec::new();
        for record in records {
            text.extend_from_slice(record.line.as_bytes());
            text.push(b'\n');
        }
        let path = self.path.clone();
        let written = tokio::task::spawn_blocking(move || append(&path, &text)).await;
        written
            .map_err(io::Error::other)
            .and_then(|result| result)
            .map_err(|source| OutletError::File { path: self.path.clone(), source })
    }
}

fn append(path: &Path, text: &[u8]) -> io::Result<()> {
    let is_new = !path.exists();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    // A log shipper reads by its group.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o640);
    let mut file = options.open(path)?;
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        file.read_exact(&mut last)?;
        // Somebody died in the middle of a line. It stays, and its entry follows whole.
        if last != *b"\n" {
            file.write_all(b"\n")?;
        }
    }
    file.write_all(text)?;
    file.sync_data()?;
    if is_new && let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
