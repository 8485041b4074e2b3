//! A policy in a body: JSON, or YAML in the form of a policy file; and everything that is wrong with it, each with its place.

use crate::extract::{media_type, read_bytes};
use crate::problem::{Code, Part, Place, Problem};
use axum::extract::{FromRequest, Request};
use rollcall_engine::read_policies;
use rollcall_planner::{Policy, PolicyError, PolicyProblem};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// Documents of policies, as they came.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    is_yaml: bool,
}

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let known = [JSON, "application/yaml", "application/x-yaml", "text/yaml"];
        let is_yaml = media_type(request.headers(), &known)? != JSON;
        let bytes = read_bytes(request).await?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| Problem::at(Code::Malformed, Part::Body, "", "the body is not UTF-8"))?;
        Ok(Self { text, is_yaml })
    }
}

impl Document {
    /// The policies of a file, or everything that is wrong with them.
    pub(crate) async fn policies(self) -> Result<Vec<Policy>, PolicyError> {
        read(self.text).await
    }

    /// The one policy that it holds: by itself, or in the form of a file with one.
    pub(crate) async fn policy(self) -> Result<Policy, Problem> {
        let form = if self.is_yaml {
            Form::Yaml
        } else {
            let value: Value = crate::extract::parse(&self.text)?;
            let is_file = value.as_object().is_some_and(|object| object.contains_key("policies"));
            if is_file { Form::JsonFile(value) } else { Form::JsonPolicy(value) }
        };
        let text = match &form {
            Form::Yaml => self.text,
            Form::JsonFile(file) => file.to_string(),
            Form::JsonPolicy(policy) => json!({ "policies": [policy] }).to_string(),
        };
        let policies = read(text).await.map_err(|error| wrong(error.problems, &form))?;
        let count = policies.len();
        match (policies.into_iter().next(), count) {
            (Some(policy), 1) => Ok(policy),
            _ => Err(Problem::body("/policies", format!("expected one policy, not {count}"))),
        }
    }
}

/// Reads beside the threads that answer requests: the words of notices are tried, which may take its time.
async fn read(text: String) -> Result<Vec<Policy>, PolicyError> {
    let reading = tokio::task::spawn_blocking(move || read_policies(&text));
    reading.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

/// How policies came.
enum Form {
    /// As the text of a file.
    Yaml,
    /// As a file, in JSON.
    JsonFile(Value),
    /// One, by itself, in JSON.
    JsonPolicy(Value),
}

/// Everything that is wrong, each at its place.
fn wrong(problems: Vec<PolicyProblem>, form: &Form) -> Problem {
    let place = |problem: PolicyProblem| {
        let at = pointer(&problem.path, matches!(form, Form::JsonPolicy(_)));
        let line = problem.line.filter(|_| matches!(form, Form::Yaml));
        let line = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        match problem.criterion {
            Some(fault) => Place::criterion(at, &fault.text, &fault.error).saying(&line),
            None => Place::body(at, problem.message).saying(&line),
        }
    };
    let places: Vec<Place> = problems.into_iter().map(place).collect();
    let Some(first) = places.first() else { return Problem::body("", "is no policy") };
    let detail = first.in_words();
    places.into_iter().fold(Problem::new(Code::BadBody, detail), Problem::with_place)
}

/// `policies[0].limits.percent` as a JSON pointer, from the policy on where it was wrapped here.
pub(super) fn pointer(path: &str, is_wrapped: bool) -> String {
    let path = if is_wrapped { path.strip_prefix("policies[0]").unwrap_or(path) } else { path };
    let mut pointer = String::new();
    for part in path.split(['.', '[', ']']).filter(|part| !part.is_empty()) {
        pointer.push('/');
        pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
    }
    pointer
}

#[cfg(test)]
mod tests {
    use super::pointer;

    #[test]
    fn the_way_to_a_fault_becomes_a_json_pointer() {
        assert_eq!(pointer("policies[0].limits.percent", true), "/limits/percent");
        assert_eq!(pointer("policies[0].actions[2]", true), "/actions/2");
        assert_eq!(pointer("policies[1].name", false), "/policies/1/name");
        assert_eq!(pointer("", true), "");
    }
}
