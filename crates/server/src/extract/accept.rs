//! In which form a list is wanted: in pages, or all of it as a stream.

use crate::problem::{Code, Part, Problem};
use axum::extract::FromRequestParts;
use http::header;
use http::request::Parts;

/// The form of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// JSON, in pages.
    Pages,
    /// CSV, all of it.
    Csv,
    /// An object in each line, all of it.
    Lines,
}

impl ListForm {
    /// Its media type.
    pub(crate) const fn media_type(self) -> &'static str {
        match self {
            Self::Pages => "application/json",
            Self::Csv => "text/csv",
            Self::Lines => "application/x-ndjson",
        }
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ListForm {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let accepted = Accepted::of(&parts.headers);
        let forms = [Self::Pages, Self::Csv, Self::Lines];
        let best = forms.into_iter().rev().max_by_key(|form| accepted.weight(form.media_type()));
        best.filter(|form| accepted.weight(form.media_type()) > 0).ok_or_else(|| {
            let known = forms.map(Self::media_type).join(", ");
            Problem::at(Code::NotAcceptable, Part::Header, "accept", format!("there are: {known}"))
        })
    }
}

/// What a caller takes.
pub(crate) struct Accepted {
    /// Type, subtype, weight in thousandths.
    ranges: Vec<(String, String, u16)>,
}

impl Accepted {
    /// Reads `Accept`; one that is missing takes everything.
    pub(crate) fn of(headers: &http::HeaderMap) -> Self {
        let given = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let mut ranges: Vec<_> = given
            .flat_map(|value| value.split(','))
            .filter_map(|range| {
                let mut parts = range.split(';').map(str::trim);
                let (kind, sub) = parts.next()?.split_once('/')?;
                let weight =
                    parts.find_map(|part| part.strip_prefix("q=")).and_then(|q| q.parse::<f32>().ok());
                let weight = (weight.unwrap_or(1.0).clamp(0.0, 1.0) * 1000.0) as u16;
                Some((kind.to_ascii_lowercase(), sub.to_ascii_lowercase(), weight))
            })
            .collect();
        if ranges.is_empty() {
            ranges.push(("*".to_owned(), "*".to_owned(), 1000));
        }
        Self { ranges }
    }

    /// How welcome a media type is; 0 = not at all. The most exact range decides.
    pub(crate) fn weight(&self, media_type: &str) -> u16 {
        let (kind, sub) = media_type.split_once('/').unwrap_or((media_type, ""));
        let exactness = |range: &(String, String, u16)| match (range.0.as_str(), range.1.as_str()) {
            (k, s) if k == kind && s == sub => Some(2),
            (k, "*") if k == kind => Some(1),
            ("*", "*") => Some(0),
            _ => None,
        };
        let fitting = self.ranges.iter().filter_map(|range| Some((exactness(range)?, range.2)));
        fitting.max().map_or(0, |(_, weight)| weight)
    }
}
