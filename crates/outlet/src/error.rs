//! What can go wrong when the audit log is told to an outlet. Each is tried again; the words are for whoever mends it.

use std::path::PathBuf;

/// Records that did not arrive, or not certainly.
#[derive(Debug, thiserror::Error)]
pub enum OutletError {
    /// Nobody answers there, or the conversation broke off.
    #[error("{to}: {why}")]
    Unreachable {
        /// `tls://siem.example.org:6514`.
        to: String,
        /// What happened.
        why: String,
    },
    /// It took everything and did not close the connection, which is how a receiver says that it has read it.
    #[error(
        "{to} did not close its connection within {seconds} s, so that it is not known whether it read everything; records may arrive twice"
    )]
    NotConfirmed {
        /// The receiver.
        to: String,
        /// How long was waited.
        seconds: u64,
    },
    /// The certificates to trust cannot be read.
    #[error(
        "the certificate authorities of {to} cannot be read: {why}. Give them in PEM form, each between BEGIN CERTIFICATE and END CERTIFICATE"
    )]
    Authorities {
        /// The receiver.
        to: String,
        /// What is wrong.
        why: String,
    },
    /// The file does not take the records.
    #[error("{}: {source}. Check that the folder exists and may be written, and that the disk is not full", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}
