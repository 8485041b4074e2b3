//! Messages as files, for development. A mail may hold what is for its reader alone: folder and files are closed to others.

use crate::{Check, Delivery, MailError, Message};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Writes one `.eml` file, whole or not at all; the same message goes to the same file.
pub(crate) async fn write(folder: &Path, message: &Message, mail: &[u8]) -> Result<Delivery, MailError> {
    let stem: String = message
        .message_id
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '@') { c } else { '_' })
        .collect();
    let path = folder.join(format!("{stem}.eml"));
    let (within, to, mail) = (folder.to_owned(), path.clone(), mail.to_vec());
    in_folder(folder, move || {
        let mut part = tempfile::NamedTempFile::new_in(within)?;
        part.write_all(&mail)?;
        part.persist(to)?;
        Ok(())
    })
    .await?;
    let accepted = message.to.iter().chain(&message.cc).map(|m| m.address().to_owned()).collect();
    Ok(Delivery { accepted, refused: Vec::new(), receipt: path.display().to_string() })
}

/// Whether files can be written there.
pub(crate) async fn check(folder: &Path) -> Result<Check, MailError> {
    let within = folder.to_owned();
    in_folder(folder, move || tempfile::NamedTempFile::new_in(within)?.close()).await?;
    Ok(Check { destination: folder.display().to_string(), server: None, is_encrypted: false, login: None })
}

/// Works in the folder, which is made where it is not there.
async fn in_folder(
    folder: &Path,
    work: impl FnOnce() -> io::Result<()> + Send + 'static,
) -> Result<(), MailError> {
    let made: PathBuf = folder.to_owned();
    let working = tokio::task::spawn_blocking(move || make_closed(&made).and_then(|()| work()));
    let worked = working.await.unwrap_or_else(|error| Err(io::Error::other(error)));
    worked.map_err(|source| MailError::Folder { folder: folder.to_owned(), source })
}

fn make_closed(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
