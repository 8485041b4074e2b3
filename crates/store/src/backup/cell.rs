//! One value of a row, on its way between a database and a file.

use crate::StoreError;
use crate::backup::shape::Kind;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A value as it stands in a backup.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Cell {
    Null,
    Flag(bool),
    Integer(i64),
    Text(String),
    Bytes(Base64),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Base64 {
    b: String,
}

impl Cell {
    pub(super) fn bytes(bytes: &[u8]) -> Self {
        Self::Bytes(Base64 { b: STANDARD.encode(bytes) })
    }

    pub(super) fn is(&self, kind: Kind) -> bool {
        matches!(
            (self, kind),
            (Self::Null, _)
                | (Self::Flag(_), Kind::Flag)
                | (Self::Integer(_), Kind::Integer)
                | (Self::Text(_), Kind::Text)
                | (Self::Bytes(_), Kind::Bytes)
        )
    }

    /// About how many bytes it holds.
    pub(super) fn size(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Bytes(bytes) => bytes.b.len(),
            Self::Null | Self::Flag(_) | Self::Integer(_) => 8,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(super) fn integer(&self) -> Option<i64> {
        if let Self::Integer(number) = self { Some(*number) } else { None }
    }

    pub(super) fn flag(&self) -> Option<bool> {
        if let Self::Flag(flag) = self { Some(*flag) } else { None }
    }

    pub(super) fn decoded(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let Self::Bytes(Base64 { b }) = self else { return Ok(None) };
        let bytes = STANDARD.decode(b);
        bytes.map(Some).map_err(|error| StoreError::Backup { reason: format!("it is damaged: {error}") })
    }
}

/// Reads a row of the database by the kinds of its columns; for either driver.
macro_rules! cells {
    ($row:expr, $columns:expr) => {{
        use sqlx::Row as _;
        let mut cells = Vec::with_capacity($columns.len());
        for (at, column) in $columns.iter().enumerate() {
            let cell = match column.kind {
                Kind::Text => $row.try_get_unchecked::<Option<String>, _>(at)?.map(Cell::Text),
                Kind::Integer => $row.try_get_unchecked::<Option<i64>, _>(at)?.map(Cell::Integer),
                Kind::Flag => $row.try_get_unchecked::<Option<bool>, _>(at)?.map(Cell::Flag),
                Kind::Bytes => {
                    $row.try_get_unchecked::<Option<Vec<u8>>, _>(at)?.map(|bytes| Cell::bytes(&bytes))
                }
            };
            cells.push(cell.unwrap_or(Cell::Null));
        }
        Ok::<_, sqlx::Error>(cells)
    }};
}
pub(super) use cells;
