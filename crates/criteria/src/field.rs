//! The fields of accounts: the one table from which parser, messages, documentation and pages take them.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;

/// What can be asked about an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "each has its meaning in FIELDS")]
pub enum Field {
    Username,
    Name,
    Email,
    EmailDomain,
    Status,
    Directory,
    DirectoryType,
    Writable,
    Group,
    DirectGroup,
    Groups,
    Created,
    LastLogin,
    LastActive,
    LastContribution,
    Logins,
    Idle,
    Seat,
    SeatVia,
    Shadowed,
    AccountType,
    Managed,
    Exempt,
    Reactivated,
    Deactivated,
    Returned,
    Noticed,
    List,
}

/// What kind of values a field has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldType {
    /// One text, compared without regard to case.
    Text,
    /// Any number of names, compared without regard to case: "= x" asks whether x is one of them.
    Names,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// True or false.
    Flag,
    /// How many.
    Number,
    /// A point in time.
    Instant,
    /// A point in time, or that it never happened.
    InstantOrNever,
    /// A length of time.
    Period,
}

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// Is.
    #[serde(rename = "=")]
    Equal,
    /// Is not.
    #[serde(rename = "!=")]
    NotEqual,
    /// Contains.
    #[serde(rename = "~")]
    Contains,
    /// Does not contain.
    #[serde(rename = "!~")]
    NotContains,
    /// Less, earlier.
    #[serde(rename = "<")]
    Less,
    /// Not more, not later.
    #[serde(rename = "<=")]
    AtMost,
    /// More, later.
    #[serde(rename = ">")]
    Greater,
    /// Not less, not earlier.
    #[serde(rename = ">=")]
    AtLeast,
}

impl Operator {
    /// As it is written.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Contains => "~",
            Self::NotContains => "!~",
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Greater => ">",
            Self::AtLeast => ">=",
        }
    }

    /// Whether it asks for order rather than likeness.
    pub(crate) const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::AtMost | Self::Greater | Self::AtLeast)
    }

    /// `!=` and `!~` are the negations of `=` and `~`.
    pub(crate) const fn is_negated(self) -> bool {
        matches!(self, Self::NotEqual | Self::NotContains)
    }

    /// Whether `left` stands to `right` in this way; only for the operators of order and likeness of numbers.
    pub(crate) fn holds<T: PartialOrd + Copy>(self, left: T, right: T) -> bool {
        match self {
            Self::Equal | Self::Contains => left == right,
            Self::NotEqual | Self::NotContains => left != right,
            Self::Less => left < right,
            Self::AtMost => left <= right,
            Self::Greater => left > right,
            Self::AtLeast => left >= right,
        }
    }

    /// The instants, in microseconds, that stand so to `cut`; only for the operators of order.
    pub(crate) const fn range(self, cut: i64) -> RangeInclusive<i64> {
        match self {
            Self::Less => i64::MIN..=cut.saturating_sub(1),
            Self::AtMost => i64::MIN..=cut,
            Self::Greater => cut.saturating_add(1)..=i64::MAX,
            _ => cut..=i64::MAX,
        }
    }

    /// The operator that holds where this one does not.
    pub(crate) const fn negated(self) -> Self {
        match self {
            Self::Equal => Self::NotEqual,
            Self::NotEqual => Self::Equal,
            Self::Contains => Self::NotContains,
            Self::NotContains => Self::Contains,
            Self::Less => Self::AtLeast,
            Self::AtMost => Self::Greater,
            Self::Greater => Self::AtMost,
            Self::AtLeast => Self::Less,
        }
    }

    /// The operator seen from the other side: a time span is longer when its beginning is earlier.
    pub(crate) const fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::AtMost => Self::AtLeast,
            Self::Greater => Self::Less,
            Self::AtLeast => Self::AtMost,
            other => other,
        }
    }
}

impl fmt::Display for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldInfo {
    /// The field.
    pub field: Field,
    /// As it is written; any case is read.
    pub name: &'static str,
    /// Its values.
    pub kind: FieldType,
    /// What it means, in one line.
    pub meaning: &'static str,
}

impl FieldInfo {
    /// Every operator that can stand after it, as written.
    pub const fn operators(&self) -> &'static [&'static str] {
        self.kind.operators()
    }

    /// An example of use.
    pub fn example(&self) -> String {
        let value = match self.kind {
            FieldType::Text | FieldType::Names => "= \"x\"",
            FieldType::Choice(words) => return format!("{} = {}", self.name, words[0]),
            FieldType::Flag => "= true",
            FieldType::Number => "= 1",
            FieldType::Instant | FieldType::InstantOrNever => "< -90d",
            FieldType::Period => ">= 90d",
        };
        format!("{} {value}", self.name)
    }
}

impl FieldType {
    /// Every operator for such values, as written.
    pub const fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Text | Self::Names => &[
                "=",
                "!=",
                "~",
                "!~",
                "IN",
                "NOT IN",
                "IS EMPTY",
                "IS NOT EMPTY",
                "IS UNKNOWN",
                "IS NOT UNKNOWN",
            ],
            Self::Choice(_) => &["=", "!=", "IN", "NOT IN", "IS UNKNOWN", "IS NOT UNKNOWN"],
            Self::Flag => &["=", "!=", "IS UNKNOWN", "IS NOT UNKNOWN"],
            Self::Number => {
                &["=", "!=", "<", "<=", ">", ">=", "IN", "NOT IN", "IS UNKNOWN", "IS NOT UNKNOWN"]
            }
            Self::Instant | Self::Period => &["<", "<=", ">", ">=", "IS UNKNOWN", "IS NOT UNKNOWN"],
            Self::InstantOrNever => {
                &["<", "<=", ">", ">=", "= never", "!= never", "IS UNKNOWN", "IS NOT UNKNOWN"]
            }
        }
    }

    /// What its values are called.
    pub fn noun(self) -> String {
        match self {
            Self::Text => "text".to_owned(),
            Self::Names => "names".to_owned(),
            Self::Choice(words) => format!("`{}`", words.join("`, `")),
            Self::Flag => "`true` or `false`".to_owned(),
            Self::Number => "number".to_owned(),
            Self::Instant => "instant".to_owned(),
            Self::InstantOrNever => "instant, or `never`".to_owned(),
            Self::Period => "duration".to_owned(),
        }
    }

    pub(crate) const fn is_text(self) -> bool {
        matches!(self, Self::Text | Self::Names)
    }

    pub(crate) const fn has_list(self) -> bool {
        matches!(self, Self::Text | Self::Names | Self::Choice(_) | Self::Number)
    }
}

