//! The `OpenAPI` document: what the endpoints say of themselves, and what holds for all of them.

use crate::frame::{Declared, IDEMPOTENCY_KEY};
use crate::problem::{PROBLEM_JSON, ProblemBody};
use crate::{cookie, endpoints};
use std::collections::BTreeMap;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, Info, ObjectBuilder, OpenApi, Ref, RefOr, ResponseBuilder, Type,
};
use utoipa::{PartialSchema, ToSchema};

const DESCRIPTION: &str = "Everything Rollcall can do, for pages and programs.\n\n\
    Sign in for a session cookie, or send `Authorization: Bearer TOKEN`. JSON is camelCase; fields and parameters that are not documented are refused. \
    Everything that is no success is a problem (RFC 9457) with a stable `code` and the places that are wrong. \
    Lists come in pages: `limit`, and `cursor` from `next` of the page before. \
    Every POST of somebody who is signed in takes an `Idempotency-Key`, but signing in does not. What can be edited has an `ETag`, and changing it takes `If-Match`. \
    Whatever talks to a site is a job: the answer is 202 with its address, or, with `Prefer: wait=N`, the finished job.";

/// What an operation says of itself that changes nothing although it is a POST, as a preview.
const CHANGES_NOTHING: &str = "x-changes-nothing";

const TAGS: &[(&str, &str)] = &[
    ("sign-in", "Sessions, the set-up of a new installation, operators and tokens"),
    ("sites", "Connections to sites, and what is there"),
    ("snapshots", "Pictures of a site at one instant"),
    ("accounts", "Accounts of a site, and why they are selected"),
    ("criteria", "The language that selects accounts"),
    ("exemptions", "Accounts and groups that nothing may touch"),
    ("lists", "Imported lists of names or addresses"),
    ("policies", "What is to be done, to whom, when"),
    ("freezes", "Times in which no live run begins or goes on"),
    ("plans", "What would be done, person by person; approvals"),
    ("runs", "What is being done and was done"),
    ("jobs", "Work under way"),
    ("audit", "The record of everything"),
    ("notifications", "What the link in a notice leads to"),
    ("mails", "The outbox: what was sent, what waits, what came back"),
    ("templates", "The texts of mails, and how they look"),
    ("webhooks", "Other programs that are told, and what they answered"),
    ("settings", "What an administrator decides for the whole installation"),
    ("overview", "Figures"),
    ("operation", "For those who run the server"),
];

/// The document, as it is served and as `make docs` writes it.
pub fn openapi() -> OpenApi {
    let (_, mut document) = endpoints::all().split_for_parts();
    document.info = Info::builder().title("Rollcall").version("1").description(Some(DESCRIPTION)).build();
    let tag = |(name, words): &(&str, &str)| TagBuilder::new().name(*name).description(Some(*words)).build();
    document.tags = Some(TAGS.iter().map(tag).collect());
    let mut schemas = Vec::new();
    <ProblemBody<'_> as ToSchema>::schemas(&mut schemas);
    let mut components = ComponentsBuilder::from(document.components.take().unwrap_or_default())
        .schema("Problem", <ProblemBody<'_> as PartialSchema>::schema())
        .security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)))
        .security_scheme(
            "session",
            SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(cookie::session_name(true)))),
        );
    for (name, schema) in schemas {
        components = components.schema(name, schema);
    }
    document.components = Some(components.build());
    let none: [String; 0] = [];
    document.security = Some(vec![
        SecurityRequirement::new("token", none.clone()),
        SecurityRequirement::new("session", none),
    ]);
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            complete(operation, method, path);
        }
    }
    document
}

