//! What may be written at a place of a criterion: fields, operators, values, and the names that the site has.

use crate::check::{DIRECTORY_TYPES, names_of_directories, names_of_groups};
use crate::field::{FIELDS, Field, FieldType};
use crate::print::quoted;
use crate::token::{Kind, Token, is_word, tokens};
use rollcall_snapshot::{Facts, Snapshot, fold};
use serde::Serialize;
use std::ops::Range;

/// Most proposals of one kind of name.
const MOST: usize = 50;

/// What is proposed at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The bytes that a proposal takes the place of.
    pub replaces: Range<usize>,
    /// What may stand there, the likeliest first.
    pub proposals: Vec<Proposal>,
}

/// One thing that may be written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Proposal {
    /// As it is written, with quotes where it takes them.
    pub text: String,
    /// What it is.
    pub kind: ProposalKind,
    /// What it means, where that is worth a line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<String>,
}

/// What a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProposalKind {
    /// A field.
    Field,
    /// How a value is compared.
    Operator,
    /// A value.
    Value,
    /// A word of the language.
    Keyword,
}

/// What may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    Condition,
    Comparison(Field),
    /// After `field NOT`.
    In(Field),
    Value(Field),
    /// After `field IN`.
    ListOpens(Field),
    ListGoesOn(Field),
    /// After `field IS`, and after `field IS NOT`.
    State {
        field: Field,
        negated: bool,
    },
    Joint,
    By,
    SortField,
    Direction,
    Nothing,
}

/// Proposes what may be written at byte `at` of a text; names come from the site's newest snapshot, where there is one.
pub fn complete(text: &str, at: usize, site: Option<(&Snapshot, &Facts)>) -> Completion {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    let (before, begun) = begun(text, at);
    let Some(before) = before else { return Completion { replaces: at..at, proposals: Vec::new() } };
    let (next, open) = next(&before);
    let wanted = fold(begun.text);
    let mut proposals = proposals(next, open, site);
    proposals.retain(|proposal| rank(proposal, &wanted).is_some());
    proposals.sort_by_key(|proposal| rank(proposal, &wanted));
    proposals.truncate(MOST);
    Completion { replaces: begun.place, proposals }
}

/// What is being written at the place.
struct Begun<'a> {
    /// What stands there so far, without a quote.
    text: &'a str,
    /// Where it stands, with what follows of the same word.
    place: Range<usize>,
}