const fn row(field: Field, name: &'static str, kind: FieldType, meaning: &'static str) -> FieldInfo {
    FieldInfo { field, name, kind, meaning }
}

/// Every field, in the order of [`Field`].
pub static FIELDS: &[FieldInfo] = &[
    row(Field::Username, "username", FieldType::Text, "name to sign in with"),
    row(Field::Name, "name", FieldType::Text, "full name"),
    row(Field::Email, "email", FieldType::Text, "e-mail address"),
    row(
        Field::EmailDomain,
        "emailDomain",
        FieldType::Text,
        "what follows the last `@` of the e-mail address",
    ),
    row(
        Field::Status,
        "status",
        FieldType::Choice(&["enabled", "disabled"]),
        "whether the account may sign in",
    ),
    row(Field::Directory, "directory", FieldType::Text, "user directory the account takes effect in"),
    row(
        Field::DirectoryType,
        "directoryType",
        FieldType::Text,
        "kind of that directory: `internal`, `ldap`, `delegated`, `crowd`",
    ),
    row(Field::Writable, "writable", FieldType::Flag, "whether accounts can be changed in that directory"),
    row(
        Field::Group,
        "group",
        FieldType::Names,
        "groups the account is a member of, itself or through groups inside groups",
    ),
    row(Field::DirectGroup, "directGroup", FieldType::Names, "groups the account is itself a member of"),
    row(Field::Groups, "groups", FieldType::Number, "how many groups the account is itself a member of"),
    row(Field::Created, "created", FieldType::Instant, "when the account was made, where the site knows"),
    row(Field::LastLogin, "lastLogin", FieldType::InstantOrNever, "newest evidence of signing in"),
    row(Field::LastActive, "lastActive", FieldType::InstantOrNever, "newest evidence of any kind"),
    row(
        Field::LastContribution,
        "lastContribution",
        FieldType::InstantOrNever,
        "newest content created or edited",
    ),
    row(Field::Logins, "logins", FieldType::Number, "how often the account signed in, where the site knows"),
    row(
        Field::Idle,
        "idle",
        FieldType::Period,
        "time since `lastActive`; if never active, since the account was made",
    ),
    row(Field::Seat, "seat", FieldType::Flag, "whether the account counts towards the licence"),
    row(Field::SeatVia, "seatVia", FieldType::Names, "groups that give the account its seat"),
    row(
        Field::Shadowed,
        "shadowed",
        FieldType::Flag,
        "whether the same name in an earlier directory hides the account",
    ),
    row(
        Field::AccountType,
        "accountType",
        FieldType::Choice(&["atlassian", "app", "customer"]),
        "Cloud: what kind of account it is",
    ),
    row(Field::Managed, "managed", FieldType::Flag, "Cloud: whether the organisation manages the account"),
    row(
        Field::Exempt,
        "exempt",
        FieldType::Flag,
        "whether an exemption is in force for the account or a group of it",
    ),
    row(
        Field::Reactivated,
        "reactivated",
        FieldType::InstantOrNever,
        "when it was last seen to go from disabled to enabled, or to come back",
    ),
    row(
        Field::Deactivated,
        "deactivated",
        FieldType::InstantOrNever,
        "when it was last seen to be disabled or to lose its seat, or when Rollcall did that",
    ),
    row(Field::Returned, "returned", FieldType::Flag, "whether its owner signed in after `deactivated`"),
    row(
        Field::Noticed,
        "noticed",
        FieldType::InstantOrNever,
        "when the newest notice of Rollcall was sent to its owner",
    ),
    row(
        Field::List,
        "list",
        FieldType::Names,
        "imported lists that hold the account's user name or e-mail address",
    ),
];

impl Field {
    /// Its row of [`FIELDS`].
    pub fn info(self) -> &'static FieldInfo {
        &FIELDS[self as usize]
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        self.info().name
    }

    /// Its values.
    pub fn kind(self) -> FieldType {
        self.info().kind
    }

    /// Whether accounts can be sorted by it: not by fields with many values.
    pub fn is_sortable(self) -> bool {
        self.kind() != FieldType::Names
    }

    /// Whether evidence of activity is behind it.
    pub(crate) fn is_about_activity(self) -> bool {
        matches!(self, Self::LastLogin | Self::LastActive | Self::LastContribution | Self::Idle)
    }

    /// The field of this name, in any case.
    pub fn find(name: &str) -> Option<Self> {
        FIELDS.iter().find(|info| info.name.eq_ignore_ascii_case(name)).map(|info| info.field)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::FIELDS;

    #[test]
    fn the_table_stands_in_the_order_of_the_fields_and_is_named_as_they_are() {
        for (position, info) in FIELDS.iter().enumerate() {
            assert_eq!(info.field as usize, position, "{}", info.name);
            assert_eq!(serde_json::to_value(info.field).unwrap(), info.name);
        }
    }
}
