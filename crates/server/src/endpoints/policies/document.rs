//! A policy in a body: JSON, or YAML in the form of a policy file; and everything that is wrong with it, each with its place.

use crate::extract::read_bytes;
use crate::problem::{Code, Part, Problem};
use axum::extract::{FromRequest, Request};
use http::header;
use rollcall_planner::{Policy, PolicyError, PolicyProblem, read_policies};
use serde_json::{Value, json};

/// Documents of policies, as they came.
#[derive(Debug)]
pub(crate) struct Document {
    text: String,
    is_yaml: bool,
}

impl<S: Send + Sync> FromRequest<S> for Document {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind =
            given.and_then(|given| given.split(';').next()).map(|kind| kind.trim().to_ascii_lowercase());
        let is_yaml = match kind.as_deref() {
            Some("application/json") => false,
            Some("application/yaml" | "application/x-yaml" | "text/yaml") => true,
            _ => {
                let words = "send the policy as `Content-Type: application/json` or `application/yaml`";
                return Err(Problem::at(Code::UnsupportedMediaType, Part::Header, "content-type", words));
            }
        };
        let bytes = read_bytes(request).await?;
        let text = String::from_utf8(bytes.to_vec());
        let text = text.map_err(|_| Problem::at(Code::Malformed, Part::Body, "", "the body is not UTF-8"))?;
        Ok(Self { text, is_yaml })
    }
}

impl Document {
    /// The policies of a file, or everything that is wrong with them.
    pub(crate) fn policies(&self) -> Result<Vec<Policy>, PolicyError> {
        read_policies(&self.text)
    }

    /// The one policy that it holds: by itself, or in the form of a file with one.
    pub(crate) fn policy(&self) -> Result<Policy, Problem> {
        let (text, is_wrapped) = if self.is_yaml {
            (self.text.clone(), false)
        } else {
            let value: Value = crate::extract::parse(&self.text)?;
            let is_file = value.as_object().is_some_and(|object| object.contains_key("policies"));
            if is_file {
                (self.text.clone(), false)
            } else {
                (json!({ "policies": [value] }).to_string(), true)
            }
        };
        let policies = read_policies(&text).map_err(|error| wrong(&error.problems, is_wrapped))?;
        let count = policies.len();
        match (policies.into_iter().next(), count) {
            (Some(policy), 1) => Ok(policy),
            _ => Err(Problem::body("/policies", format!("expected one policy, not {count}"))),
        }
    }
}

/// Everything that is wrong, each at its place.
fn wrong(problems: &[PolicyProblem], is_wrapped: bool) -> Problem {
    let place = |problem: &PolicyProblem| {
        let line =
            problem.line.filter(|_| !is_wrapped).map(|line| format!("line {line}: ")).unwrap_or_default();
        (pointer(&problem.path, is_wrapped), format!("{line}{}", problem.message))
    };
    let mut all = problems.iter().map(place);
    let Some((at, message)) = all.next() else { return Problem::body("", "is no policy") };
    all.fold(Problem::body(&at, message), |problem, (at, message)| problem.and_body(&at, message))
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
