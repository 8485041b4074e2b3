//! The rows of a plan: what will be changed, what is refused, who is protected.

use jiff::Timestamp;
use rollcall_model::{AccountRef, ActionKind, Change, DirectoryName, EvidenceKind};
use serde::{Deserialize, Serialize};
use std::fmt;

/// How an account stands in the one respect that a change is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// May sign in.
    Enabled,
    /// May not sign in.
    Disabled,
    /// Is a direct member of the group that the change names.
    Member,
    /// Is not a direct member of it.
    NotMember,
    /// Lives in that directory.
    Directory(DirectoryName),
    /// Exists.
    Present,
    /// Is gone.
    Absent,
    /// Cloud: access is suspended.
    Suspended,
    /// Cloud: access is restored.
    Restored,
    /// Has a new password to choose.
    PasswordReset,
    /// Has been told.
    Told,
    /// A snapshot does not hold it, so it cannot be put back.
    Unrecorded,
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
            Self::Member => "member",
            Self::NotMember => "not a member",
            Self::Directory(name) => name.as_str(),
            Self::Present => "exists",
            Self::Absent => "deleted",
            Self::Suspended => "suspended",
            Self::Restored => "restored",
            Self::PasswordReset => "password reset",
            Self::Told => "told",
            Self::Unrecorded => "not recorded",
        })
    }
}

/// The newest activity known of an account when the plan was made, and who says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemEvidence {
    /// The source, such as `list-active`.
    pub source: String,
    /// What it observes.
    pub kind: EvidenceKind,
    /// When; `None`: never, says a source that would know.
    pub at: Option<Timestamp>,
    /// There may have been newer activity that no source can exclude.
    #[serde(default, skip_serializing_if = "is_false")]
    pub at_least: bool,
    /// Whole days from then until the plan was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_days: Option<i64>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_false(value: &bool) -> bool {
    !*value
}

/// One change of one account. The unit of approval, of a run and of undo.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Position in the plan, from 1; the order in which a run works.
    pub seq: u32,
    /// Who.
    pub account: AccountRef,
    /// Full name when the snapshot was taken.
    pub name: String,
    /// E-mail address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// What.
    pub change: Change,
    /// How it stood when the snapshot was taken; a run skips the item as drifted where it stands otherwise (I2).
    pub before: Standing,
    /// How it will stand.
    pub after: Standing,
    /// Why this account was selected, in a few words with its own values.
    pub why: String,
    /// The newest activity; `None`: nothing is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<ItemEvidence>,
    /// Whether an undo can restore it (I13).
    pub undo: bool,
}

/// Why something is not planned, for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RefusalCode {
    /// The site cannot do it at its version, or the account that Rollcall uses may not.
    Unsupported,
    /// The account lives in a directory that takes no changes.
    ReadOnlyDirectory,
    /// What the change depends on is not known: status, directory, address, seat.
    Unknown,
    /// The same name takes effect for another account, which would be hit instead.
    Shadowed,
    /// The site's addresses cannot carry the name.
    Unaddressable,
    /// The seat comes from something that is no group membership.
    SeatFromElsewhere,
    /// Undo: nothing can take this change back.
    Irreversible,
    /// Undo: somebody changed it since.
    ChangedSince,
    /// Undo: account or group is no longer there.
    Gone,
}

/// An account that was selected and is left as it is, because an action on it cannot be done. Nothing of the
/// account's other actions is done either: half a policy is a silent substitute (I6).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refusal {
    /// Who.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Which action is impossible.
    pub action: ActionKind,
    /// Why, for programs.
    pub code: RefusalCode,
    /// Why, without a full stop: `directory "Corporate LDAP" is read-only`.
    pub problem: String,
    /// What to do instead, a sentence.
    pub remedy: String,
}

impl Refusal {
    /// Problem and remedy in one text.
    pub fn reason(&self) -> String {
        format!("{}. {}", self.problem, self.remedy)
    }
}

/// Why an account is protected (I5), for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectionKind {
    /// It is the account that Rollcall uses.
    OwnAccount,
    /// An exemption is in force.
    Exempt,
    /// It is an effective member of a protected group.
    ProtectedGroup,
    /// It is younger than the grace.
    TooYoung,
    /// It was enabled again more recently than the grace.
    RecentlyReactivated,
    /// Nothing shows that it is older than the grace.
    AgeUnknown,
    /// Nobody else would be left to administer the site.
    LastAdministrator,
}

/// An account that was selected and that no policy may touch (I5).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Protection {
    /// Who.
    pub account: AccountRef,
    /// Full name.
    pub name: String,
    /// E-mail address, where known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Why, for programs.
    pub kind: ProtectionKind,
    /// Why, in words.
    pub reason: String,
    /// When the protection ends by itself, where it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}
