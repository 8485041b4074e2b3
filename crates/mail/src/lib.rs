//! Mail: carries a finished message to an SMTP server, or into a folder.
//!
//! Here: addresses, MIME, the SMTP conversation (STARTTLS, TLS, authentication), and errors that say whether to try again.
//! Not here: what a mail says (`report` renders subject, text and HTML), when it is sent and how often it is tried
//! (the engine), any clock: the date of a message is part of it.
//! To add a way of sending: a variant of [`Way`], a module beside `folder.rs`, and its answers sorted into [`MailError`].
//!
//! Two promises. A password never travels in clear text (but for a server on this machine), and never appears in an
//! error. With [`Security::StartTls`] nothing but the upgrade is said in clear text: no fallback.

mod address;
mod clear_text;
mod compose;
mod error;
mod folder;
mod mailer;
mod message;
mod settings;
mod smtp;

pub use address::{AddressError, Mailbox};
pub use error::{Decision, MailError};
pub use mailer::{Check, Delivery, Mailer, RefusedRecipient};
pub use message::{Attachment, Message};
pub use settings::{Login, MailSettings, Security, SmtpSettings, Way};
