//! Switches: every fact of the contract that is UNVERIFIED and that a client may stumble over.
//!
//! The defaults are what the contract expects, or what a capture shows. The table in the documentation of
//! [`Switches`] names each one.

use serde::{Deserialize, Serialize};

/// What the simulated site does where the contract does not know (`confluence-data-center.md §16`).
///
/// Set them in [`Options`](crate::Options), by `PUT /faults` under `"switches"` (names in camelCase, those not
/// named keep the value of the options), or in Rust by [`Faults`](crate::Faults).
///
/// | switch | values | question |
/// | --- | --- | --- |
/// | `forbiddenWrite` | `silent204` `status400` `status403` `status500` | a write that the directory does not allow (§7.3) |
/// | `statusWords` | `lower` `upper` `absent` | `current`/`deactivated` under `expand=status` (§2.4) |
/// | `neverLoggedIn` | `first` `last` | place in list/active (§4.1) |
/// | `dateSpelling` | `zulu` `offsetColon` `offsetPlain` `epochMillis` | of `lastLogin` (§2.4) |
/// | `lastLogin` | null, true, false | is `expand=lastLogin` served; null: from 10.2 on (§1) |
/// | `recordsLastLogin` | true, false | false: the server records no login at all (single sign-on) (§11) |
/// | `memberOfNested` | true, false | does `memberof` resolve nested groups (§7.5) |
/// | `membersNested` | true, false | does the member listing resolve nested groups (§7.5) |
/// | `memberAdmin` | null, true, false | does the member listing need an administrator; null: from 10.0 on (§4.3) |
/// | `shadowedTwice` | true, false | is a shadowed name listed twice by user/list (§7.4) |
/// | `disabledUser` | `found` `notFound` | `GET user` of a disabled account (§4.1) |
/// | `disabledInMembers` | true, false | does the member listing hold disabled accounts (§16.3) |
/// | `goneUser` | `unknown` `known` `notFound` | `GET user?key=` of an account gone from every directory (§6) |
/// | `deactivatedSuffix` | true, false | `" (Deactivated)"` after the display name (§2.4) |
/// | `email` | `byVersion` `never` `listActive` `everywhere` | where user objects carry an address (§2.4) |
/// | `pageCap` | number | a larger `limit` is lowered to it and echoed (§2.1) |
/// | `defaultLimit` | null, number | replaces the documented default of every endpoint |
/// | `totalCount` | null, true, false | null: from 9.4 on (o019) |
/// | `groupCreated` | null, 200, 201 | null: 201, from 10.0 on 200 (§4.3) |
/// | `memberOfUnknown` | `status404` `emptyPage` | `memberof` of an unknown account (§4.1) |
/// | `unlimitedLicence` | true, false | `maxUsers` and `remainingSeats` answer -1 (§4.5) |
/// | `licenceDays` | null, number | days from the site's first instant to the end of its licence, below 0 when it has ended; null: no `expiryDate` (§4.5) |
/// | `clusterNodeText` | true, false | `nodeId` is text although the model says number (§4.5) |
/// | `anonymousAccess` | true, false | a bad token is served as anonymous (§3.2) |
/// | `anonymousRefusal` | 401, 403 | status of a bad token where anonymous access is off (§3.2) |
/// | `captchaAnswer` | `status401` `status403` | o060: both forms occur |
/// | `basicAllowed` | true, false | Basic authentication may be switched off (§3.1) |
/// | `xsrfBrowserCheck` | true, false | o014: POST with a `Mozilla` user agent is refused |
/// | `remoteApi` | true, false | "Remote API" of §5.1 |
/// | `remoteApiOff` | 404, 405 | o003: the answer when it is off |
/// | `encodedSlash` | `status400` `status404` | `%2F` in a path segment (§4.3, o008) |
/// | `auditLog` | `served` `forbidden` `absent` | permission, and availability with a Server licence (§4.9) |
/// | `auditLogins` | true, false | coverage level full: login events in the audit log |
/// | `auditLoginAuthor` | `person` `system` | who stands as author of a login event, and in which words (§16.8) |
/// | `auditKeys` | true, false | `…I18nKey` fields in audit events (§4.9) |
/// | `auditDeactivation` | `deactivated` `updated` | "User deactivated", or "User details updated" with `Active` |
/// | `auditLinkKeepsWindow` | true, false | o023: does `nextPageLink` keep `from` and `to` |
/// | `directories` | `served` `forbidden` `absent` | the undocumented directory listing (§8) |
/// | `directoriesKey` | `directory` `directories` | name of its array (§8) |
/// | `cqlByUserKey` | true, false | may `contributor` be compared with a user key (§4.7) |
/// | `cqlSeesInactive` | true, false | are disabled accounts usable as a CQL filter (§4.7) |
/// | `readOnlyStatus` | 403, 405 | a write in read-only access mode (§4.5) |
/// | `timeZone` | IANA name | zone of the server, in which CQL dates are read |
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
#[expect(missing_docs, reason = "the table above documents each field")]
#[expect(clippy::struct_excessive_bools, reason = "independent yes-or-no questions about real servers")]
pub struct Switches {
    pub forbidden_write: ForbiddenWrite,
    pub status_words: StatusWords,
    pub never_logged_in: Place,
    pub date_spelling: DateSpelling,
    pub last_login: Option<bool>,
    pub records_last_login: bool,
    pub member_of_nested: bool,
    pub members_nested: bool,
    pub member_admin: Option<bool>,
    pub shadowed_twice: bool,
    pub disabled_user: DisabledUser,
    pub disabled_in_members: bool,
    pub gone_user: GoneUser,
    pub deactivated_suffix: bool,
    pub email: MailShown,
    pub page_cap: u32,
    pub default_limit: Option<u32>,
    pub total_count: Option<bool>,
    pub group_created: Option<u16>,
    pub member_of_unknown: MemberOfUnknown,
    pub unlimited_licence: bool,
    pub licence_days: Option<i32>,
    pub cluster_node_text: bool,
    pub anonymous_access: bool,
    pub anonymous_refusal: u16,
    pub captcha_answer: CaptchaAnswer,
    pub basic_allowed: bool,
    pub xsrf_browser_check: bool,
    pub remote_api: bool,
    pub remote_api_off: u16,
    pub encoded_slash: EncodedSlash,
    pub audit_log: AuditLog,
    pub audit_logins: bool,
    pub audit_login_author: AuditLoginAuthor,
    pub audit_keys: bool,
    pub audit_deactivation: AuditDeactivation,
    pub audit_link_keeps_window: bool,
    pub directories: DirectoryListing,
    pub directories_key: DirectoriesKey,
    pub cql_by_user_key: bool,
    pub cql_sees_inactive: bool,
    pub read_only_status: u16,
    pub time_zone: String,
}

