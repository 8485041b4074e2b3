//! What is wrong with a criterion, where, and what to write instead.

use crate::field::Field;
use crate::nearest::shown;
use std::ops::Range;

/// What kind of thing is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Problem {
    /// Nothing was written. Not everybody: that is `all`.
    Empty,
    /// Longer than any criterion is.
    TooLong,
    /// More parentheses or NOTs inside each other than any criterion has.
    TooDeep,
    /// Not how a criterion is written.
    Syntax,
    /// There is no such field.
    UnknownField,
    /// The operator does not go with the field.
    WrongOperator,
    /// The value does not go with the field.
    WrongType,
    /// `IN ()`.
    EmptyList,
    /// The site has no such group.
    UnknownGroup,
    /// The site has no such directory, or none of that type.
    UnknownDirectory,
    /// No such list was imported.
    UnknownList,
}

impl Problem {
    /// Whether it depends on the site and its snapshot: the same criterion may be right for another site, or tomorrow.
    pub const fn is_about_the_site(self) -> bool {
        matches!(self, Self::UnknownGroup | Self::UnknownDirectory | Self::UnknownList)
    }
}

/// A criterion that was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}{}", help.as_ref().map(|help| format!(": {help}")).unwrap_or_default())]
pub struct CriterionError {
    /// What kind of thing is wrong.
    pub problem: Problem,
    /// What is wrong, in words.
    pub message: String,
    /// Where, as a range of bytes of the text; empty at 0 where there is no text.
    pub span: Range<usize>,
    /// What to do about it, in words.
    pub help: Option<String>,
    /// What to put in place of the text at `span`, where there is a near guess.
    pub suggestion: Option<String>,
}

impl CriterionError {
    pub(crate) fn new(problem: Problem, span: Range<usize>, message: impl Into<String>) -> Self {
        Self { problem, message: message.into(), span, help: None, suggestion: None }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Names the nearest right word, if there is one, as it is to be written.
    pub(crate) fn suggest(mut self, nearest: Option<String>) -> Self {
        if let Some(nearest) = nearest {
            self.help = Some(match self.help {
                Some(help) => format!("did you mean `{}`? {help}", shown(&nearest)),
                None => format!("did you mean `{}`?", shown(&nearest)),
            });
            self.suggestion = Some(nearest);
        }
        self
    }

    pub(crate) fn too_deep(span: Range<usize>) -> Self {
        let most = crate::tree::MAX_DEPTH;
        Self::new(Problem::TooDeep, span, format!("parentheses and NOT are nested more than {most} deep"))
            .help("leave out parentheses that change nothing")
    }

    pub(crate) fn not_sortable(field: Field, span: Range<usize>) -> Self {
        Self::new(Problem::WrongType, span, format!("accounts cannot be sorted by `{field}`"))
            .help("it has many values for each account; `groups` counts them")
    }
}
