//! Accounts as rows of a table, wherever one is written: on a terminal, in a file, in an answer.

use rollcall_criteria::{Field, FieldType, Value};
use rollcall_report::{Cell, Column, ColumnKind};

/// The fields that are shown unless others are asked for.
pub const USUAL_FIELDS: [&str; 7] = ["username", "name", "email", "status", "lastActive", "idle", "seat"];

/// The column of a field.
pub fn column_of(field: Field) -> Column {
    let kind = match field.kind() {
        FieldType::Flag => ColumnKind::Bool,
        FieldType::Number => ColumnKind::Number,
        _ => ColumnKind::Text,
    };
    Column::new(field.name(), kind)
}

/// A field's value in its column.
pub fn cell_of(value: Value) -> Cell {
    match value {
        Value::Unknown => Cell::Unknown,
        Value::Never => Cell::Never,
        Value::Text(text) => Cell::Text(text),
        Value::Flag(flag) => Cell::Bool(flag),
        Value::Number(number) => Cell::Number(number),
        Value::Names(names) => Cell::List(names),
        other => {
            Cell::Data { text: other.to_string(), json: serde_json::to_value(&other).unwrap_or_default() }
        }
    }
}
