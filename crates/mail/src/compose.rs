//! A message becomes bytes: multipart/mixed(alternative(text, html), attachments).

use crate::{Attachment, MailError, Mailbox, Message};
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment as Part, MultiPart, SinglePart};
use rollcall_model::plain;
use std::time::SystemTime;

/// Whether addresses of other letters than ASCII may stand in the headers: the server has to say that it takes them
/// (SMTPUTF8, RFC 6531). Where it does not, such recipients cannot be reached, and are left out of the headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Addresses {
    Ascii,
    Any,
}

/// The composed message, ready for `DATA`. But for addresses ([`Addresses::Any`]) it is ASCII alone, so that every server
/// takes it. The same message gives the same bytes.
pub(crate) fn compose(from: &Mailbox, message: &Message, addresses: Addresses) -> Result<Vec<u8>, MailError> {
    let fault = |error: &dyn std::fmt::Display| MailError::Message(error.to_string());
    let has_open = |m: &Mailbox| !message.served.iter().any(|address| address == m.address());
    if message.to.is_empty() || !message.to.iter().chain(&message.cc).any(has_open) {
        return Err(MailError::Message("it has no recipient".to_owned()));
    }
    if !is_message_id(&message.message_id) {
        return Err(MailError::Message(format!(
            "its id \"{}\" is not of the form unique-part@domain",
            plain(&message.message_id)
        )));
    }
    let boundary = boundary(message);
    let mut parts = MultiPart::mixed().boundary(format!("{boundary}-m")).multipart(
        MultiPart::alternative()
            .boundary(format!("{boundary}-a"))
            .singlepart(SinglePart::plain(message.text.clone()))
            .singlepart(SinglePart::html(message.html.clone())),
    );
    for attachment in &message.attachments {
        parts = parts.singlepart(attached(attachment)?);
    }

    let date = SystemTime::from(message.date);
    let mut builder = lettre::Message::builder()
        .from(from.to_lettre())
        .date(date)
        .message_id(Some(format!("<{}>", message.message_id)))
        .subject(plain(&message.subject))
        .raw_header(header("Auto-Submitted", "auto-generated"));
    if let Some(run) = &message.run {
        builder = builder.raw_header(header("X-Rollcall-Run", &plain(run)));
    }
    let fits = |m: &&Mailbox| addresses == Addresses::Any || m.address().is_ascii();
    for to in message.to.iter().filter(fits) {
        builder = builder.to(to.to_lettre());
    }
    for cc in message.cc.iter().filter(fits) {
        builder = builder.cc(cc.to_lettre());
    }
    // Whom it goes to is said to the server one by one; without this, a message to nobody in its headers is refused here.
    let recipients = message.to.iter().map(Mailbox::to_address).collect();
    builder = builder.envelope(Envelope::new(Some(from.to_address()), recipients).map_err(|e| fault(&e))?);
    Ok(builder.multipart(parts).map_err(|e| fault(&e))?.formatted())
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn attached(attachment: &Attachment) -> Result<SinglePart, MailError> {
    let content_type = ContentType::parse(&attachment.content_type).map_err(|_| {
        MailError::Message(format!(
            "attachment \"{}\" has the type \"{}\", which is none",
            plain(&attachment.name),
            plain(&attachment.content_type)
        ))
    })?;
    // A name is shown and used as a file name: no path, no control characters.
    let name = plain(&attachment.name).replace(['/', '\\', '"'], "_");
    Ok(Part::new(name).body(attachment.bytes.clone(), content_type))
}

fn is_message_id(id: &str) -> bool {
    let is_plain = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '@' | '"' | '\\'))
    };
    id.len() <= 200 && id.split_once('@').is_some_and(|(left, right)| is_plain(left) && is_plain(right))
}

/// A line that occurs nowhere in the message; derived from it, so that the same message composes to the same bytes.
/// Attachments are base64 and can hold no `=_`.
fn boundary(message: &Message) -> String {
    let occurs = |b: &str| message.text.contains(b) || message.html.contains(b);
    let mut boundary = "=_rollcall".to_owned();
    // Ends: each round is longer, and the texts are not.
    while occurs(&boundary) {
        boundary.push('_');
    }
    boundary
}