impl Default for Switches {
    fn default() -> Self {
        Self {
            forbidden_write: ForbiddenWrite::Status403,
            status_words: StatusWords::Lower,
            never_logged_in: Place::First,
            date_spelling: DateSpelling::Zulu,
            last_login: None,
            records_last_login: true,
            member_of_nested: false,
            members_nested: false,
            member_admin: None,
            shadowed_twice: false,
            disabled_user: DisabledUser::Found,
            disabled_in_members: true,
            gone_user: GoneUser::Unknown,
            deactivated_suffix: false,
            email: MailShown::ByVersion,
            page_cap: 200,
            default_limit: None,
            total_count: None,
            group_created: None,
            member_of_unknown: MemberOfUnknown::Status404,
            unlimited_licence: false,
            licence_days: Some(365),
            cluster_node_text: false,
            anonymous_access: true,
            anonymous_refusal: 401,
            captcha_answer: CaptchaAnswer::Status401,
            basic_allowed: true,
            xsrf_browser_check: true,
            remote_api: true,
            remote_api_off: 404,
            encoded_slash: EncodedSlash::Status400,
            audit_log: AuditLog::Served,
            audit_logins: false,
            audit_login_author: AuditLoginAuthor::Person,
            audit_keys: true,
            audit_deactivation: AuditDeactivation::Deactivated,
            audit_link_keeps_window: false,
            directories: DirectoryListing::Served,
            directories_key: DirectoriesKey::Directory,
            cql_by_user_key: false,
            cql_sees_inactive: true,
            read_only_status: 405,
            time_zone: "UTC".to_owned(),
        }
    }
}

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident),+ $(,)? })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub enum $name { $($(#[$word_doc])* $word),+ }
    )+};
}

