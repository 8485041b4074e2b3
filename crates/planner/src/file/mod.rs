//! The policy file: reading with every fault named and placed, writing, and the JSON Schema.

mod notice;
mod read;
mod schema;
mod section;
mod tree;
mod triggers;

pub use schema::policy_schema;

use crate::policy::Policy;
use rollcall_criteria::CriterionError;
use section::{Entry, Faults};
use serde::Serialize;
use std::fmt;
use tree::Node;

/// One fault of a policy file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PolicyProblem {
    /// The way to it: `policies[0].limits.percent`.
    pub path: String,
    /// Line in the file, from 1; absent where the policy came as JSON values.
    pub line: Option<u32>,
    /// Column in the line, from 1.
    pub column: Option<u32>,
    /// What is wrong and what to write instead. A fault in a criterion has a picture of the place on further lines.
    pub message: String,
    /// The fault itself, where a criterion cannot be read.
    #[serde(skip)]
    pub criterion: Option<Box<CriterionFault>>,
}

/// A criterion in a policy that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CriterionFault {
    /// The criterion as it was written.
    pub text: String,
    /// What is wrong with it, and where in that text.
    pub error: CriterionError,
}

impl fmt::Display for PolicyProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.path.is_empty()) {
            (Some(line), false) => write!(f, "line {line}, {}: {}", self.path, self.message),
            (Some(line), true) => write!(f, "line {line}: {}", self.message),
            (None, false) => write!(f, "{}: {}", self.path, self.message),
            (None, true) => f.write_str(&self.message),
        }
    }
}

/// A policy file that is not taken. Nothing of it is: correct it and read it again.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct PolicyError {
    /// Every fault that could be found, in the order of the file; at least one.
    pub problems: Vec<PolicyProblem>,
}

impl fmt::Display for PolicyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, problem) in self.problems.iter().enumerate() {
            if position > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

/// Words of a policy's own in its notices: templates, which only whoever writes the mails can try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticePart {
    /// `subject`.
    Subject,
    /// `message`.
    Message,
}

/// Reads a policy file (product.md §6): YAML, or JSON of the same shape. All or nothing; every fault is named with its place. Words for notices are
/// taken as they are.
pub fn read_policies(yaml: &str) -> Result<Vec<Policy>, PolicyError> {
    read_policies_with(yaml, &|_, _| None)
}

/// As [`read_policies`]; `words` says what is wrong with the words for a notice, if anything.
pub fn read_policies_with(
    yaml: &str,
    words: &dyn Fn(NoticePart, &str) -> Option<String>,
) -> Result<Vec<Policy>, PolicyError> {
    let mut faults = Faults::new(words);
    let root = match Node::from_yaml(yaml) {
        Ok(root) => root,
        Err(unreadable) => {
            faults.add("", unreadable.place, unreadable.message);
            return faults.result(None);
        }
    };
    let policies = read::policies(&Entry { path: String::new(), node: &root }, &mut faults);
    faults.result(policies)
}

/// Writes policies as a file that [`read_policies`] reads to the same policies.
pub fn write_policies(policies: &[Policy]) -> String {
    #[derive(Serialize)]
    struct File<'p> {
        policies: &'p [Policy],
    }
    serde_saphyr::to_string(&File { policies }).unwrap_or_else(|error| {
        // Policies are text, numbers and lists: there is nothing that YAML could not say. JSON is YAML too.
        debug_assert!(false, "{error}");
        serde_json::to_string_pretty(&File { policies }).unwrap_or_default()
    })
}

/// One policy as JSON values: the way of the API and of the database.
pub(crate) fn policy_from_json(value: &serde_json::Value) -> Result<Policy, PolicyError> {
    let mut faults = Faults::new(&|_, _| None);
    let node = Node::from_json(value);
    let policy = read::policy(&Entry { path: String::new(), node: &node }, &mut faults);
    faults.result(policy)
}