/// The tokens before the word at the place, and that word. No tokens where what stands before cannot be read.
fn begun(text: &str, at: usize) -> (Option<Vec<Token<'_>>>, Begun<'_>) {
    let (head, rest) = text.split_at(at);
    let word_end = at + rest.find(|c| !is_word(c)).unwrap_or(rest.len());
    match tokens(head) {
        Ok(mut before) => match before.last() {
            Some(Token { kind: Kind::Word(_), span }) if span.end == at => {
                let start = span.start;
                before.pop();
                (Some(before), Begun { text: &text[start..at], place: start..word_end })
            }
            _ => (Some(before), Begun { text: "", place: at..word_end }),
        },
        Err(error) => {
            let start = error.span.start;
            let quote = head[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
            let Some(quote) = quote else { return (None, Begun { text: "", place: at..at }) };
            let end = rest.find(quote).map_or(at, |closing| at + closing + 1);
            let begun = Begun { text: &text[start + 1..at], place: start..end };
            (tokens(&head[..start]).ok(), begun)
        }
    }
}

/// What may come after these tokens, and how many parentheses are open.
fn next(before: &[Token<'_>]) -> (Next, usize) {
    let (mut next, mut open) = (Next::Condition, 0_usize);
    for token in before {
        let keyword =
            |wanted: &str| matches!(&token.kind, Kind::Word(word) if word.eq_ignore_ascii_case(wanted));
        next = match (next, &token.kind) {
            (Next::Condition, Kind::Open) => {
                open += 1;
                Next::Condition
            }
            (Next::Condition, Kind::Word(_)) if keyword("NOT") => Next::Condition,
            (Next::Condition, Kind::Word(_)) if keyword("all") => Next::Joint,
            (Next::Condition, Kind::Word(_)) if keyword("ORDER") => Next::Nothing,
            (Next::Condition, Kind::Word(word)) => Field::find(word).map_or(Next::Nothing, Next::Comparison),
            (Next::Comparison(field), Kind::Operator(_)) => Next::Value(field),
            (Next::Comparison(field), Kind::Word(_)) if keyword("IS") => {
                Next::State { field, negated: false }
            }
            (Next::Comparison(field), Kind::Word(_)) if keyword("NOT") => Next::In(field),
            (Next::Comparison(field) | Next::In(field), Kind::Word(_)) if keyword("IN") => {
                Next::ListOpens(field)
            }
            (Next::State { field, negated: false }, Kind::Word(_)) if keyword("NOT") => {
                Next::State { field, negated: true }
            }
            (Next::ListOpens(field), Kind::Open) => Next::ListGoesOn(field),
            (Next::ListGoesOn(field), Kind::Comma | Kind::Word(_) | Kind::Quoted(_)) => {
                Next::ListGoesOn(field)
            }
            (Next::State { .. }, Kind::Word(_))
            | (Next::ListGoesOn(_), Kind::Close)
            | (Next::Value(_), Kind::Word(_) | Kind::Quoted(_)) => Next::Joint,
            (Next::Joint, Kind::Close) if open > 0 => {
                open -= 1;
                Next::Joint
            }
            (Next::Joint, Kind::Word(_)) if keyword("AND") || keyword("OR") => Next::Condition,
            (Next::Joint, Kind::Word(_)) if keyword("ORDER") && open == 0 => Next::By,
            (Next::By, Kind::Word(_)) if keyword("BY") => Next::SortField,
            (Next::SortField | Next::Direction, Kind::Word(_)) => Next::Direction,
            (Next::Direction, Kind::Comma) => Next::SortField,
            _ => Next::Nothing,
        };
    }
    // Between the values of a list stands a comma.
    if let (Next::ListGoesOn(_), Some(Kind::Word(_) | Kind::Quoted(_))) =
        (next, before.last().map(|t| &t.kind))
    {
        next = Next::Nothing;
    }
    (next, open)
}

fn proposals(next: Next, open: usize, site: Option<(&Snapshot, &Facts)>) -> Vec<Proposal> {
    match next {
        Next::Condition => {
            let fields = FIELDS.iter().map(|info| field(info.field));
            let words = [("NOT", "the opposite of what follows"), ("all", "everybody")];
            fields.chain(words.map(|(word, meaning)| keyword(word, Some(meaning)))).collect()
        }
        Next::Comparison(of) => {
            of.info().operators().iter().map(|word| plain(word, ProposalKind::Operator)).collect()
        }
        Next::In(_) => vec![plain("IN", ProposalKind::Operator)],
        Next::ListOpens(_) => vec![plain("(", ProposalKind::Keyword)],
        Next::State { field, negated } => states(field, negated),
        Next::Value(field) | Next::ListGoesOn(field) => values(field, site),
        Next::Joint => {
            let mut words = vec![keyword("AND", Some("and also")), keyword("OR", Some("or else"))];
            words.push(if open > 0 { keyword(")", None) } else { keyword("ORDER BY", Some("sorted")) });
            words
        }
        Next::By => vec![keyword("BY", None)],
        Next::SortField => {
            FIELDS.iter().filter(|info| info.field.is_sortable()).map(|info| field(info.field)).collect()
        }
        Next::Direction => {
            vec![keyword("ASC", Some("smallest first")), keyword("DESC", Some("largest first"))]
        }
        Next::Nothing => Vec::new(),
    }
}

fn field(field: Field) -> Proposal {
    let info = field.info();
    Proposal { text: info.name.to_owned(), kind: ProposalKind::Field, meaning: Some(info.meaning.to_owned()) }
}

fn keyword(word: &str, meaning: Option<&str>) -> Proposal {
    Proposal { meaning: meaning.map(str::to_owned), ..plain(word, ProposalKind::Keyword) }
}

fn plain(word: &str, kind: ProposalKind) -> Proposal {
    Proposal { text: word.to_owned(), kind, meaning: None }
}

fn states(field: Field, negated: bool) -> Vec<Proposal> {
    let not = (!negated).then(|| keyword("NOT", None));
    let empty = field.kind().is_text().then(|| keyword("EMPTY", Some("there is none")));
    let never =
        (field.kind() == FieldType::InstantOrNever).then(|| keyword("NEVER", Some("it did not happen")));
    let unknown = keyword("UNKNOWN", Some("it cannot be told"));
    not.into_iter().chain(empty).chain(never).chain([unknown]).collect()
}

fn values(field: Field, site: Option<(&Snapshot, &Facts)>) -> Vec<Proposal> {
    let words = |words: &[&str]| words.iter().map(|word| plain(word, ProposalKind::Value)).collect();
    let names = |names: Vec<&str>| {
        let mut names = names;
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| plain(&quoted(name), ProposalKind::Value)).collect()
    };
    match (field, site) {
        (Field::Group | Field::DirectGroup | Field::SeatVia, Some((snapshot, _))) => {
            names(names_of_groups(snapshot))
        }
        (Field::Directory, Some((snapshot, _))) => names(names_of_directories(snapshot)),
        (Field::DirectoryType, site) => {
            let kinds = site.iter().flat_map(|(s, _)| s.directories()).filter_map(|d| d.kind.as_deref());
            names(kinds.chain(DIRECTORY_TYPES).collect())
        }
        (Field::List, Some((_, facts))) => names(facts.lists.keys().map(String::as_str).collect()),
        _ => match field.kind() {
            FieldType::Choice(choice) => words(choice),
            FieldType::Flag => words(&["true", "false"]),
            FieldType::Instant => words(&["-30d", "-90d", "-180d", "-1y"]),
            FieldType::InstantOrNever => words(&["-30d", "-90d", "-180d", "-1y", "never"]),
            FieldType::Period => words(&["30d", "60d", "90d", "180d", "1y"]),
            FieldType::Text | FieldType::Names | FieldType::Number => Vec::new(),
        },
    }
}

/// How well a proposal fits what was begun: its beginning before its inside; `None` = not at all.
fn rank(proposal: &Proposal, wanted: &str) -> Option<u8> {
    let text = fold(proposal.text.trim_matches('"'));
    match text.find(wanted) {
        Some(0) => Some(0),
        Some(_) => Some(1),
        None => None,
    }
}
