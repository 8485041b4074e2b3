//! The envelope of everything this room stores: what it is, its format, named sections each compressed by itself, a seal.
//!
//! `magic (8) · format (u32) · { tag (4) · length (u64) · stored length (u64) · zstd }* · SHA-256 of all before (32)`; numbers are little-endian.

use crate::SnapshotError;
use crate::arena::MAX_TEXT;
use sha2::{Digest, Sha256};
use std::io::Read;
use zstd::bulk::Compressor;

/// Largest section, before compression. Bounds what a crafted file can make us allocate.
const MAX_SECTION: u64 = 2 * MAX_TEXT as u64;
/// Memory reserved ahead for a section on the word of its header alone.
const TRUSTED: u64 = 64 << 20;
const SEAL: usize = 32;
const LEVEL: i32 = 3;

/// What kind of thing is in the envelope.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) what: &'static str,
    pub(crate) magic: [u8; 8],
    /// The newest format this program reads, and the one it writes.
    pub(crate) format: u32,
}

impl Kind {
    pub(crate) fn damaged(self, reason: impl Into<String>) -> SnapshotError {
        SnapshotError::Damaged { what: self.what, reason: reason.into() }
    }
}

/// An envelope being filled.
pub(crate) struct Envelope {
    bytes: Vec<u8>,
    compressor: Option<Compressor<'static>>,
}

impl Envelope {
    pub(crate) fn new(kind: Kind) -> Self {
        let mut bytes = kind.magic.to_vec();
        bytes.extend_from_slice(&kind.format.to_le_bytes());
        Self { bytes, compressor: Compressor::new(LEVEL).ok() }
    }

    pub(crate) fn put(&mut self, tag: [u8; 4], section: &[u8]) {
        // Compressing into memory fails only for a level out of range, and the level is a constant. What was not written would not load.
        let stored = self.compressor.as_mut().and_then(|c| c.compress(section).ok()).unwrap_or_default();
        self.bytes.extend_from_slice(&tag);
        self.bytes.extend_from_slice(&(section.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(&(stored.len() as u64).to_le_bytes());
        self.bytes.extend_from_slice(&stored);
    }

    pub(crate) fn seal(mut self) -> Vec<u8> {
        let seal = Sha256::digest(&self.bytes);
        self.bytes.extend_from_slice(&seal);
        self.bytes
    }
}

/// An envelope whose seal is whole, being emptied from the front.
pub(crate) struct Opened<'a> {
    kind: Kind,
    /// The format it was written in; never newer than this program's.
    pub(crate) format: u32,
    rest: &'a [u8],
}

impl<'a> Opened<'a> {
    pub(crate) fn open(kind: Kind, bytes: &'a [u8]) -> Result<Self, SnapshotError> {
        let (magic, rest) = bytes.split_at_checked(8).ok_or(SnapshotError::Foreign { what: kind.what })?;
        if magic != kind.magic {
            return Err(SnapshotError::Foreign { what: kind.what });
        }
        let (format, rest) = rest.split_first_chunk().ok_or_else(|| kind.damaged("it is cut short"))?;
        let format = u32::from_le_bytes(*format);
        if format > kind.format {
            return Err(SnapshotError::Newer { what: kind.what, found: format, known: kind.format });
        }
        if format == 0 {
            return Err(kind.damaged("there is no format 0"));
        }
        let (rest, seal) = rest.split_last_chunk::<SEAL>().ok_or_else(|| kind.damaged("it is cut short"))?;
        if Sha256::digest(&bytes[..bytes.len() - SEAL]).as_slice() != seal {
            return Err(kind.damaged("its checksum does not match: it was cut short or changed"));
        }
        Ok(Self { kind, format, rest })
    }

    /// The next section, which must be this one.
    pub(crate) fn take(&mut self, tag: [u8; 4]) -> Result<Vec<u8>, SnapshotError> {
        let name = String::from_utf8_lossy(&tag).into_owned();
        let missing = || self.kind.damaged(format!("section {name} is missing"));
        let (found, rest) = self.rest.split_first_chunk::<4>().ok_or_else(missing)?;
        if *found != tag {
            return Err(missing());
        }
        let (length, rest) = rest.split_first_chunk().ok_or_else(missing)?;
        let (stored, rest) = rest.split_first_chunk().ok_or_else(missing)?;
        let (length, stored) = (u64::from_le_bytes(*length), u64::from_le_bytes(*stored));
        let stored = usize::try_from(stored).ok().filter(|s| *s <= rest.len()).ok_or_else(missing)?;
        if length > MAX_SECTION {
            return Err(self.kind.damaged(format!("section {name} claims {length} bytes")));
        }
        let (stored, rest) = rest.split_at(stored);
        let section =
            unpack(stored, length).map_err(|error| self.kind.damaged(format!("section {name}: {error}")))?;
        if section.len() as u64 != length {
            return Err(self.kind.damaged(format!("section {name} has another length than it says")));
        }
        self.rest = rest;
        Ok(section)
    }

    pub(crate) fn finish(self) -> Result<(), SnapshotError> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.kind.damaged("something follows its end")) }
    }
}

/// A small section at once; a large one only as far as there is something to fill the memory with.
fn unpack(stored: &[u8], length: u64) -> std::io::Result<Vec<u8>> {
    if length <= TRUSTED {
        return zstd::bulk::decompress(stored, length as usize);
    }
    let mut section = Vec::with_capacity(TRUSTED as usize);
    zstd::Decoder::new(stored)?.take(length + 1).read_to_end(&mut section)?;
    Ok(section)
}
