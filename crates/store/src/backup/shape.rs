//! What the database says of its own tables: their columns, and which refer to which.

use crate::StoreError;
use crate::database::{OnDatabase, Session, Writing, fetch_all};
use crate::migrate;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The types of the common subset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    Text,
    Integer,
    Flag,
    Bytes,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "text" => Self::Text,
            "bigint" => Self::Integer,
            "boolean" => Self::Flag,
            "bytea" => Self::Bytes,
            _ => return None,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ColumnShape {
    pub(super) name: String,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) struct TableShape {
    pub(super) name: String,
    pub(super) columns: Vec<ColumnShape>,
    /// Columns of the primary key.
    pub(super) key: Vec<String>,
}

type ColumnRow = (String, String, String, i64);

/// Our tables, each behind those it refers to.
pub(super) async fn tables(on: &mut Writing, schema: i64) -> Result<Vec<TableShape>, StoreError> {
    let ours: BTreeSet<&str> = migrate::tables(schema).into_iter().collect();
    // Like the question which schema there is, each database answers this one in its own words.
    let (columns, references): (Vec<ColumnRow>, Vec<(String, String)>) = match on.session() {
        Session::Sqlite(_) => (
            fetch_all!(
                on,
                "SELECT t.name, c.name, c.type, c.pk FROM sqlite_master t, pragma_table_info(t.name) c
                 WHERE t.type = 'table' ORDER BY t.name, c.cid"
            )?,
            fetch_all!(
                on,
                "SELECT t.name, r.\"table\" FROM sqlite_master t, pragma_foreign_key_list(t.name) r WHERE t.type = 'table'"
            )?,
        ),
        Session::Postgres(_) => (
            fetch_all!(
                on,
                "SELECT t.relname::TEXT, c.attname::TEXT, format_type(c.atttypid, NULL)::TEXT,
                        COALESCE((SELECT 1 FROM pg_index k WHERE k.indrelid = t.oid AND k.indisprimary AND c.attnum = ANY (k.indkey)), 0)::BIGINT
                 FROM pg_class t JOIN pg_attribute c ON c.attrelid = t.oid AND c.attnum > 0 AND NOT c.attisdropped
                 WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace ORDER BY t.relname, c.attnum"
            )?,
            fetch_all!(
                on,
                "SELECT t.relname::TEXT, r.relname::TEXT FROM pg_constraint f
                 JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
                 WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace"
            )?,
        ),
    };
    let mut shapes: BTreeMap<String, TableShape> = BTreeMap::new();
    for (table, name, kind, key) in columns {
        if !ours.contains(table.as_str()) {
            continue;
        }
        let kind = Kind::named(&kind).ok_or_else(|| {
            StoreError::corrupt(format!("table {table}"), &format!("its column {name} is {kind}"))
        })?;
        let shape = shapes.entry(table.clone()).or_insert_with(|| TableShape {
            name: table,
            columns: Vec::new(),
            key: Vec::new(),
        });
        if key > 0 {
            shape.key.push(name.clone());
        }
        shape.columns.push(ColumnShape { name, kind });
    }
    Ok(in_order(shapes, &references))
}

/// By name, each behind those it refers to. What refers to each other in a circle comes last.
fn in_order(mut shapes: BTreeMap<String, TableShape>, references: &[(String, String)]) -> Vec<TableShape> {
    let mut ordered: Vec<TableShape> = Vec::with_capacity(shapes.len());
    loop {
        let waits_for = |name: &str| {
            references.iter().any(|(from, to)| from == name && to != name && shapes.contains_key(to))
        };
        let Some(next) = shapes.keys().find(|name| !waits_for(name)).cloned() else { break };
        ordered.extend(shapes.remove(&next));
    }
    ordered.extend(shapes.into_values());
    ordered
}
