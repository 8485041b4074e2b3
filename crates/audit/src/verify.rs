//! Checking a chain, entry by entry, in constant memory.

use crate::{Dropped, Entry, EntryHash, Head, canonical};
use std::cmp::Ordering;
use std::fmt;

/// What is wrong with the first bad entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// Its content does not give its hash: it was changed after it was written.
    Changed,
    /// It is consistent in itself, but what follows was chained to another: it was changed and hashed again.
    Rewritten,
    /// It and those up to `through` are missing.
    Removed {
        /// The last that is missing.
        through: u64,
    },
    /// It does not belong to the chain: it was put between others, stands there twice, or lies behind the recorded end.
    Inserted,
    /// Another entry stands in its place.
    Reordered {
        /// The place at which the entry that was found was written.
        found: u64,
    },
    /// The log ends before it; the recorded end is `head`.
    Truncated {
        /// How many entries there should be.
        head: u64,
    },
    /// It does not have the hash that was given away earlier: it or something before it was rewritten, with everything after it.
    Replaced,
    /// It and those before it are missing, and no entry says that retention dropped them.
    Unvouched,
    /// It was dropped by retention, so that nobody can tell any more whether it had the hash that was given away earlier.
    /// The rest of the log is whole.
    Dropped,
}

/// The first bad entry of a log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct Broken {
    /// Its place.
    pub seq: u64,
    /// What is wrong with it.
    pub fault: Fault,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seq = self.seq;
        match self.fault {
            Fault::Changed => write!(f, "audit entry {seq} was changed after it was written"),
            Fault::Rewritten => write!(
                f,
                "audit entry {seq} was changed and hashed again: what follows it was chained to another"
            ),
            Fault::Removed { through } if through == seq => write!(f, "audit entry {seq} is missing"),
            Fault::Removed { through } => write!(f, "audit entries {seq} to {through} are missing"),
            Fault::Inserted => write!(f, "audit entry {seq} does not belong to the log: it was inserted"),
            Fault::Reordered { found } => {
                write!(f, "entry {found} stands where audit entry {seq} belongs: the log was reordered")
            }
            Fault::Truncated { head } => {
                write!(
                    f,
                    "the audit log ends before entry {seq}, though {head} were written: its end was cut off"
                )
            }
            Fault::Replaced => write!(
                f,
                "audit entry {seq} does not have the hash that was reported earlier: the log was rewritten up to there"
            ),
            Fault::Unvouched => write!(
                f,
                "audit entries 1 to {seq} are missing, and no entry of the log says that retention dropped them"
            ),
            Fault::Dropped => write!(
                f,
                "audit entry {seq} was dropped by retention: it cannot be compared with the head reported then. \
                 Use a head of a later report, or verify an export made before"
            ),
        }
    }
}

/// What a good log amounts to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// Its end; `seq` is the number of entries ever written.
    pub head: Head,
    /// What retention took from its beginning, where it did.
    pub dropped: Option<Dropped>,
}

/// Is fed every entry in the order in which they are kept, and tells at the end whether they are the log.
#[derive(Debug)]
pub struct Verifier {
    head: Head,
    before_head: EntryHash,
    /// What the first entry is chained to: [`Head::EMPTY`], or the last entry that retention dropped.
    checkpoint: Head,
    /// What the newest entry about dropped ones says.
    dropped: Option<Dropped>,
    expected: Vec<Head>,
    broken: Option<Broken>,
}

impl Default for Verifier {
    fn default() -> Self {
        Self::new()
    }
}

impl Verifier {
    /// How far from its place an entry is looked for when it is found in another's.
    const REACH: u64 = 4096;

    /// From the first entry on.
    pub fn new() -> Self {
        Self {
            head: Head::EMPTY,
            before_head: EntryHash::GENESIS,
            checkpoint: Head::EMPTY,
            dropped: None,
            expected: Vec::new(),
            broken: None,
        }
    }

    /// With heads that were given away earlier (in report mails), which the log must still contain.
    pub fn expecting(heads: impl IntoIterator<Item = Head>) -> Self {
        Self { expected: heads.into_iter().collect(), ..Self::new() }
    }

    /// From the entry behind `checkpoint` on, the last one that retention dropped. The log itself must vouch for it: the newest
    /// [`crate::EntryKind::AUDIT_DROPPED`] has to name that very place and hash.
    #[must_use]
    pub fn starting_behind(self, checkpoint: Head) -> Self {
        Self { head: checkpoint, checkpoint, ..self }
    }

    /// Takes the next entry. After the first fault it only watches for entries that come too late, which tells a removed
    /// entry from a reordered one.
    pub fn feed(&mut self, entry: &Entry) {
        if !self.is_late(entry.seq) {
            match self.judge(entry) {
                Ok(()) => {
                    if let Some(dropped) = Dropped::said_by(entry) {
                        self.dropped = Some(dropped);
                    }
                    self.before_head = self.head.hash;
                    self.head = Head::from(entry);
                }
                Err(broken) => self.broken = Some(broken),
            }
        }
    }

