//! Large lists as streams: CSV or an object in each line, row by row, never whole in memory.

use crate::extract::ListForm;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt as _};
use http::header;
use rollcall_report::{Cell, Column, CsvReader, write_csv, write_json_lines};

/// How many rows go into one piece of the answer.
pub(crate) const PIECE: usize = 500;

/// Answers with all rows. They come in batches, so that whoever makes them reads ahead by no more than one.
pub(crate) fn streamed<S>(form: ListForm, columns: Vec<Column>, batches: S) -> Response
where
    S: Stream<Item = Result<Vec<Vec<Cell>>, Problem>> + Send + 'static,
{
    let head = match form {
        ListForm::Csv => piece(ListForm::Csv, &columns, &[], true),
        ListForm::Lines | ListForm::Pages => Bytes::new(),
    };
    let body = batches.map(move |batch| match batch {
        Ok(rows) => Ok(piece(form, &columns, &rows, false)),
        // The head of the answer is out: all that can be done is to break off, so that nobody takes a part for the whole.
        Err(problem) => Err(std::io::Error::other(format!("{problem:?}"))),
    });
    let body = futures::stream::once(async move { Ok(head) }).chain(body);
    let kind = match form {
        ListForm::Csv => "text/csv; charset=utf-8",
        ListForm::Lines | ListForm::Pages => "application/x-ndjson",
    };
    ([(header::CONTENT_TYPE, kind)], body_of(body)).into_response()
}

/// A body from a stream. It may be asked again behind its end (compression does), which not every stream survives.
pub(crate) fn body_of<B>(pieces: impl Stream<Item = Result<B, std::io::Error>> + Send + 'static) -> Body
where
    B: Into<Bytes> + 'static,
{
    Body::from_stream(pieces.fuse())
}

fn piece(form: ListForm, columns: &[Column], rows: &[Vec<Cell>], is_head: bool) -> Bytes {
    let mut out = Vec::new();
    // Writing into memory does not fail.
    let _ = match form {
        ListForm::Csv => write_csv(columns, rows, CsvReader::Program, &mut out),
        ListForm::Lines | ListForm::Pages => write_json_lines(columns, rows, &mut out),
    };
    if form == ListForm::Csv && !is_head {
        // Each piece is written with the headings; only the first keeps them.
        let end = out.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        out.drain(..end);
    }
    Bytes::from(out)
}

/// Answers with rows that are in memory already.
pub(crate) fn whole(form: ListForm, columns: Vec<Column>, rows: Vec<Vec<Cell>>) -> Response {
    let batches: Vec<Vec<Vec<Cell>>> = {
        let mut rows = rows.into_iter();
        std::iter::from_fn(|| {
            Some(rows.by_ref().take(PIECE).collect::<Vec<_>>()).filter(|batch| !batch.is_empty())
        })
        .collect()
    };
    streamed(form, columns, futures::stream::iter(batches.into_iter().map(Ok)))
}
