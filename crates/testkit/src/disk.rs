//! A disk that can fill up, or does not take writes.

use std::path::Path;
use std::process::Command;
use tempfile::TempDir;

/// A small file system of its own in memory, unmounted when dropped. Only root can make one.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// A disk of that many bytes; `None`, aloud, where it cannot be mounted.
    ///
    /// # Panics
    /// Where no temporary folder can be made.
    pub fn mount(bytes: u64) -> Option<Self> {
        let folder =
            tempfile::tempdir().unwrap_or_else(|error| panic!("no temporary folder can be made: {error}"));
        if mount(&["-t", "tmpfs", "-o", &format!("size={bytes}"), "tmpfs"], folder.path()) {
            return Some(Self(folder));
        }
        eprintln!("SKIPPED with a small disk: only root can mount one");
        None
    }

    /// Its root folder.
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Makes it bigger or smaller.
    ///
    /// # Panics
    /// Where it cannot be done.
    pub fn resize(&self, bytes: u64) {
        assert!(mount(&["-o", &format!("remount,size={bytes}")], self.path()), "the disk cannot be resized");
    }

    /// From now on it takes no writes.
    ///
    /// # Panics
    /// Where it cannot be done, as when a file on it is open for writing.
    pub fn write_protect(&self) {
        assert!(mount(&["-o", "remount,ro"], self.path()), "the disk cannot be write-protected");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: files that are still open do not hinder it.
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

fn mount(arguments: &[&str], folder: &Path) -> bool {
    Command::new("mount").args(arguments).arg(folder).output().is_ok_and(|output| output.status.success())
}