    /// Takes the place of an entry that cannot even be read any more: its instant, JSON or hash is none.
    pub fn feed_unreadable(&mut self, seq: u64) {
        if !self.is_late(seq) {
            self.broken = Some(self.in_place(seq).err().unwrap_or(Broken { seq, fault: Fault::Changed }));
        }
    }

    /// Whether the verdict is out already; if so, takes note of an entry that was thought to be missing.
    fn is_late(&mut self, seq: u64) -> bool {
        if let Some(Broken { seq: first, fault }) = &mut self.broken
            && let Fault::Removed { through } = *fault
            && (*first..=through).contains(&seq)
        {
            *fault = Fault::Reordered { found: through + 1 };
        }
        self.is_broken()
    }

    /// Whether a fault was found; what follows can at most give it a better name.
    pub fn is_broken(&self) -> bool {
        self.broken.is_some()
    }

    /// The verdict. `recorded` is the end of the log as it was recorded apart from the entries.
    pub fn finish(self, recorded: Option<Head>) -> Result<Verified, Broken> {
        if let Some(broken) = self.broken {
            return Err(broken);
        }
        if let Some(recorded) = recorded {
            let fault = |seq, fault| Err(Broken { seq, fault });
            if self.head.seq < recorded.seq {
                return fault(self.head.seq + 1, Fault::Truncated { head: recorded.seq });
            }
            if self.head.seq > recorded.seq {
                return fault(recorded.seq + 1, Fault::Inserted);
            }
            if self.head.hash != recorded.hash {
                return fault(self.head.seq, Fault::Rewritten);
            }
        }
        let checkpoint = self.checkpoint;
        let vouched = self.dropped.as_ref().map_or(Head::EMPTY, |dropped| dropped.last);
        if vouched != checkpoint {
            // Without a checkpoint the chain began at its first entry: then it is the entry that is not to be believed.
            let seq = checkpoint.seq.max(vouched.seq);
            return Err(Broken { seq, fault: Fault::Unvouched });
        }
        if let Some(head) =
            self.expected.iter().find(|h| h.seq == checkpoint.seq && h.hash != checkpoint.hash)
        {
            return Err(Broken { seq: head.seq, fault: Fault::Replaced });
        }
        if let Some(beyond) = self.expected.iter().filter(|h| h.seq > self.head.seq).map(|h| h.seq).max() {
            return Err(Broken { seq: self.head.seq + 1, fault: Fault::Truncated { head: beyond } });
        }
        if let Some(head) = self.expected.iter().find(|head| head.seq < checkpoint.seq) {
            return Err(Broken { seq: head.seq, fault: Fault::Dropped });
        }
        Ok(Verified { head: self.head, dropped: self.dropped })
    }

    fn in_place(&self, seq: u64) -> Result<(), Broken> {
        let place = self.head.seq + 1;
        match seq.cmp(&place) {
            Ordering::Equal => Ok(()),
            Ordering::Greater => Err(Broken { seq: place, fault: Fault::Removed { through: seq - 1 } }),
            // It stands there twice, or before the first.
            Ordering::Less => Err(Broken { seq, fault: Fault::Inserted }),
        }
    }

    fn judge(&self, entry: &Entry) -> Result<(), Broken> {
        self.in_place(entry.seq)?;
        let place = entry.seq;
        let bad = |seq, fault| Err(Broken { seq, fault });
        if canonical::hash(entry) != entry.hash {
            return Err(self.misplaced(entry));
        }
        if entry.previous_hash != self.head.hash {
            // The entry vouches for its predecessor, and the predecessor is not the one that stands there.
            return bad(self.head.seq.max(1), Fault::Rewritten);
        }
        match self.expected.iter().find(|head| head.seq == place) {
            Some(head) if head.hash != entry.hash => bad(place, Fault::Replaced),
            _ => Ok(()),
        }
    }

    /// The entry does not give its hash at this place. Was it changed, or was it written for another place and renumbered?
    fn misplaced(&self, entry: &Entry) -> Broken {
        let place = self.head.seq + 1;
        if entry.previous_hash == self.head.hash {
            // It was chained to what stands before it, so this is its place.
            return Broken { seq: place, fault: Fault::Changed };
        }
        let written_at = |seq: u64| canonical::hash(&Entry { seq, ..entry.clone() }) == entry.hash;
        let around = (1..=Self::REACH).flat_map(|far| [place.checked_sub(far), place.checked_add(far)]);
        match around.flatten().filter(|seq| *seq > 0).find(|seq| written_at(*seq)) {
            // It belongs one place earlier and follows what stands two places back: what is between was put in.
            Some(seq) if seq + 1 == place && entry.previous_hash == self.before_head => {
                Broken { seq, fault: Fault::Inserted }
            }
            Some(seq) => Broken { seq: place, fault: Fault::Reordered { found: seq } },
            None => Broken { seq: place, fault: Fault::Changed },
        }
    }
}
