//! Accounts, page by page.

use crate::stage::{Stage, admin, viewer};
use jiff::SignedDuration;
use rollcall_criteria::{Direction, FIELDS, OrderBy, parse, select};
use rollcall_engine::{
    AccountPage, AccountQuery, AccountStart, EngineError, ExemptName, Freshness, PreviewQuery, Replaces,
};
use rollcall_model::AccountIndex;
use rollcall_testkit::both_databases;

fn query(criterion: &str) -> AccountQuery {
    AccountQuery { criterion: Some(criterion.to_owned()), ..AccountQuery::default() }
}

async fn page(stage: &Stage, query: &AccountQuery, start: AccountStart, limit: usize) -> AccountPage {
    stage.engine.accounts(&viewer(), &stage.site, query, &start, limit).await.unwrap()
}

/// Every page put together.
async fn walk(stage: &Stage, query: &AccountQuery, size: usize) -> Vec<AccountIndex> {
    let (mut walked, mut start) = (Vec::new(), AccountStart::First);
    loop {
        let page = page(stage, query, start, size).await;
        walked.extend_from_slice(page.rows());
        match page.next {
            Some(place) => start = AccountStart::After(place),
            None => return walked,
        }
    }
}

both_databases! {
    async fn pages_put_together_are_the_list_whatever_their_size_and_order(database: TestDatabase) {
        let stage = Stage::set_up(&database, 120).await;
        let picture = stage.engine.picture(&viewer(), &stage.site, Freshness::Any, &|_| ()).await.unwrap();
        for text in ["all", "status = enabled AND idle >= 90d", "group = \"confluence-users\" ORDER BY name"] {
            let criterion = parse(text).unwrap();
            let selection = select(&picture.snapshot, &picture.facts, &criterion, stage.engine.now()).unwrap();
            let sorts = FIELDS.iter().map(|info| info.field).filter(|field| field.is_sortable());
            let sorts = sorts.flat_map(|field| {
                [Direction::Asc, Direction::Desc].map(|direction| vec![OrderBy { field, direction }])
            });
            for sort in sorts.chain([Vec::new()]) {
                let order = if sort.is_empty() { criterion.order().to_vec() } else { sort.clone() };
                let expected = selection.page_by(&order, 0, usize::MAX);
                let query = AccountQuery { sort, ..query(text) };
                for size in [7, 50, 500] {
                    assert_eq!(walk(&stage, &query, size).await, expected, "{text} by {order:?}, pages of {size}");
                }
                let some = page(&stage, &query, AccountStart::Offset(5), 9).await;
                let part: Vec<_> = expected.iter().copied().skip(5).take(9).collect();
                assert_eq!((some.rows(), some.total), (&part[..], expected.len() as u64));
            }
        }
    }

    async fn a_search_narrows_what_the_criterion_selects(database: TestDatabase) {
        let stage = Stage::set_up(&database, 80).await;
        let everybody = page(&stage, &AccountQuery::default(), AccountStart::First, 500).await;
        let wanted = everybody.account(everybody.rows()[3]).username().to_owned();
        let search = AccountQuery { search: Some(wanted.to_uppercase()), ..AccountQuery::default() };
        let found = page(&stage, &search, AccountStart::First, 500).await;
        assert!(found.rows().iter().any(|row| found.account(*row).username() == wanted));
        assert!(found.total < everybody.total);
        let none = AccountQuery { search: Some(wanted), ..query("username = \"nobody at all\"") };
        assert_eq!(page(&stage, &none, AccountStart::First, 500).await.total, 0);
    }

    /// A walk through the pages sees one list, whatever happens meanwhile.
    async fn a_place_belongs_to_the_snapshot_it_was_given_for(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let by_name = AccountQuery { sort: parse("all ORDER BY name").unwrap().order().to_vec(), ..query("exempt = false") };
        let whole = walk(&stage, &by_name, 500).await;
        let first = page(&stage, &by_name, AccountStart::First, 10).await;
        let place = first.next.clone().unwrap();
        // The last account that was listed and one that was not are exempted: both drop out of the list.
        for row in [whole[9], whole[20]] {
            let name = first.account(row).username().to_owned();
            stage.engine.exempt(&admin(), &stage.site, ExemptName::Account(&name), "holiday", None, Replaces::Nothing).await.unwrap();
        }
        stage.clock.tick(SignedDuration::from_mins(10));
        stage.engine.sync(&admin(), &stage.site, &|_| ()).await.unwrap();
        let rest = page(&stage, &by_name, AccountStart::After(place), 500).await;
        let expected: Vec<_> = whole[10..].iter().copied().filter(|row| *row != whole[20]).collect();
        assert_eq!(rest.rows(), expected);
        assert_eq!(rest.snapshot().id(), first.snapshot().id());
        let anew = page(&stage, &by_name, AccountStart::First, 10).await;
        assert_ne!(anew.snapshot().id(), first.snapshot().id());
    }

    async fn an_exemption_is_seen_at_once_also_by_another_process(database: TestDatabase) {
        let stage = Stage::set_up(&database, 40).await;
        let other = stage.another(&database).await;
        let exempt = query("exempt = true");
        let count = async |engine: &rollcall_engine::Engine| {
            engine.accounts(&viewer(), &stage.site, &exempt, &AccountStart::First, 9).await.unwrap().total
        };
        assert_eq!((count(&stage.engine).await, count(&other).await), (0, 0));
        let everybody = page(&stage, &AccountQuery::default(), AccountStart::First, 500).await;
        let name = everybody.account(everybody.rows()[0]).username().to_owned();
        let until = Some(stage.engine.now() + SignedDuration::from_hours(1));
        stage.engine.exempt(&admin(), &stage.site, ExemptName::Account(&name), "leave", until, Replaces::Nothing).await.unwrap();
        assert_eq!((count(&stage.engine).await, count(&other).await), (1, 1));
        stage.clock.tick(SignedDuration::from_hours(1));
        assert_eq!((count(&stage.engine).await, count(&other).await), (0, 0), "it has ended");
        other.end_exemption(&admin(), &stage.site, ExemptName::Account(&name), None).await.unwrap();
        stage.clock.tick(SignedDuration::from_hours(-1));
        assert_eq!((count(&stage.engine).await, count(&other).await), (0, 0), "it was taken back");
    }

    async fn one_account_tells_all_that_is_known_of_it(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let seated = page(&stage, &query("seat = true AND group = \"confluence-users\""), AccountStart::First, 1).await;
        let account = seated.account(seated.rows()[0]);
        let name = account.username().to_owned();
        stage.engine.exempt(&admin(), &stage.site, ExemptName::Account(&name), "on leave", None, Replaces::Nothing).await.unwrap();
        let detail = stage.engine.account(&viewer(), &stage.site, &account.key()).await.unwrap();
        assert_eq!(detail.account.username, name);
        assert!(detail.groups.iter().any(|group| group.name == "confluence-users" && !group.paths.is_empty()));
        assert!(!detail.seat_paths.is_empty());
        assert_eq!(detail.evidence.len(), seated.snapshot().sources().len());
        assert_eq!(detail.exemptions[0].reason, "on leave");
        assert_eq!(detail.entries[0].kind.as_str(), "exemption.added");
        assert_eq!(detail.first_seen, Some(seated.snapshot().taken_at()));
        let explained = stage.engine.explain_account(&viewer(), &stage.site, &account.key(), "exempt = true").await;
        assert_eq!(explained.unwrap().verdict.as_str(), "true");
        let nobody = stage.engine.account(&viewer(), &stage.site, &"no such key".into()).await;
        assert!(matches!(nobody, Err(EngineError::NotFound { what: "account", .. })));
    }

    async fn a_criterion_is_tried_on_an_older_snapshot_as_of_then(database: TestDatabase) {
        let stage = Stage::set_up(&database, 90).await;
        let old = page(&stage, &AccountQuery::default(), AccountStart::First, 1).await.snapshot().id().clone();
        let preview = async |snapshot, criterion| {
            let query = PreviewQuery { site: &stage.site, criterion, snapshot, sample: 5 };
            stage.engine.preview(&viewer(), &query).await.unwrap()
        };
        let then = preview(None, "idle >= 60d").await;
        stage.clock.tick(SignedDuration::from_hours(24 * 200));
        stage.engine.sync(&admin(), &stage.site, &|_| ()).await.unwrap();
        let later = preview(None, "idle >= 60d").await;
        let again = preview(Some(&old), "idle >= 60d").await;
        assert!(later.accounts.total > then.accounts.total);
        assert_eq!(again.accounts.total, then.accounts.total);
        assert_eq!(again.accounts.rows(), then.accounts.rows());
        assert_eq!(again.at, again.accounts.snapshot().taken_at());
        let snapshots = stage.engine.snapshots(&viewer(), &stage.site).await.unwrap();
        assert_eq!(snapshots.len(), 2);
        let compared = stage.engine.snapshot_difference(&viewer(), &snapshots[0].id, &snapshots[1].id).await.unwrap();
        assert_eq!((&compared.older, &compared.newer), (&snapshots[1], &snapshots[0]));
    }
}

#[test]
fn a_million_waits_for_one_loading() {
    rollcall_testkit::run(rollcall_testkit::TestDatabase::sqlite(), async |database| {
        let stage = Stage::set_up(&database, 200).await;
        let fresh = stage.another(&database).await;
        let somebody = viewer();
        let asked = (0..20).map(|_| fresh.picture(&somebody, &stage.site, Freshness::Any, &|_| ()));
        let pictures = futures::future::join_all(asked).await;
        let first = pictures[0].as_ref().unwrap().snapshot.clone();
        assert!(pictures.iter().all(|p| std::sync::Arc::ptr_eq(&p.as_ref().unwrap().snapshot, &first)));
    });
}
