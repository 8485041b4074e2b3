//! Storing and loading a snapshot.
//!
//! Format 1, one section each: head (JSON: id, hash, sizes), frame (JSON), the columns of [`Columns`] in their order, evidence
//! (a column for each source), groups. A change of this list is a new format; the old ones keep their reader.

use crate::build::{MAX_ACCOUNTS, MAX_MEMBERSHIPS};
use crate::column::{Columns, NamedColumn};
use crate::container::{Envelope, Kind, Opened};
use crate::group::{GroupRow, Groups};
use crate::snapshot::Frame;
use crate::wire::{Read, Reader, Writer};
use crate::{Snapshot, SnapshotError};
use rollcall_model::{GroupIndex, GroupName, SnapshotId};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::sync::OnceLock;

const KIND: Kind = Kind { what: "snapshot", magic: *b"ROLLSNAP", format: 1 };

/// What belongs to the file rather than to the content.
#[derive(Serialize, Deserialize)]
struct Head {
    id: SnapshotId,
    hash: String,
    accounts: u64,
}

impl Snapshot {
    /// The format that [`Snapshot::encode`] writes, kept beside a stored snapshot.
    pub const ENCODING: u32 = KIND.format;

    /// The snapshot as bytes, compressed and sealed.
    pub fn encode(&self) -> Vec<u8> {
        let head = Head { id: self.id.clone(), hash: self.hash.clone(), accounts: self.len().into() };
        let mut envelope = Envelope::new(KIND);
        envelope.put(*b"head", &json(&head));
        write_content(self, |tag, section| envelope.put(tag, section));
        envelope.seal()
    }

    /// A snapshot from its bytes, of this format or an older one.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let mut sections = Sections(Opened::open(KIND, bytes)?);
        let head: Head = sections.json(*b"head")?;
        let rows = usize::try_from(head.accounts).ok().filter(|rows| *rows <= MAX_ACCOUNTS);
        let rows = rows.ok_or_else(|| KIND.damaged("it claims too many accounts"))?;
        let frame: Frame = sections.json(*b"fram")?;
        let columns = Columns {
            keys: sections.read(*b"keys", |r| r.keys(rows))?,
            usernames: sections.read(*b"user", |r| r.texts(rows))?,
            names: sections.read(*b"name", |r| r.texts(rows))?,
            emails: sections.read(*b"mail", |r| r.texts(rows))?,
            enabled: sections.read(*b"enab", |r| r.flags(rows))?,
            seat: sections.read(*b"seat", |r| r.flags(rows))?,
            shadowed: sections.read(*b"shad", |r| r.flags(rows))?,
            managed: sections.read(*b"mana", |r| r.flags(rows))?,
            directory: sections.read(*b"dire", |r| r.codes(rows, frame.directories.len()))?,
            account_type: sections.read(*b"type", |r| read_named(r, rows))?,
            created: sections.read(*b"crea", |r| r.instants(rows))?,
            reactivated: sections.read(*b"reac", |r| r.instants(rows))?,
            logins: sections.read(*b"logi", |r| r.counts(rows))?,
            evidence: frame
                .sources
                .iter()
                .map(|_| sections.read(*b"evid", |r| r.instants(rows)))
                .collect::<Result<_, _>>()?,
            email_domains: OnceLock::new(),
        };
        let groups = sections.read(*b"grou", |r| read_groups(r, rows))?;
        sections.0.finish()?;
        Ok(Self::assemble(head.id, head.hash, frame, columns, Groups::new(groups)))
    }
}

/// SHA-256 over the sections before compression, the head left out.
pub(crate) fn content_hash(snapshot: &Snapshot) -> String {
    let mut hasher = Sha256::new();
    hasher.update(b"rollcall snapshot content 1\n");
    write_content(snapshot, |tag, section| {
        hasher.update(tag);
        hasher.update((section.len() as u64).to_le_bytes());
        hasher.update(section);
    });
    hex::encode(hasher.finalize())
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Plain structs with text keys: there is nothing in them that JSON cannot say.
    serde_json::to_vec(value).unwrap_or_default()
}

