//! The user object ("Person", `confluence-data-center.md §2.4`).

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::tz::{Offset, TimeZone};
use serde::Serialize;
use serde_json::Value;

use crate::call::Call;
use crate::state::{Account, AccountId, Life};
use crate::switches::{DateSpelling, MailShown, StatusWords};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Person<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_key: Option<String>,
    profile_picture: Picture,
    display_name: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login: Option<Value>,
    #[serde(rename = "_links")]
    links: SelfLink,
    #[serde(rename = "_expandable")]
    expandable: Expandable,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Picture {
    path: &'static str,
    width: u32,
    height: u32,
    is_default: bool,
}

const PICTURE: Picture =
    Picture { path: "/images/icons/profilepics/default.svg", width: 48, height: 48, is_default: true };

#[derive(Serialize)]
struct SelfLink {
    #[serde(rename = "self", skip_serializing_if = "Option::is_none")]
    this: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Expandable {
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login: Option<&'static str>,
}

/// How accounts are to be shown in one answer.
#[derive(Clone, Copy)]
pub(super) struct Style {
    status: bool,
    /// `None`: the resource does not know `lastLogin`.
    last_login: Option<bool>,
    mail: bool,
}

impl Style {
    /// Everywhere but in list/active.
    pub(super) fn plain(call: &Call<'_>) -> Self {
        let mail = match call.switches().email {
            MailShown::ByVersion => call.core.version.shows_mail(),
            MailShown::Never | MailShown::ListActive => false,
            MailShown::Everywhere => true,
        };
        Self { status: call.request.expands("status"), last_login: None, mail }
    }

    /// Inside search results and content: no address (§4.7, O).
    pub(super) fn without_mail(call: &Call<'_>) -> Self {
        Self { mail: false, status: false, ..Self::plain(call) }
    }

    /// In list/active.
    pub(super) fn active_list(call: &Call<'_>) -> Self {
        let served = call.switches().last_login.unwrap_or(call.core.version.expands_last_login());
        let mail = call.switches().email != MailShown::Never;
        Self { last_login: served.then(|| call.request.expands("lastLogin")), mail, ..Self::plain(call) }
    }
}

/// The account as it stands in its first directory.
pub(super) fn person<'a>(call: &'a Call<'_>, id: AccountId, style: Style) -> Person<'a> {
    let account = call.state.account(id);
    let switches = call.switches();
    let kind = match account.life {
        Life::Unsynced if switches.gone_user == crate::switches::GoneUser::Unknown => "unknown",
        _ => "known",
    };
    // An unsynced account goes by its username, everywhere (§6).
    let display = if account.life == Life::Unsynced { &account.name } else { &account.display };
    let suffixed = switches.deactivated_suffix && !account.active && account.life == Life::Present;
    let key = account.key_text();
    Person {
        kind,
        username: Some(&account.name),
        profile_picture: PICTURE,
        display_name: if suffixed {
            format!("{display} (Deactivated)").into()
        } else {
            Cow::Borrowed(&**display)
        },
        email: style.mail.then(|| mail(call, account)).flatten(),
        status: if style.status { status_word(account, switches.status_words) } else { None },
        last_login: match style.last_login {
            Some(true) if switches.records_last_login => {
                account.last_login().map(|at| date(at, switches.date_spelling))
            }
            _ => None,
        },
        links: SelfLink { this: Some(format!("{}/rest/api/user?key={key}", call.base())) },
        expandable: Expandable {
            status: (!style.status).then_some(""),
            last_login: matches!(style.last_login, Some(false)).then_some(""),
        },
        user_key: Some(key),
    }
}

/// The same name in a later directory, where it is listed twice (§7.4).
pub(super) fn shadow<'a>(call: &'a Call<'_>, id: AccountId, number: usize, style: Style) -> Person<'a> {
    let mut person = person(call, id, style);
    if let Some(shadow) = call.state.account(id).shadows.as_deref().and_then(|shadows| shadows.get(number)) {
        person.display_name = Cow::Borrowed(&shadow.display);
        if style.status && !shadow.active {
            person.status = Some("deactivated");
        }
    }
    person
}

/// Nobody: no name, no key.
pub(super) fn nobody<'a>() -> Person<'a> {
    Person {
        kind: "anonymous",
        username: None,
        user_key: None,
        profile_picture: Picture { path: "/images/icons/profilepics/anonymous.svg", ..PICTURE },
        display_name: Cow::Borrowed("Anonymous"),
        email: None,
        status: None,
        last_login: None,
        links: SelfLink { this: None },
        expandable: Expandable { status: Some(""), last_login: None },
    }
}

/// Missing for some users, e.g. directory-synced ones (§2.4, O): every fifth of those.
fn mail<'a>(call: &Call<'_>, account: &'a Account) -> Option<&'a str> {
    let synced =
        call.state.directories.get(usize::from(account.directory)).is_some_and(|d| d.kind.is_synced());
    if synced && account.key.is_multiple_of(5) { None } else { Some(&account.mail) }
}

fn status_word(account: &Account, words: StatusWords) -> Option<&'static str> {
    match (words, account.active) {
        (StatusWords::Absent, _) => None,
        (StatusWords::Lower, true) => Some("current"),
        (StatusWords::Lower, false) => Some("deactivated"),
        (StatusWords::Upper, true) => Some("CURRENT"),
        (StatusWords::Upper, false) => Some("DEACTIVATED"),
    }
}

/// An instant in one of the spellings of §2.4.
pub(super) fn date(at: i64, spelling: DateSpelling) -> Value {
    let at = Timestamp::from_millisecond(at).unwrap_or(Timestamp::UNIX_EPOCH);
    let local = || at.to_zoned(TimeZone::fixed(Offset::constant(10)));
    match spelling {
        DateSpelling::Zulu => at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string().into(),
        DateSpelling::OffsetColon => local().strftime("%Y-%m-%dT%H:%M:%S.%3f%:z").to_string().into(),
        DateSpelling::OffsetPlain => local().strftime("%Y-%m-%dT%H:%M:%S.%3f%z").to_string().into(),
        DateSpelling::EpochMillis => at.as_millisecond().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_spelled_in_each_way_that_servers_use() {
        let at = 1_770_797_730_012; // 2026-02-11T08:15:30.012Z
        assert_eq!(date(at, DateSpelling::Zulu), "2026-02-11T08:15:30.012Z");
        assert_eq!(date(at, DateSpelling::OffsetColon), "2026-02-11T18:15:30.012+10:00");
        assert_eq!(date(at, DateSpelling::OffsetPlain), "2026-02-11T18:15:30.012+1000");
        assert_eq!(date(at, DateSpelling::EpochMillis), at);
    }
}
