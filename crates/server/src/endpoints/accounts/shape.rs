//! An account as the API shows it.

use crate::problem::Problem;
use rollcall_criteria::{Direction, FIELDS, Field, OrderBy, Value, nearest};
use rollcall_engine::{AccountPage, USUAL_FIELDS};
use rollcall_model::{AccountIndex, AccountKey, SiteName};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use utoipa::openapi::schema::AdditionalProperties;
use utoipa::openapi::{ObjectBuilder, RefOr, Schema, Type};
use utoipa::{IntoParams, PartialSchema, ToSchema};

/// Fields and orders that may be asked for at once.
const MOST: usize = 40;

/// The account in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct AccountPath {
    /// What the site is called here.
    #[param(value_type = String, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9._-]*$", example = "wiki")]
    pub(crate) site: SiteName,
    /// The account's key: what never changes about it.
    #[param(value_type = String, min_length = 1, max_length = 255)]
    pub(crate) key: AccountKey,
}

/// An account with the fields that were asked for.
#[derive(Debug)]
pub(crate) struct AccountRow {
    key: AccountKey,
    fields: Vec<(Field, Value)>,
}

impl AccountRow {
    pub(crate) fn of(page: &AccountPage, row: AccountIndex, fields: &[Field]) -> Self {
        let values = fields.iter().map(|field| (*field, page.value(row, *field)));
        Self { key: page.account(row).key(), fields: values.collect() }
    }
}

impl Serialize for AccountRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len() + 1))?;
        map.serialize_entry("key", &self.key)?;
        for (field, value) in &self.fields {
            map.serialize_entry(field.name(), value)?;
        }
        map.end()
    }
}

impl PartialSchema for AccountRow {
    fn schema() -> RefOr<Schema> {
        let text =
            ObjectBuilder::new().schema_type(Type::String).description(Some("What never changes about it."));
        ObjectBuilder::new()
            .description(Some(
                "An account: its key, and the fields that were asked for, each named as in a criterion. A text, number, boolean or list of texts; \
                 instants as RFC 3339, durations as whole days (`\"123d\"`) or hours, `\"never\"`, `null` where it is not known, and \
                 `{\"atLeast\": …}` or `{\"atMost\": …}` where it is known from one side only.",
            ))
            .property("key", text)
            .required("key")
            .additional_properties(Some(AdditionalProperties::FreeForm(true)))
            .into()
    }
}

impl ToSchema for AccountRow {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("AccountRow")
    }
}

/// The fields of a parameter, separated by commas.
pub(crate) fn fields_named(given: Option<&str>) -> Result<Vec<Field>, Problem> {
    let names: Vec<&str> = match given {
        Some(given) => given.split(',').map(str::trim).collect(),
        None => USUAL_FIELDS.to_vec(),
    };
    if names.len() > MOST {
        return Err(Problem::query("fields", format!("names more than {MOST} fields")));
    }
    let mut fields: Vec<Field> = Vec::new();
    for name in names {
        let field = Field::find(name).ok_or_else(|| unknown("fields", name))?;
        if !fields.contains(&field) {
            fields.push(field);
        }
    }
    Ok(fields)
}

/// The order of a parameter: fields separated by commas, `-` in front of one that goes downwards.
pub(crate) fn order_named(given: Option<&str>) -> Result<Vec<OrderBy>, Problem> {
    let Some(given) = given.filter(|given| !given.trim().is_empty()) else { return Ok(Vec::new()) };
    let mut order: Vec<OrderBy> = Vec::new();
    for name in given.split(',').map(str::trim) {
        let (direction, name) = match name.strip_prefix('-') {
            Some(name) => (Direction::Desc, name),
            None => (Direction::Asc, name),
        };
        let field = Field::find(name).ok_or_else(|| unknown("sort", name))?;
        if !field.is_sortable() {
            return Err(Problem::query(
                "sort",
                format!("accounts cannot be sorted by `{field}`; it has many values for each account"),
            ));
        }
        // What was sorted by once is sorted.
        if !order.iter().any(|by| by.field == field) {
            order.push(OrderBy { field, direction });
        }
    }
    if order.len() > MOST {
        return Err(Problem::query("sort", format!("names more than {MOST} fields")));
    }
    Ok(order)
}

fn unknown(parameter: &str, name: &str) -> Problem {
    let known = FIELDS.iter().map(|info| info.name);
    let near = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    let shown: String = name.chars().take(60).collect();
    Problem::query(parameter, format!("there is no field \"{}\"{near}", rollcall_model::plain(&shown)))
}
