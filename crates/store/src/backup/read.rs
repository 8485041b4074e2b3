//! Reading a backup, line by line, and believing nothing of it before its end.

use super::cell::Cell;
use super::shape::ColumnShape;
use super::{BackupHead, End, FORMAT, LONGEST_LINE, MAGIC, Mark};
use crate::StoreError;
use crate::audit::EntryRow;
use crate::migrate;
use rollcall_audit::{Head, Verifier};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read};

/// What a whole backup holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackupSummary {
    /// What it says of itself.
    pub head: BackupHead,
    /// How many rows there are in all.
    pub rows: u64,
    /// How many in which table.
    pub rows_of: BTreeMap<String, u64>,
    /// The hash of its content.
    pub sha256: String,
}

pub(super) fn bad(reason: impl Into<String>) -> StoreError {
    StoreError::Backup { reason: reason.into() }
}

fn damaged(reason: impl std::fmt::Display) -> StoreError {
    bad(format!("it is damaged: {reason}"))
}

/// A table of the file, and then its rows.
pub(super) enum Piece {
    Table(String, Vec<ColumnShape>),
    Row(Vec<Cell>),
    End,
}

/// A backup that is being read.
pub(super) struct Reader<'a> {
    lines: BufReader<zstd::Decoder<'static, BufReader<&'a mut (dyn Read + Send)>>>,
    hash: Sha256,
    line: Vec<u8>,
    pub(super) head: BackupHead,
    columns: Vec<ColumnShape>,
    table: Option<String>,
    rows_of: BTreeMap<String, u64>,
    sha256: Option<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn begin(file: &'a mut (dyn Read + Send)) -> Result<Self, StoreError> {
        let mut file = BufReader::new(file);
        let mut magic = Vec::new();
        let read = file.by_ref().take(MAGIC.len() as u64 + 12).read_until(b'\n', &mut magic);
        read.map_err(|error| unread(&error))?;
        let magic = String::from_utf8_lossy(&magic).into_owned();
        let format = magic.strip_prefix(MAGIC).and_then(|rest| rest.strip_suffix('\n'));
        let format = format.ok_or_else(|| bad("the file is no backup of Rollcall"))?;
        match format.parse::<u32>() {
            Ok(FORMAT) => {}
            Ok(newer) if newer > FORMAT => {
                return Err(bad(format!(
                    "it is of form {newer}, this program knows only up to {FORMAT}. Use a newer Rollcall"
                )));
            }
            _ => return Err(bad("the file is no backup of Rollcall")),
        }
        let decoder = zstd::Decoder::with_buffer(file).map_err(|error| unread(&error))?;
        let mut reader = Self {
            lines: BufReader::new(decoder.single_frame()),
            hash: Sha256::new_with_prefix(&magic),
            line: Vec::new(),
            head: BackupHead {
                made_at: jiff::Timestamp::UNIX_EPOCH,
                program: String::new(),
                schema: 0,
                audit: Head::EMPTY,
                keys: Vec::new(),
            },
            columns: Vec::new(),
            table: None,
            rows_of: BTreeMap::new(),
            sha256: None,
        };
        if !reader.read_line()? {
            return Err(bad("it was cut off at its beginning"));
        }
        match serde_json::from_slice(&reader.line) {
            Ok(Mark::Head(head)) => reader.head = head,
            _ => return Err(damaged("its first line does not say what it is")),
        }
        reader.hash.update(&reader.line);
        let schema = reader.head.schema;
        if schema > migrate::NEWEST {
            let known = migrate::NEWEST;
            return Err(bad(format!(
                "it is of a database with schema {schema}, this program knows only up to {known}. Use a newer Rollcall ({} made it)",
                reader.head.program
            )));
        }
        if !migrate::is_known(schema) {
            return Err(damaged(format!("there is no schema {schema}")));
        }
        Ok(reader)
    }

    fn read_line(&mut self) -> Result<bool, StoreError> {
        self.line.clear();
        let mut lines = self.lines.by_ref().take(LONGEST_LINE);
        lines.read_until(b'\n', &mut self.line).map_err(|error| unread(&error))?;
        match self.line.last() {
            None => Ok(false),
            Some(b'\n') => Ok(true),
            Some(_) => Err(damaged("a line has no end")),
        }
    }

    /// The next table or row. The end is given only if the hash is right and nothing follows.
    pub(super) fn next(&mut self) -> Result<Piece, StoreError> {
        if !self.read_line()? {
            return Err(bad("it was cut off: its end is missing"));
        }
        if self.line.first() == Some(&b'[') {
            let cells: Vec<Cell> = serde_json::from_slice(&self.line).map_err(damaged)?;
            let fits = cells.len() == self.columns.len()
                && cells.iter().zip(&self.columns).all(|(cell, column)| cell.is(column.kind));
            let count = self.table.as_ref().and_then(|table| self.rows_of.get_mut(table));
            let Some(count) = count.filter(|_| fits) else {
                return Err(damaged(format!("a row does not fit its table {:?}", self.table)));
            };
            *count += 1;
            self.hash.update(&self.line);
            return Ok(Piece::Row(cells));
        }
        match serde_json::from_slice(&self.line).map_err(damaged)? {
            Mark::Table(table) => {
                if self.rows_of.insert(table.name.clone(), 0).is_some() {
                    return Err(damaged(format!("table {} stands in it twice", table.name)));
                }
                self.hash.update(&self.line);
                self.table = Some(table.name.clone());
                self.columns.clone_from(&table.columns);
                Ok(Piece::Table(table.name, table.columns))
            }
            Mark::End(end) => self.end(&end),
            Mark::Head(_) => Err(damaged("it begins twice")),
        }
    }

    fn end(&mut self, end: &End) -> Result<Piece, StoreError> {
        let sha256 = hex::encode(self.hash.clone().finalize());
        let rows: u64 = self.rows_of.values().sum();
        if sha256 != end.sha256 || rows != end.rows {
            return Err(damaged("its content does not give the hash at its end"));
        }
        if self.read_line()? {
            return Err(damaged("something follows its end"));
        }
        let file = self.lines.get_mut().get_mut();
        if !file.fill_buf().map_err(|error| unread(&error))?.is_empty() {
            return Err(damaged("something follows its end"));
        }
        self.sha256 = Some(sha256);
        Ok(Piece::End)
    }

    /// What was read, once the end was.
    pub(super) fn summary(self) -> Result<BackupSummary, StoreError> {
        let sha256 = self.sha256.ok_or_else(|| bad("it was not read to its end"))?;
        Ok(BackupSummary {
            rows: self.rows_of.values().sum(),
            head: self.head,
            rows_of: self.rows_of,
            sha256,
        })
    }
}

