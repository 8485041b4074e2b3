//! Messages as files, for development.

use crate::{Check, Delivery, MailError, Message};
use std::path::Path;

/// Writes one `.eml` file, whole or not at all; the same message goes to the same file.
pub(crate) async fn write(folder: &Path, message: &Message, mail: &[u8]) -> Result<Delivery, MailError> {
    let fault = |source| MailError::Folder { folder: folder.to_owned(), source };
    let stem: String = message
        .message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@') { c } else { '_' })
        .collect();
    let path = folder.join(format!("{stem}.eml"));
    let part = folder.join(format!("{stem}.eml.part"));
    tokio::fs::create_dir_all(folder).await.map_err(fault)?;
    tokio::fs::write(&part, mail).await.map_err(fault)?;
    tokio::fs::rename(&part, &path).await.map_err(fault)?;
    let accepted = message.to.iter().chain(&message.cc).map(|m| m.address().to_owned()).collect();
    Ok(Delivery { accepted, refused: Vec::new(), receipt: path.display().to_string() })
}

/// Whether files can be written there.
pub(crate) async fn check(folder: &Path) -> Result<Check, MailError> {
    let fault = |source| MailError::Folder { folder: folder.to_owned(), source };
    tokio::fs::create_dir_all(folder).await.map_err(fault)?;
    let probe = folder.join(".rollcall-probe");
    tokio::fs::write(&probe, b"").await.map_err(fault)?;
    tokio::fs::remove_file(&probe).await.map_err(fault)?;
    Ok(Check { destination: folder.display().to_string(), server: None, is_encrypted: false, login: None })
}