/// The operations of a path with their methods.
fn operations(item: &mut PathItem) -> impl Iterator<Item = (&'static str, &mut Operation)> {
    let all = [
        ("GET", &mut item.get),
        ("PUT", &mut item.put),
        ("POST", &mut item.post),
        ("PATCH", &mut item.patch),
        ("DELETE", &mut item.delete),
    ];
    all.into_iter().filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// Adds what the frame can answer, so that no endpoint has to repeat it.
fn complete(operation: &mut Operation, method: &str, path: &str) {
    let is_open = is_open(operation);
    let has = |name: &str| parameters(operation).any(|parameter| parameter.name.eq_ignore_ascii_case(name));
    let mut answers = vec![
        ("400", "A parameter or the request itself cannot be read."),
        ("406", "Not available in a form that `Accept` names."),
        ("500", "Something went wrong inside."),
        ("503", "Not at this moment; `Retry-After` says when."),
        ("504", "It took too long."),
    ];
    if !is_open {
        answers.push(("401", "Nobody is signed in."));
        answers.push(("403", "The role is not enough, a token asks for what only a person may, or the request comes from a page of another origin."));
    }
    // What is sent may name a site, a policy or a plan.
    if path.contains('{') || has("site") || has("owner") || method == "POST" {
        answers.push(("404", "There is none of that name."));
    }
    if has("criterion") {
        answers.push(("422", "The criterion cannot be read, or does not fit the site."));
    }
    if method != "GET" {
        answers.push(("403", "The request comes from a page of another origin."));
        answers.push(("409", "Not as things stand."));
    }
    if operation.request_body.is_some() {
        answers.push(("408", "The body did not arrive in time."));
        answers.push(("413", "The body is too large."));
        answers.push(("415", "The body has another form than is read here."));
        answers.push(("422", "The body is not as it should be."));
    }
    if has("if-match") {
        answers.push(("412", "It was changed since you read it."));
        answers.push(("428", "`If-Match` is missing."));
    }
    if method == "POST" && !is_open {
        answers.push((
            "422",
            "The body is not as it should be, or the idempotency key was used for another request.",
        ));
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
    }
    // Answered before there is a request: without a body.
    answers.push(("421", "Another host than this server's is named in the request."));
    let too_large = ResponseBuilder::new().description("The head of the request is too large.").build();
    operation.responses.responses.insert("431".to_owned(), RefOr::T(too_large));
    for (status, words) in answers {
        let there = operation.responses.responses.contains_key(status);
        if !there {
            operation.responses.responses.insert(status.to_owned(), RefOr::T(problem(words)));
        }
    }
}

/// Whether nobody needs to be signed in.
fn is_open(operation: &Operation) -> bool {
    operation.security.as_ref().is_some_and(|needed| {
        needed.is_empty() || needed.iter().all(|n| *n == SecurityRequirement::default())
    })
}

/// Whether it says so of itself: `extensions(("x-…" = json!(true)))`.
fn has_extension(operation: &Operation, name: &str) -> bool {
    operation.extensions.as_ref().is_some_and(|said| said.get(name) == Some(&serde_json::Value::Bool(true)))
}

fn parameters(operation: &Operation) -> impl Iterator<Item = &Parameter> {
    operation.parameters.iter().flatten().filter_map(|parameter| match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    })
}

fn problem(words: &str) -> utoipa::openapi::Response {
    let schema = RefOr::<utoipa::openapi::Schema>::Ref(Ref::from_schema_name("Problem"));
    ResponseBuilder::new()
        .description(words)
        .content(PROBLEM_JSON, ContentBuilder::new().schema(Some(schema)).build())
        .build()
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name(IDEMPOTENCY_KEY.as_str())
        .parameter_in(ParameterIn::Header)
        .description(Some(
            "Sent again with the same key within 24 hours, the request is not carried out again: its answer is given again.",
        ))
        .schema(Some(
            ObjectBuilder::new().schema_type(Type::String).min_length(Some(1)).max_length(Some(128)).pattern(Some("^[ -~]*[!-~][ -~]*$")),
        ))
        .build()
}

/// What each operation declares, by method and path.
pub(crate) fn declared(document: &OpenApi) -> BTreeMap<(String, String), Declared> {
    let mut paths = document.paths.clone();
    let mut found = BTreeMap::new();
    for (path, item) in &mut paths.paths {
        for (method, operation) in operations(item) {
            let successes =
                operation.responses.responses.iter().filter(|(status, _)| status.starts_with('2'));
            let types = successes.filter_map(|(_, response)| match response {
                RefOr::T(response) => Some(response.content.keys().cloned()),
                RefOr::Ref(_) => None,
            });
            let declared = Declared {
                answers: types.flatten().collect(),
                takes_query: parameters(operation)
                    .any(|parameter| parameter.parameter_in == ParameterIn::Query),
                is_open: is_open(operation),
                changes_nothing: has_extension(operation, CHANGES_NOTHING),
            };
            found.insert((method.to_owned(), path.clone()), declared);
        }
    }
    found
}