/// What the decoder complains of is the file, what the system does is the disk.
fn unread(error: &std::io::Error) -> StoreError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => bad("it was cut off: its end is missing"),
        std::io::ErrorKind::Other | std::io::ErrorKind::InvalidData => damaged(error),
        _ => StoreError::BackupFile { verb: "read", reason: error.to_string() },
    }
}

/// Reads a backup to its end: its hash, its rows, and the chain of its audit log. Touches no database.
pub fn inspect(file: &mut (dyn Read + Send)) -> Result<BackupSummary, StoreError> {
    let mut reader = Reader::begin(file)?;
    let mut log = Log::default();
    loop {
        match reader.next()? {
            Piece::Table(name, columns) => log.table(&name, &columns),
            Piece::Row(cells) => log.row(&cells)?,
            Piece::End => break,
        }
    }
    log.verdict(reader.head.audit)?;
    reader.summary()
}

/// The audit log on its way past.
#[derive(Default)]
struct Log {
    table: String,
    columns: BTreeMap<String, usize>,
    verifier: Verifier,
    recorded: Option<Head>,
}

impl Log {
    fn table(&mut self, name: &str, columns: &[ColumnShape]) {
        name.clone_into(&mut self.table);
        self.columns = columns.iter().enumerate().map(|(at, column)| (column.name.clone(), at)).collect();
    }

    fn row(&mut self, cells: &[Cell]) -> Result<(), StoreError> {
        let place = |name: &str| self.columns.get(name).map_or(&Cell::Null, |at| &cells[*at]);
        let text = |name: &str| place(name).text().map(str::to_owned);
        let head = || {
            let hash = text("hash").unwrap_or_default();
            crate::audit::head((place("seq").integer().unwrap_or_default(), hash)).map_err(damaged)
        };
        match self.table.as_str() {
            "audit_checkpoint" => {
                self.verifier = std::mem::take(&mut self.verifier).starting_behind(head()?);
            }
            "audit_head" => self.recorded = Some(head()?),
            "audit_entries" => {
                let must = |name: &str| text(name).unwrap_or_default();
                let row = EntryRow {
                    seq: place("seq").integer().unwrap_or_default(),
                    at: place("at").integer().unwrap_or_default(),
                    actor: must("actor"),
                    kind: must("kind"),
                    site: text("site"),
                    account: text("account"),
                    policy: text("policy"),
                    snapshot: text("snapshot"),
                    plan: text("plan"),
                    run: text("run"),
                    item: place("item").integer(),
                    why: must("why"),
                    before: text("before"),
                    after: text("after"),
                    details: must("details"),
                    previous_hash: must("previous_hash"),
                    hash: must("hash"),
                };
                match (row.seq, row.entry()) {
                    (_, Ok(entry)) => self.verifier.feed(&entry),
                    (seq, Err(_)) => self.verifier.feed_unreadable(u64::try_from(seq).unwrap_or_default()),
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn verdict(self, said: Head) -> Result<(), StoreError> {
        let recorded = self.recorded.ok_or_else(|| damaged("it has no audit log"))?;
        if recorded != said {
            return Err(damaged("its audit log does not end where it says"));
        }
        match self.verifier.finish(Some(recorded)) {
            Ok(_) => Ok(()),
            Err(broken) => Err(bad(format!("the audit log in it is broken: {broken}"))),
        }
    }
}