fn write_content(snapshot: &Snapshot, mut put: impl FnMut([u8; 4], &[u8])) {
    put(*b"fram", &json(&snapshot.frame));
    let c = &snapshot.columns;
    let mut section = |tag: &[u8; 4], write: &dyn Fn(&mut Writer)| {
        let mut writer = Writer::default();
        write(&mut writer);
        put(*tag, &writer.0);
    };
    section(b"keys", &|w| w.keys(&c.keys));
    section(b"user", &|w| w.texts(&c.usernames));
    section(b"name", &|w| w.texts(&c.names));
    section(b"mail", &|w| w.texts(&c.emails));
    section(b"enab", &|w| w.flags(&c.enabled));
    section(b"seat", &|w| w.flags(&c.seat));
    section(b"shad", &|w| w.flags(&c.shadowed));
    section(b"mana", &|w| w.flags(&c.managed));
    section(b"dire", &|w| w.codes(&c.directory));
    section(b"type", &|w| write_named(w, &c.account_type));
    section(b"crea", &|w| w.instants(&c.created));
    section(b"reac", &|w| w.instants(&c.reactivated));
    section(b"logi", &|w| w.counts(&c.logins));
    for column in &c.evidence {
        section(b"evid", &|w| w.instants(column));
    }
    section(b"grou", &|w| write_groups(w, &snapshot.groups.rows));
}

fn write_named(w: &mut Writer, column: &NamedColumn) {
    w.varint(column.names.len() as u64);
    for name in &column.names {
        w.varint(name.len() as u64);
        w.0.extend_from_slice(name.as_bytes());
    }
    w.codes(&column.codes);
}

fn read_named(r: &mut Reader<'_>, rows: usize) -> Read<NamedColumn> {
    let count = r.count()?;
    let names = (0..count).map(|_| read_text(r).map(Into::into)).collect::<Read<Vec<_>>>()?;
    let codes = r.codes(rows, count)?;
    Ok(NamedColumn { names, codes })
}

fn read_text<'a>(r: &mut Reader<'a>) -> Read<&'a str> {
    let length = r.count()?;
    std::str::from_utf8(r.bytes(length)?).map_err(|_| "a text is not UTF-8")
}

fn write_groups(w: &mut Writer, groups: &[GroupRow]) {
    let tristate = |flag: Option<bool>| flag.map_or(2, u8::from);
    w.varint(groups.len() as u64);
    for group in groups {
        w.varint(group.name.as_str().len() as u64);
        w.0.extend_from_slice(group.name.as_str().as_bytes());
        w.0.push(tristate(group.gives_seat) | tristate(group.gives_admin) << 2);
        w.varint(group.children.len() as u64);
        for child in &group.children {
            w.varint(u64::from(*child));
        }
        w.bitmap(&group.members);
    }
}

fn read_groups(r: &mut Reader<'_>, accounts: usize) -> Read<Vec<GroupRow>> {
    let tristate = |bits: u8| match bits & 3 {
        0 => Ok(Some(false)),
        1 => Ok(Some(true)),
        2 => Ok(None),
        _ => Err("a flag of a group is neither true, false nor unknown"),
    };
    let count = r.count()?;
    let (mut groups, mut memberships) = (Vec::new(), 0);
    for _ in 0..count {
        let name = GroupName::from(read_text(r)?);
        let flags = r.bytes(1)?[0];
        let children = r.count()?;
        let children = (0..children).map(|_| r.varint()).collect::<Read<Vec<u64>>>()?;
        if !children.is_sorted_by(|a, b| a < b) || children.last().is_some_and(|c| *c >= count as u64) {
            return Err("a group contains a group that does not exist");
        }
        let members = r.bitmap(accounts)?;
        memberships += members.len();
        groups.push(GroupRow {
            name,
            members,
            children: children.into_iter().map(|c| c as GroupIndex).collect(),
            gives_seat: tristate(flags)?,
            gives_admin: tristate(flags >> 2)?,
        });
    }
    if memberships > MAX_MEMBERSHIPS { Err("there are too many memberships") } else { Ok(groups) }
}

/// Reads sections one after the other.
struct Sections<'a>(Opened<'a>);

impl Sections<'_> {
    fn json<T: for<'de> Deserialize<'de>>(&mut self, tag: [u8; 4]) -> Result<T, SnapshotError> {
        let section = self.0.take(tag)?;
        serde_json::from_slice(&section).map_err(|error| KIND.damaged(error.to_string()))
    }

    fn read<T>(
        &mut self,
        tag: [u8; 4],
        read: impl FnOnce(&mut Reader<'_>) -> Read<T>,
    ) -> Result<T, SnapshotError> {
        let section = self.0.take(tag)?;
        let mut reader = Reader(&section);
        read(&mut reader)
            .and_then(|value| reader.finish().map(|()| value))
            .map_err(|reason| KIND.damaged(format!("{}: {reason}", String::from_utf8_lossy(&tag))))
    }
}
