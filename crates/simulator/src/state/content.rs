//! Content: just enough of it to answer "did this person touch anything" by CQL (`confluence-data-center.md §4.7`).

use std::collections::HashMap;

use super::AccountId;

/// A page, blog post, comment or attachment. Instants are milliseconds since 1970.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    pub(crate) creator: AccountId,
    /// Who made the latest version.
    pub(crate) editor: AccountId,
    pub(crate) created: i64,
    pub(crate) modified: i64,
    pub(crate) kind: ContentKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ContentKind {
    Page,
    Blogpost,
    Comment,
    Attachment,
}

impl ContentKind {
    pub(crate) const ALL: [Self; 4] = [Self::Page, Self::Blogpost, Self::Comment, Self::Attachment];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::Blogpost => "blogpost",
            Self::Comment => "comment",
            Self::Attachment => "attachment",
        }
    }
}

/// All content of the site, found by contributor.
#[derive(Debug, Default)]
pub(crate) struct Library {
    pub(crate) items: Vec<Content>,
    by_contributor: HashMap<AccountId, Vec<u32>>,
}

impl Library {
    pub(crate) fn add(&mut self, content: Content) {
        let number = self.items.len() as u32;
        self.items.push(content);
        self.by_contributor.entry(content.creator).or_default().push(number);
        if content.editor != content.creator {
            self.by_contributor.entry(content.editor).or_default().push(number);
        }
    }

    /// Numbers of what the account created or edited.
    pub(crate) fn of(&self, contributor: AccountId) -> &[u32] {
        self.by_contributor.get(&contributor).map_or(&[], Vec::as_slice)
    }
}
