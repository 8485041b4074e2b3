//! The JSON Schema of a policy file, derived from the types, for editors that complete and check while one writes.

use crate::policy::Policy;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

/// A file of policies.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, title = "Rollcall policies")]
#[expect(dead_code, reason = "the shape is all that is wanted of it")]
struct PolicyFile {
    /// The policies.
    #[schemars(length(min = 1))]
    policies: Vec<Policy>,
}

/// JSON Schema (2020-12) of the policy file. Committed as `docs/policy.schema.json`.
pub fn policy_schema() -> serde_json::Value {
    SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<PolicyFile>().to_value()
}
