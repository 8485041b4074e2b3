//! Who asks. Every use case that changes something takes an [`Operator`]; their name stands in the audit log (I11).

use std::fmt;

/// A person, or a scheduler, who uses Rollcall. Not an account of a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    name: String,
}

impl Operator {
    /// An operator by name; control characters are replaced, because the name is printed everywhere.
    pub fn named(name: &str) -> Self {
        let name = rollcall_model::plain(name.trim());
        Self { name: if name.is_empty() { "unknown".to_owned() } else { name.into_owned() } }
    }

    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether somebody of that name is this operator: another spelling is not a second person.
    pub(crate) fn is(&self, name: &str) -> bool {
        rollcall_snapshot::fold(&self.name) == rollcall_snapshot::fold(name)
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}
