//! `on` and `poll`: the events a policy waits for.

use super::read::all;
use super::section::{Faults, Section};
use super::tree::{Place, Value};
use crate::policy::{Period, PollPeriod};
use rollcall_model::Trigger;

/// What a policy waits for, as it was read.
pub(super) struct Waiting {
    pub(super) on: Vec<Trigger>,
    pub(super) poll: PollPeriod,
    path: String,
    place: Place,
}

/// Reads both keys. A single event may stand without brackets.
pub(super) fn read(section: &mut Section<'_>, faults: &mut Faults) -> Waiting {
    const WORDS: [(&str, Trigger); 2] = [
        (Trigger::AccountCreated.as_str(), Trigger::AccountCreated),
        (Trigger::Login.as_str(), Trigger::Login),
    ];
    let entry = section.optional("on");
    let mut on = Vec::new();
    if let Some(entry) = &entry {
        let read = match &entry.node.value {
            Value::Text(_) => entry.choice(&WORDS, faults).map(|one| vec![one]),
            _ => entry.list(faults).and_then(|entries| {
                if entries.is_empty() {
                    entry.fault(faults, "no event is named; leave `on` out where the policy waits for none");
                }
                all(&entries, |e| e.choice(&WORDS, faults))
            }),
        };
        on = read.unwrap_or_default();
        if let Some(twice) = on.iter().enumerate().find_map(|(i, one)| on[..i].contains(one).then_some(*one))
        {
            entry.fault(faults, format!("`{twice}` stands twice"));
        }
        on.sort_unstable();
    }
    let poll = section.optional("poll");
    if let Some(poll) = poll.as_ref().filter(|_| entry.is_none()) {
        poll.fault(faults, "`poll` says how soon after an event the policy runs; name the events with `on`");
    }
    let poll = poll.and_then(|e| e.parsed(faults)).unwrap_or_default();
    let (path, place) = entry.map_or_else(|| (String::new(), None), |e| (e.path.clone(), e.node.place));
    Waiting { on, poll, path, place }
}

/// Whoever was just created is within every grace, and would be left alone by the very policy that waits for them.
pub(super) fn check_grace(waiting: &Waiting, grace: Period, faults: &mut Faults) {
    if waiting.on.contains(&Trigger::AccountCreated) && !grace.is_zero() {
        faults.add(
            waiting.path.clone(),
            waiting.place,
            format!(
                "an account that was just created is within the grace of {grace} and would be left alone: write `grace: 0d` as well"
            ),
        );
    }
}
