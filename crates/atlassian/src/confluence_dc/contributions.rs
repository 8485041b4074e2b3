//! The newest contribution of some people, one search each (`confluence-data-center.md §4.7`).
//!
//! The search finds the newest *change by anyone* of content that the person once touched, and only what our account may see. Its
//! instant errs towards "active"; silence means nothing. The source is therefore a lower bound ([`rollcall_model::Reach::AtLeast`])
//! and can keep somebody, never condemn.

use super::optional;
use super::wire::SearchPage;
use crate::transport::{Address, Transport};
use futures::StreamExt as _;
use jiff::Timestamp;
use rollcall_model::{AccountIndex, AccountRecord, AccountRef, Status};
use rollcall_site::SiteError;
use std::collections::{HashMap, HashSet};

/// What was found.
#[derive(Default)]
pub(super) struct Contributions {
    pub(super) found: Vec<(AccountIndex, Option<Timestamp>)>,
    /// People the search refused, as it does for some disabled or deleted ones.
    pub(super) refused: usize,
}

/// Whom to search for: those wanted first, then the enabled, in the order of the list.
pub(super) fn choose(
    people: &[AccountRecord],
    first: &[AccountRef],
    bound: u32,
    find: impl Fn(&str) -> Option<AccountIndex>,
) -> Vec<AccountIndex> {
    let wanted = first.iter().filter_map(|account| find(account.key.as_str()));
    let enabled = (0..).zip(people).filter(|(_, p)| p.status != Some(Status::Disabled)).map(|(i, _)| i);
    let mut seen = HashSet::new();
    wanted.chain(enabled).filter(|index| seen.insert(*index)).take(bound as usize).collect()
}

/// Searches for each of them, several at once.
pub(super) async fn read_contributions(
    transport: &Transport,
    people: &HashMap<AccountIndex, String>,
    progress: &(dyn Fn(u64, Option<u64>) + Send + Sync),
) -> Result<Contributions, SiteError> {
    let expected = people.len() as u64;
    let searches: Vec<_> = people
        .iter()
        .map(|(index, username)| async move { (*index, newest_of(transport, username).await) })
        .collect();
    let mut searches = futures::stream::iter(searches).buffer_unordered(transport.concurrency() * 2);
    let mut contributions = Contributions::default();
    let mut done = 0;
    while let Some((index, outcome)) = searches.next().await {
        match outcome? {
            Some(at) => contributions.found.push((index, at)),
            None => contributions.refused += 1,
        }
        done += 1;
        progress(done, Some(expected));
    }
    Ok(contributions)
}

/// The newest change of anything the person touched. Outer `None` = the search refused.
async fn newest_of(transport: &Transport, username: &str) -> Result<Option<Option<Timestamp>>, SiteError> {
    let address = Address::of("/rest/api/search")
        .query("cql", format!("contributor = {} order by lastmodified desc", quoted(username)))
        .query("limit", 1)
        .query("excerpt", "none")
        .query("includeArchivedSpaces", true);
    let page = optional(transport.get_json::<SearchPage>(&address).await)?;
    Ok(page.map(|page| page.results.iter().find_map(|hit| hit.last_modified.as_ref()?.at())))
}

/// As a CQL text, always in quotes (`§4.7`).
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(quoted(r#"a" or creator != "b\"#), r#""a\" or creator != \"b\\""#);
    }

    #[test]
    fn those_wanted_first_come_first_and_the_bound_holds() {
        let mut people: Vec<_> = ["a", "b", "c", "d"].map(|k| AccountRecord::new(k, k, k)).into();
        people[0].status = Some(Status::Disabled);
        let find = |key: &str| people.iter().position(|p| p.key.as_str() == key).map(|i| i as u32);
        let first = [AccountRef { key: "d".into(), username: "d".into() }];
        assert_eq!(choose(&people, &first, 2, find), [3, 1]);
        assert_eq!(choose(&people, &first, 9, find), [3, 1, 2]);
    }
}
