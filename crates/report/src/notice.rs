//! The mail to the owner of an account, before something happens to it: who, why, when, how to keep it.
//!
//! Two layers of templates. The words between the greeting and the link may be a policy's own; the frame around them, with the link, is the
//! installation's. So no policy can forget the link.

use crate::letter::is_web;
use crate::sample::SAMPLE_INSTANT;
use crate::sandbox::{STEPS_OF_A_MAIL, STEPS_OF_WORDS, Sandbox};
use crate::words::{cut, instant, spaced};
use crate::{Installation, MailBody, ReportError, TemplateTexts};
use jiff::{SignedDuration, Timestamp};
use minijinja::value::{Serde, Value};
use rollcall_model::plain;
use serde::Serialize;

/// Longest name, and longest sentence, in characters.
const LONGEST_NAME: usize = 60;
const LONGEST_SENTENCE: usize = 400;
/// Longest link that is put into a mail.
const LONGEST_LINK: usize = 2_000;
/// How many paragraphs of a policy's own words are shown.
const MOST_PARAGRAPHS: usize = 40;
/// Longest text that a policy's own words may give, in bytes.
const LONGEST_MESSAGE: usize = 16 * 1024;
/// What must never stand in the HTML as it is.
const PROBE: &str = "<script>";

/// What a notice says. Names and addresses are hostile text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeFacts {
    /// Which Rollcall writes.
    pub installation: Installation,
    /// What the site is called.
    pub site: String,
    /// Its address.
    pub site_url: String,
    /// What kind of thing it is: `Confluence`.
    pub product: String,
    /// The account's sign-in name.
    pub username: String,
    /// Its owner's name.
    pub name: String,
    /// What happens, to follow "your account": `will be disabled`.
    pub announces: String,
    /// The day after which it happens; `None`: it happens together with the notice.
    pub happens_after: Option<Timestamp>,
    /// Why, as a sentence without its full stop.
    pub reason: String,
    /// When the account was last seen in use, where that is known.
    pub last_seen: Option<Timestamp>,
    /// The page with the button.
    pub link: String,
    /// Until when the link works.
    pub link_until: Timestamp,
    /// Until when the account is left as it is, if the button is pressed at once.
    pub keep_until: Timestamp,
    /// When the notice is written.
    pub sent_at: Timestamp,
}

/// A policy's own words; `None`: the installation's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeWords {
    /// The subject.
    pub subject: Option<String>,
    /// What stands between the greeting and the link; blank lines part paragraphs.
    pub message: Option<String>,
}

/// The templates of a notice, tried and ready.
#[derive(Debug)]
pub struct NoticeTemplates {
    words: Sandbox,
    frame: Sandbox,
}

/// What both layers of templates may use.
#[derive(Debug, Clone, Serialize)]
struct NoticeLetter {
    site: String,
    site_url: String,
    product: String,
    username: String,
    name: String,
    announces: String,
    /// `9 December 2026`.
    when: Option<String>,
    is_now: bool,
    reason: String,
    /// `on 12 July 2026, 136 days ago`.
    last_seen: Option<String>,
    link: String,
    link_until: String,
    keep_until: String,
    by: String,
    sent: String,
    /// The frame alone: what the first layer gave.
    subject: String,
    paragraphs: Vec<String>,
}

impl NoticeTemplates {
    /// The embedded frame, to begin one's own from. Its subject is used where a policy has none.
    pub fn embedded() -> TemplateTexts {
        TemplateTexts {
            subject: Some(include_str!("../templates/notice-subject.txt").to_owned()),
            text: Some(include_str!("../templates/notice.txt").to_owned()),
            html: Some(include_str!("../templates/notice.html").to_owned()),
        }
    }

    /// Takes the frame (parts that are `None` are the embedded ones) and a policy's words, and tries them on samples: an ordinary notice, one
    /// with hostile names, one of something that happens at once. What does not render, loses the link or lets a name into the HTML unescaped
    /// is refused.
    pub fn new(frame: TemplateTexts, words: NoticeWords) -> Result<Self, ReportError> {
        let embedded = Self::embedded();
        let first = TemplateTexts { subject: words.subject, text: words.message, html: Some(String::new()) };
        let message = include_str!("../templates/notice-message.txt").to_owned();
        let subject = frame.subject.clone().or(embedded.subject.clone());
        let otherwise = TemplateTexts { subject, text: Some(message), html: None };
        let templates = Self {
            words: Sandbox::new(first, otherwise, STEPS_OF_WORDS)?,
            frame: Sandbox::new(frame, embedded, STEPS_OF_A_MAIL)?,
        };
        templates.try_on_samples()?;
        Ok(templates)
    }

    /// The mail of a notice.
    pub fn render(&self, facts: &NoticeFacts) -> Result<MailBody, ReportError> {
        let mut letter = NoticeLetter::of(facts);
        let words = self.words.render(&Value::from(Serde(letter.clone())))?;
        if words.text.len() > LONGEST_MESSAGE {
            return Err(refused("text", &format!("it gives more than {LONGEST_MESSAGE} bytes")));
        }
        letter.paragraphs = paragraphs(&words.text);
        letter.subject.clone_from(&words.subject);
        let mail = self.frame.render(&Value::from(Serde(letter)))?;
        Ok(MailBody { subject: words.subject, ..mail })
    }

