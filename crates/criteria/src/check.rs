//! Whether what a criterion names exists at a site.

use crate::field::Field;
use crate::nearest::{nearest, shown};
use crate::print::quoted;
use crate::tree::{Clause, Criterion, Literal};
use crate::{CriterionError, Problem};
use rollcall_model::plain;
use rollcall_snapshot::{Facts, Snapshot, fold};

/// Kinds of directories that any site may have, beside those that the site at hand names.
pub(crate) const DIRECTORY_TYPES: [&str; 4] = ["internal", "ldap", "delegated", "crowd"];

/// Looks up every group, directory and list that the criterion names. A name that does not exist selects the wrong people in silence, and
/// with NOT everybody; therefore it is an error.
pub fn check(criterion: &Criterion, snapshot: &Snapshot, facts: &Facts) -> Result<(), CriterionError> {
    criterion.clauses().filter(|clause| clause.is_exact()).try_for_each(|clause| {
        clause.values().iter().enumerate().try_for_each(|(index, value)| match value {
            Literal::Text(text) => look_up(clause, index, text, snapshot, facts),
            _ => Ok(()),
        })
    })
}

pub(crate) fn names_of_groups(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.groups().map(|group| group.name().as_str()).collect()
}

pub(crate) fn names_of_directories(snapshot: &Snapshot) -> Vec<&str> {
    snapshot.directories().iter().map(|directory| directory.name.as_str()).collect()
}

fn look_up(
    clause: &Clause,
    index: usize,
    text: &str,
    snapshot: &Snapshot,
    facts: &Facts,
) -> Result<(), CriterionError> {
    match clause.field {
        Field::Group | Field::DirectGroup | Field::SeatVia => {
            if !snapshot.groups_named(text).is_empty() {
                return Ok(());
            }
            let names = names_of_groups(snapshot);
            let none = "the site has no group";
            Err(unknown(clause, index, text, Problem::UnknownGroup, none, &names))
        }
        Field::Directory => {
            let names = names_of_directories(snapshot);
            find(clause, index, text, Problem::UnknownDirectory, "the site has shown no directory", &names)
        }
        Field::DirectoryType => {
            let kinds = snapshot.directories().iter().filter_map(|d| d.kind.as_deref());
            let kinds: Vec<&str> = kinds.chain(DIRECTORY_TYPES).collect();
            find(clause, index, text, Problem::UnknownDirectory, "there is no type of directory", &kinds)
        }
        Field::List => {
            let names: Vec<&str> = facts.lists.keys().map(String::as_str).collect();
            find(clause, index, text, Problem::UnknownList, "no list was imported", &names)
        }
        _ => Ok(()),
    }
}

fn find(
    clause: &Clause,
    index: usize,
    text: &str,
    problem: Problem,
    none: &str,
    names: &[&str],
) -> Result<(), CriterionError> {
    let folded = fold(text);
    if names.iter().any(|name| fold(name) == folded) {
        return Ok(());
    }
    Err(unknown(clause, index, text, problem, none, names))
}

fn unknown(
    clause: &Clause,
    index: usize,
    text: &str,
    problem: Problem,
    none: &str,
    names: &[&str],
) -> CriterionError {
    const LISTED: usize = 10;
    let message = format!("{none} called \"{}\"", shown(text));
    let error = CriterionError::new(problem, clause.places.value(index), message);
    if let Some(near) = nearest(text, names.iter().copied()) {
        return error.suggest(Some(quoted(near)));
    }
    let mut known: Vec<String> = names.iter().take(LISTED).map(|name| plain(name).into_owned()).collect();
    known.sort();
    known.dedup();
    error.help(match names.len() {
        0 => format!("{none} at all"),
        1..=LISTED => format!("known: {}", known.join(", ")),
        more => format!("there are {more}; none has a name like this"),
    })
}