words! {
    /// Answer to a write that a directory does not allow.
    ForbiddenWrite {
        /// 204, and nothing has changed.
        Silent204,
        /// 400.
        Status400,
        /// 403.
        Status403,
        /// 500.
        Status500,
    }
    /// Spelling of `status` under `expand=status`.
    StatusWords {
        /// `current`, `deactivated`.
        Lower,
        /// `CURRENT`, `DEACTIVATED`.
        Upper,
        /// The field is missing although asked for.
        Absent,
    }
    /// Where accounts that never logged in stand in list/active.
    Place {
        /// Before all others.
        First,
        /// After all others.
        Last,
    }
    /// Spelling of `lastLogin`.
    DateSpelling {
        /// `2026-02-11T08:15:30.000Z`.
        Zulu,
        /// `2026-02-11T18:15:30.000+10:00`.
        OffsetColon,
        /// `2026-02-11T18:15:30.000+1000`.
        OffsetPlain,
        /// A number: milliseconds since 1970.
        EpochMillis,
    }
    /// `GET /rest/api/user` of a disabled account.
    DisabledUser {
        /// 200.
        Found,
        /// 404.
        NotFound,
    }
    /// `GET /rest/api/user?key=` of an account that is in no directory any more.
    GoneUser {
        /// 200 with `type: unknown`.
        Unknown,
        /// 200 with `type: known`.
        Known,
        /// 404.
        NotFound,
    }
    /// Which answers carry an `email`.
    MailShown {
        /// None before 9.0, all from 9.0 on (some directory-synced accounts without).
        ByVersion,
        /// None.
        Never,
        /// Only list/active.
        ListActive,
        /// All.
        Everywhere,
    }
    /// `memberof` of an unknown account.
    MemberOfUnknown {
        /// 404.
        Status404,
        /// 200 with an empty page.
        EmptyPage,
    }
    /// Answer to an account locked behind a CAPTCHA.
    CaptchaAnswer {
        /// 401 and `X-Seraph-LoginReason: AUTHENTICATION_DENIED`.
        Status401,
        /// 403 and `X-Authentication-Denied-Reason: CAPTCHA_CHALLENGE…`.
        Status403,
    }
    /// `%2F` in a path segment.
    EncodedSlash {
        /// Refused by the servlet container: 400 and HTML.
        Status400,
        /// 404.
        Status404,
    }
    /// `GET /rest/auditing/1.0/events`.
    AuditLog {
        /// 200 for administrators.
        Served,
        /// 403 for everybody.
        Forbidden,
        /// 404.
        Absent,
    }
    /// How a login stands in the audit log.
    AuditLoginAuthor {
        /// "User login successful", by the person.
        Person,
        /// "User logged in", by the system; the person is what is affected.
        System,
    }
    /// How a deactivation stands in the audit log.
    AuditDeactivation {
        /// "User deactivated", "User reactivated".
        Deactivated,
        /// "User details updated", `Active` from `Yes` to `No`.
        Updated,
    }
    /// `GET /rest/crowd/latest/directory`.
    DirectoryListing {
        /// 200 for system administrators.
        Served,
        /// 403 for everybody.
        Forbidden,
        /// 404.
        Absent,
    }
    /// Name of the array in the directory listing.
    DirectoriesKey {
        /// Confluence.
        Directory,
        /// Jira.
        Directories,
    }
}
