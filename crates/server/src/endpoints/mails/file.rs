//! `GET /mails/{mail}/files/{file}`

use crate::auth::SignedIn;
use crate::extract::{InPath, Text};
use crate::problem::{Code, Problem};
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde::Deserialize;
use utoipa::IntoParams;

/// The file in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct FilePath {
    /// The id of the mail.
    #[param(value_type = String, min_length = 1, max_length = 80)]
    mail: Text<1, 80>,
    /// The number of the file, from 0.
    #[param(maximum = 65_535)]
    file: u16,
}

/// A file that goes with a mail. Always to be saved, never shown in the page.
#[utoipa::path(get, path = "/mails/{mail}/files/{file}", tag = "mails", params(FilePath),
    responses((status = 200, description = "The file.", body = Vec<u8>, content_type = "application/octet-stream")))]
pub(crate) async fn get_mail_file(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<FilePath>,
) -> Result<Response, Problem> {
    let content = api.engine().mail(&operator, &path.mail).await?;
    let file = content.files.into_iter().nth(usize::from(path.file));
    let file = file.ok_or_else(|| Problem::new(Code::NotFound, "the mail has no file of that number"))?;
    let name: String = file
        .name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' })
        .collect();
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    Ok((headers, file.bytes).into_response())
}
