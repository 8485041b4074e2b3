//! `GET /runs/{id}/report`

use super::shape::RunPath;
use crate::auth::SignedIn;
use crate::extract::{Accepted, InPath, Query};
use crate::problem::{Code, Part, Problem};
use crate::state::Api;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, header};
use rollcall_report::{FileForm, ReportError, RunReport, TemplateTexts, Templates, report_file, report_json};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// In which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(as = ReportForm)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Form {
    /// The report as data.
    Json,
    /// One flat table for a spreadsheet; zipped where it is large.
    Csv,
    /// A workbook.
    Xlsx,
    /// As it is mailed, laid out.
    Html,
    /// As it is mailed, in words.
    Text,
}

/// In which form.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Params {
    /// For those who cannot send `Accept`, such as a link; goes before it.
    #[param(inline)]
    #[serde(default)]
    form: Option<Form>,
}

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

impl Form {
    const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Xlsx, Self::Html, Self::Text];

    const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Xlsx => WORKBOOK,
            Self::Html => "text/html",
            Self::Text => "text/plain",
        }
    }

    fn accepted(headers: &HeaderMap) -> Result<Self, Problem> {
        let accepted = Accepted::of(headers);
        // Of those that are equally welcome, the first.
        let best = Self::ALL.into_iter().rev().max_by_key(|form| accepted.weight(form.media_type()));
        best.filter(|form| accepted.weight(form.media_type()) > 0).ok_or_else(|| {
            let known = Self::ALL.map(Self::media_type).join(", ");
            Problem::at(Code::NotAcceptable, Part::Header, "accept", format!("there are: {known}"))
        })
    }
}

/// The report of a run as it stands: as data, as a file, as it is mailed.
#[utoipa::path(get, path = "/runs/{id}/report", tag = "runs", params(RunPath, Params),
    responses((status = 200, description = "The report.", content((Object = "application/json"), (String = "text/csv"),
        (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (String = "application/zip"), (String = "text/html"), (String = "text/plain")))))]
pub(crate) async fn run_report(
    State(api): State<Api>,
    SignedIn(operator): SignedIn,
    InPath(path): InPath<RunPath>,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let form = match params.form {
        Some(form) => form,
        None => Form::accepted(&headers)?,
    };
    let report = api.engine().run_report(&operator, &path.id).await?;
    // A hundred thousand rows take their time; others are answered meanwhile.
    let rendering = tokio::task::spawn_blocking(move || rendered(form, &report));
    rendering.await.map_err(Problem::internal)?.map_err(Problem::internal)
}

fn rendered(form: Form, report: &RunReport) -> Result<Response, ReportError> {
    let file = |form: FileForm| -> Result<Response, ReportError> {
        let file = report_file(report, form)?;
        let disposition = format!("attachment; filename=\"{}\"", file.name);
        let headers = [
            (header::CONTENT_TYPE, file.content_type.to_owned()),
            (header::CONTENT_DISPOSITION, disposition),
        ];
        Ok((headers, file.bytes).into_response())
    };
    let mail = || Templates::new(TemplateTexts::default())?.render(report, None);
    let text = |kind: &'static str, text: String| ([(header::CONTENT_TYPE, kind)], text).into_response();
    Ok(match form {
        Form::Json => {
            let mut bytes = Vec::new();
            report_json(report, &mut bytes)?;
            ([(header::CONTENT_TYPE, "application/json")], bytes).into_response()
        }
        Form::Csv => file(FileForm::Csv)?,
        Form::Xlsx => file(FileForm::Xlsx)?,
        Form::Html => text("text/html; charset=utf-8", mail()?.html),
        Form::Text => text("text/plain; charset=utf-8", mail()?.text),
    })
}
