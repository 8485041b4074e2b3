//! The parameters of a query, exactly as they are declared: what is not declared is refused, and so is what stands twice.

use super::read::{explain, pointer};
use crate::problem::{Code, Part, Problem};
use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::de::DeserializeOwned;
use std::collections::BTreeSet;
use utoipa::IntoParams;

/// The parameters of a query. What may stand there is what [`IntoParams`] documents.
#[derive(Debug)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + IntoParams, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        read(&pairs(parts.uri.query().unwrap_or_default())?, &[]).map(Self)
    }
}

/// The pairs of a query, decoded. Each name at most once.
pub(super) fn pairs(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(name).ok_or_else(|| Problem::query("", "the name of a parameter is not UTF-8"))?;
        let Some(value) = decode(value) else { return Err(Problem::query(&shown(&name), "is not UTF-8")) };
        if !seen.insert(name.clone()) {
            return Err(Problem::query(&shown(&name), "stands there twice"));
        }
        found.push((name, value));
    }
    Ok(found)
}

fn decode(text: &str) -> Option<String> {
    let text = text.replace('+', " ");
    percent_encoding::percent_decode_str(&text).decode_utf8().ok().map(std::borrow::Cow::into_owned)
}

fn shown(name: &str) -> String {
    rollcall_model::plain(&name.chars().take(60).collect::<String>()).into_owned()
}

/// Reads declared parameters. `others` are declared too, and were read already.
pub(super) fn read<T: DeserializeOwned + IntoParams>(
    pairs: &[(String, String)],
    others: &[&str],
) -> Result<T, Problem> {
    let known: Vec<String> = T::into_params(|| None).into_iter().map(|parameter| parameter.name).collect();
    if let Some((stranger, _)) = pairs.iter().find(|(name, _)| !known.contains(name)) {
        let known: Vec<&str> = known.iter().map(String::as_str).chain(others.iter().copied()).collect();
        let known = if known.is_empty() {
            "this takes none".to_owned()
        } else {
            format!("known: {}", known.join(", "))
        };
        return Err(Problem::query(&shown(stranger), format!("there is no such parameter; {known}")));
    }
    decoded(pairs, Part::Query)
}

/// Reads pairs as what is declared.
pub(super) fn decoded<T: DeserializeOwned>(pairs: &[(String, String)], part: Part) -> Result<T, Problem> {
    let text = serde_urlencoded::to_string(pairs)
        .map_err(|error| Problem::new(Code::Malformed, error.to_string()))?;
    let reader = serde_urlencoded::Deserializer::new(url::form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let at = pointer(error.path());
        let (at, message) = explain(at, &error.into_inner().to_string());
        Problem::at(Code::BadParameter, part, at.trim_start_matches('/'), message)
    })
}
