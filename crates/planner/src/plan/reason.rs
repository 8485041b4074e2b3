//! Why an account was selected: what it says to each field that the criterion asks about.

use jiff::Timestamp;
use rollcall_criteria::{Clause, Criterion, Expr, Field, Literal, Value, value};
use rollcall_model::{AccountIndex, plain};
use rollcall_snapshot::{Facts, Snapshot, fold};

/// Tells why, account by account.
pub(super) struct Reasons<'a> {
    snapshot: &'a Snapshot,
    facts: &'a Facts,
    now: Timestamp,
    asked: Vec<Asked>,
}

/// A field that the criterion asks about, with the names that it asks for where the field has many.
struct Asked {
    field: Field,
    word: &'static str,
    names: Vec<String>,
}

/// Longest text of an account that is repeated in a reason, in characters.
const LONGEST: usize = 60;

impl<'a> Reasons<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        facts: &'a Facts,
        criterion: &Criterion,
        now: Timestamp,
    ) -> Self {
        let mut asked = Vec::new();
        ask(criterion.root(), false, &mut asked);
        Self { snapshot, facts, now, asked }
    }

    /// `status enabled, seat true, idle 132d`.
    pub(super) fn why(&self, account: AccountIndex) -> Option<String> {
        let mut words: Vec<String> = Vec::with_capacity(self.asked.len());
        for asked in &self.asked {
            let said = value(self.snapshot, self.facts, account, asked.field, self.now);
            if let Some(said) = asked.answer(&said) {
                words.push(format!("{} {said}", asked.word));
            }
        }
        (!words.is_empty()).then(|| words.join(", "))
    }
}

impl Asked {
    /// The value in short; of many names those that the criterion asks for.
    fn answer(&self, said: &Value) -> Option<String> {
        match said {
            Value::Names(names) => {
                let wanted: Vec<_> = names
                    .iter()
                    .filter(|name| self.names.contains(&fold(name)))
                    .map(|name| quoted(name))
                    .collect();
                (!wanted.is_empty()).then(|| wanted.join(", "))
            }
            Value::Text(text) if is_free_text(self.field) => Some(quoted(text)),
            other => Some(other.to_string()),
        }
    }
}

/// Collects the fields in the order of the text. Memberships and lists under NOT have nothing to tell of those who are selected.
fn ask(expr: &Expr, negated: bool, asked: &mut Vec<Asked>) {
    match expr {
        Expr::All => {}
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| ask(part, negated, asked)),
        Expr::Not(inner) => ask(inner, !negated, asked),
        Expr::Clause(clause) => ask_clause(clause, negated, asked),
    }
}

fn ask_clause(clause: &Clause, negated: bool, asked: &mut Vec<Asked>) {
    let has_names = matches!(clause.field, Field::Group | Field::DirectGroup | Field::SeatVia | Field::List);
    // Whoever is exempt is protected and is no item.
    if clause.field == Field::Exempt || (has_names && negated) {
        return;
    }
    let names = clause.values().iter().filter_map(|value| match value {
        Literal::Text(text) => Some(fold(text)),
        _ => None,
    });
    if let Some(known) = asked.iter_mut().find(|a| a.field == clause.field) {
        known.names.extend(names);
    } else {
        asked.push(Asked { field: clause.field, word: clause.field.name(), names: names.collect() });
    }
}

const fn is_free_text(field: Field) -> bool {
    matches!(field, Field::Username | Field::Name | Field::Email | Field::EmailDomain | Field::Directory)
}

/// Text of the site in quotes, short and without anything that acts on a terminal.
fn quoted(text: &str) -> String {
    let text = plain(text);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("\"{}…\"", &text[..end]),
        None => format!("\"{text}\""),
    }
}