    fn try_on_samples(&self) -> Result<(), ReportError> {
        for facts in [NoticeFacts::sample(), NoticeFacts::sample_hostile(), NoticeFacts::sample_at_once()] {
            let mail = self.render(&facts)?;
            for (part, text) in [("text", &mail.text), ("html", &mail.html)] {
                let link = if part == "html" { escaped(&facts.link) } else { facts.link.clone() };
                if !text.contains(&facts.link) && !text.contains(&link) {
                    return Err(refused(
                        part,
                        "it does not show the link; put {{ link }} where the page with the button is named",
                    ));
                }
            }
            if mail.html.contains(PROBE) {
                return Err(refused(
                    "html",
                    "names would be inserted as they are; take `autoescape` out, so that a hostile name cannot become part of the page",
                ));
            }
        }
        Ok(())
    }
}

fn refused(template: &'static str, message: &str) -> ReportError {
    ReportError::Template { template, line: None, column: None, message: message.to_owned() }
}

/// As the HTML template writes a slash.
fn escaped(link: &str) -> String {
    link.replace('/', "&#x2f;")
}

/// Parted at blank lines; each without line breaks of its own.
fn paragraphs(text: &str) -> Vec<String> {
    let mut paragraphs = vec![String::new()];
    for line in text.lines().map(str::trim) {
        match paragraphs.last_mut() {
            Some(last) if !line.is_empty() => {
                if !last.is_empty() {
                    last.push(' ');
                }
                last.push_str(&plain(line));
            }
            _ => paragraphs.push(String::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs.truncate(MOST_PARAGRAPHS);
    paragraphs
}

impl NoticeLetter {
    fn of(facts: &NoticeFacts) -> Self {
        let name = |text: &str| cut(&plain(text.trim()), LONGEST_NAME);
        let sentence = |text: &str| cut(&plain(spaced(text).trim_end_matches('.')), LONGEST_SENTENCE);
        let link = Some(facts.link.as_str()).filter(|link| is_web(link) && link.len() <= LONGEST_LINK);
        let known_as = if facts.name.trim().is_empty() { &facts.username } else { &facts.name };
        Self {
            site: name(&facts.site),
            site_url: sentence(&facts.site_url),
            product: name(&facts.product),
            username: name(&facts.username),
            name: name(known_as),
            announces: sentence(&facts.announces),
            when: facts.happens_after.map(date),
            is_now: facts.happens_after.is_none(),
            reason: sentence(&facts.reason),
            last_seen: facts.last_seen.map(|at| {
                let days = facts.sent_at.duration_since(at).as_hours() / 24;
                let ago = match days {
                    ..=0 => "today".to_owned(),
                    1 => "1 day ago".to_owned(),
                    days => format!("{days} days ago"),
                };
                format!("on {}, {ago}", date(at))
            }),
            link: link.map(|link| plain(link).into_owned()).unwrap_or_default(),
            link_until: date(facts.link_until),
            keep_until: date(facts.keep_until),
            by: format!("{} {}", name(&facts.installation.name), name(&facts.installation.version)),
            sent: instant(facts.sent_at),
            subject: String::new(),
            paragraphs: Vec::new(),
        }
    }
}

/// `9 December 2026`, in UTC.
fn date(at: Timestamp) -> String {
    at.strftime("%-d %B %Y").to_string()
}

impl NoticeFacts {
    /// Somebody who is going to lose a seat in two weeks.
    pub fn sample() -> Self {
        let days = |days: i64| SignedDuration::from_hours(24 * days);
        Self {
            installation: Installation { name: "Rollcall".to_owned(), version: "0.1.0".to_owned() },
            site: "wiki".to_owned(),
            site_url: "https://wiki.example.org".to_owned(),
            product: "Confluence".to_owned(),
            username: "mkoval".to_owned(),
            name: "Mira Koval".to_owned(),
            announces: "will lose its seat in the wiki".to_owned(),
            happens_after: Some(SAMPLE_INSTANT + days(14)),
            reason: "Seats of people idle for a quarter are taken back".to_owned(),
            last_seen: Some(SAMPLE_INSTANT - days(132)),
            link: "https://rollcall.example.org/keep/c2l0ZS0x.bWFj".to_owned(),
            link_until: SAMPLE_INSTANT + days(44),
            keep_until: SAMPLE_INSTANT + days(180),
            sent_at: SAMPLE_INSTANT,
        }
    }

    /// Somebody whose account is disabled together with the notice, and of whom nothing is known.
    pub fn sample_at_once() -> Self {
        Self {
            happens_after: None,
            last_seen: None,
            announces: "is being disabled".to_owned(),
            ..Self::sample()
        }
    }

    /// Somebody whose names would be commands to anything that takes them as such.
    pub fn sample_hostile() -> Self {
        let poison = "<script>alert(1)</script>\r\nBcc: x@example.org\u{202e}{{ 7 * 7 }}\"'&".to_owned();
        Self {
            username: poison.clone(),
            name: poison.clone(),
            site: poison.clone(),
            reason: poison.clone(),
            announces: poison,
            ..Self::sample()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_of_several_lines_is_one_sentence() {
        let reason = "People who have not been here.\n  Second line.\r\n".to_owned();
        let templates = NoticeTemplates::new(TemplateTexts::default(), NoticeWords::default()).unwrap();
        let mail = templates.render(&NoticeFacts { reason, ..NoticeFacts::sample() }).unwrap();
        for text in [&mail.text, &mail.html] {
            assert!(text.contains("Why: People who have not been here. Second line. Your account"), "{text}");
            assert!(!text.contains('\u{fffd}'), "{text}");
        }
    }
}
