//! Whom a criterion selects, kept for as long as it is asked for.

use crate::Picture;
use jiff::{SignedDuration, Timestamp};
use roaring::RoaringBitmap;
use rollcall_criteria::{Criterion, CriterionError, Field, FieldType, select};
use rollcall_model::SnapshotId;
use rollcall_snapshot::{Snapshot, fold};

/// How far time must move on before "90 days ago" is reckoned anew.
const MOMENT: SignedDuration = SignedDuration::from_mins(1);

/// The accounts that are listed.
pub(crate) struct Choice {
    pub(crate) accounts: RoaringBitmap,
    /// How many cannot be decided.
    pub(crate) unknown: u64,
}

/// What a choice depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ChoiceKey {
    snapshot: SnapshotId,
    facts: u64,
    /// The criterion as it prints, without its order: two spellings of the same are the same.
    criterion: String,
    search: String,
    /// Microseconds: the instant that "ago" is reckoned from.
    at: i64,
}

impl ChoiceKey {
    /// `at`: the instant that a place in the list belongs to.
    pub(crate) fn new(
        picture: &Picture,
        criterion: &Criterion,
        search: Option<&str>,
        at: Option<Timestamp>,
        now: Timestamp,
    ) -> Self {
        let at = at.unwrap_or_else(|| {
            // A criterion that time does not change is reckoned once for its snapshot.
            if depends_on_time(criterion) { moment(now) } else { picture.snapshot.taken_at() }
        });
        let condition = Criterion::new(criterion.root().clone(), Vec::new());
        Self {
            snapshot: picture.snapshot.id().clone(),
            facts: picture.facts_number,
            criterion: condition.as_ref().unwrap_or(criterion).to_string(),
            search: search.map(|text| fold(text.trim())).unwrap_or_default(),
            at: at.as_microsecond(),
        }
    }

    pub(crate) fn at(&self) -> Timestamp {
        Timestamp::from_microsecond(self.at).unwrap_or_default()
    }
}

/// The beginning of the minute.
fn moment(now: Timestamp) -> Timestamp {
    let length = i64::try_from(MOMENT.as_micros()).unwrap_or(1);
    let micros = now.as_microsecond();
    Timestamp::from_microsecond(micros - micros.rem_euclid(length)).unwrap_or(now)
}

/// Whether the criterion may select others tomorrow, on the same snapshot: it reckons from now, or exemptions end.
fn depends_on_time(criterion: &Criterion) -> bool {
    let asks = criterion.clauses().any(|clause| {
        let is_moment =
            matches!(clause.field.kind(), FieldType::Instant | FieldType::InstantOrNever | FieldType::Period);
        is_moment || clause.field == Field::Exempt
    });
    asks || criterion.order().iter().any(|by| by.field == Field::Exempt)
}

impl Choice {
    pub(crate) fn make(
        picture: &Picture,
        criterion: &Criterion,
        key: &ChoiceKey,
    ) -> Result<Self, CriterionError> {
        let selection = select(&picture.snapshot, &picture.facts, criterion, key.at())?;
        let (mut accounts, mut unknown) = (selection.accounts, selection.unknown);
        if !key.search.is_empty() {
            let columns = picture.snapshot.columns();
            let texts = [&columns.usernames, &columns.names, &columns.emails];
            let found = texts
                .into_iter()
                .fold(RoaringBitmap::new(), |found, column| found | column.containing(&key.search));
            accounts &= &found;
            unknown &= &found;
        }
        accounts.optimize();
        Ok(Self { accounts, unknown: unknown.len() })
    }

    pub(crate) fn is_everybody(&self, snapshot: &Snapshot) -> bool {
        self.accounts.len() == u64::from(snapshot.len())
    }

    pub(crate) fn memory(&self) -> usize {
        self.accounts.serialized_size() + 256
    }
}
