//! A message, ready but for its envelope.

use crate::Mailbox;
use jiff::Timestamp;

/// A file that travels along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attachment {
    /// Name of the file.
    pub name: String,
    /// Its type: `text/csv; charset=utf-8`.
    pub content_type: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// A message. The same message composes to the same bytes, so that trying again is seen as the same mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// Unique and stable, without angle brackets: `run-<id>@rollcall.example.org`. A mail that is tried again keeps it.
    pub message_id: String,
    /// When it was written.
    pub date: Timestamp,
    /// To whom; at least one.
    pub to: Vec<Mailbox>,
    /// Who else sees it.
    pub cc: Vec<Mailbox>,
    /// Addresses that have it from an earlier try: they stay in its headers, and it is not sent to them again.
    pub served: Vec<String>,
    /// One line; what would break a header is made harmless.
    pub subject: String,
    /// The words.
    pub text: String,
    /// The same for those who prefer it laid out.
    pub html: String,
    /// Files.
    pub attachments: Vec<Attachment>,
    /// The run it reports, for the header `X-Rollcall-Run` by which mail rules find it.
    pub run: Option<String>,
}
