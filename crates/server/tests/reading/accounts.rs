//! `/sites/{site}/accounts`

use crate::stage::{Stage, request};
use rollcall_testkit::both_databases;
use serde_json::Value;

const ACCOUNTS: &str = "/api/v1/sites/wiki/accounts";

fn keys(page: &Value) -> Vec<String> {
    page["items"].as_array().unwrap().iter().map(|item| item["key"].as_str().unwrap().to_owned()).collect()
}

/// Every page put together.
async fn walk(stage: &Stage, query: &str, size: usize) -> Vec<String> {
    let (mut walked, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = stage.get(&format!("{ACCOUNTS}?limit={size}{query}{cursor}")).await.json();
        walked.extend(keys(&page));
        let Some(next) = page["next"].as_str() else {
            assert_eq!(page["total"], walked.len());
            return walked;
        };
        cursor = format!("&cursor={next}");
    }
}

both_databases! {
    async fn pages_put_together_are_the_whole_list(database: TestDatabase) {
        let stage = Stage::set_up(&database, 90).await;
        for query in ["", "&sort=-lastActive,username", "&criterion=status%20%3D%20enabled%20ORDER%20BY%20name", "&search=a&sort=email"] {
            let whole = walk(&stage, query, 500).await;
            assert!(whole.len() > 10, "{query}");
            for size in [7, 50] {
                assert_eq!(walk(&stage, query, size).await, whole, "{query}, pages of {size}");
            }
            let path = format!("{ACCOUNTS}?{}", query.trim_start_matches('&'));
            let lines = stage.get_as(&path, "application/x-ndjson").await;
            let streamed: Vec<String> = lines.text.lines().map(|line| {
                serde_json::from_str::<Value>(line).unwrap()["key"].as_str().unwrap().to_owned()
            }).collect();
            assert_eq!(streamed, whole, "{query}");
            let csv = stage.get_as(&path, "text/csv").await;
            assert_eq!(csv.text.lines().count(), whole.len() + 1);
            assert!(csv.text.starts_with("key,username,name,email,status,lastActive,idle,seat\n"), "{}", csv.text);
        }
        let part = stage.get(&format!("{ACCOUNTS}?sort=username&offset=20&limit=5")).await.json();
        assert_eq!(keys(&part), walk(&stage, "&sort=username", 500).await[20..25]);
    }

    async fn what_is_wrong_is_refused_with_its_place(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let problem = async |query: &str| stage.get(&format!("{ACCOUNTS}?{query}")).await.problem();
        let parameter = |at: &str| (400, "bad-parameter".to_owned(), format!("query {at}"));
        assert_eq!(problem("sort=usernam").await, parameter("sort"));
        assert_eq!(problem("sort=group").await, parameter("sort"));
        assert_eq!(problem("fields=username,nothing").await, parameter("fields"));
        assert_eq!(problem("limit=0").await, parameter("limit"));
        assert_eq!(problem("limit=501").await, parameter("limit"));
        assert_eq!(problem("offset=-1").await, parameter("offset"));
        assert_eq!(problem("unknown=1").await, parameter("unknown"));
        assert_eq!(problem("cursor=nonsense").await, parameter("cursor"));
        assert_eq!(problem("criterion=status%20%3D%20enbled").await.1, "bad-criterion");
        assert_eq!(problem("criterion=group%20%3D%20%22no-such%22").await, (422, "bad-criterion".to_owned(), "query criterion".to_owned()));
        assert_eq!(problem("snapshot=no-such").await.0, 404);
        let first = stage.get(&format!("{ACCOUNTS}?limit=5&sort=name")).await.json();
        let cursor = first["next"].as_str().unwrap();
        assert_eq!(problem(&format!("limit=5&sort=email&cursor={cursor}")).await.1, "cursor-mismatch");
        assert_eq!(stage.get("/api/v1/sites/elsewhere/accounts").await.problem().0, 404);
        let nobody = stage.send(request("GET", ACCOUNTS, &[("x-test-role", "nobody")], "")).await;
        assert_eq!(nobody.problem().0, 401);
    }

    async fn one_account_and_why_it_is_selected(database: TestDatabase) {
        let stage = Stage::set_up(&database, 60).await;
        let page = stage.get(&format!("{ACCOUNTS}?criterion=seat%20%3D%20true&fields=seatVia&limit=1")).await.json();
        assert!(page["items"][0]["seatVia"].is_array(), "{page}");
        let key = &keys(&page)[0];
        let detail = stage.get(&format!("{ACCOUNTS}/{key}")).await.json();
        assert_eq!(detail["key"], *key);
        assert_eq!(detail["fields"]["seat"], true);
        assert!(!detail["seatPaths"].as_array().unwrap().is_empty());
        assert!(!detail["evidence"].as_array().unwrap().is_empty());
        let why = stage.get(&format!("{ACCOUNTS}/{key}/explanation?criterion=seat%20%3D%20true")).await.json();
        assert_eq!((&why["verdict"], &why["step"]["text"]), (&"true".into(), &"seat = true".into()));
        assert_eq!(stage.get(&format!("{ACCOUNTS}/no-such-key")).await.problem().0, 404);
        assert_eq!(stage.get(&format!("{ACCOUNTS}/{key}/explanation")).await.problem().0, 400);
    }

    /// Names from a site are hostile: JSON gives them to the letter, CSV so that no spreadsheet takes them for a formula.
    async fn hostile_names_harm_nobody(database: TestDatabase) {
        use rollcall_simulator::AccountPatch;
        let hostile = "=ZEBRALINK(\"http://evil.example\",\"x\"),\"quoted\"\u{202e}<script>";
        let stage = Stage::set_up_with(&database, 60, |state| {
            let somebody = state.account_views().find(|view| view.username.len() > 3).unwrap().username;
            let patch = AccountPatch { display_name: Some(hostile.to_owned()), ..AccountPatch::default() };
            state.patch_account(&somebody, &patch).unwrap();
        }).await;
        let search = format!("{ACCOUNTS}?search=zebralink&fields=name");
        let page = stage.get(&search).await.json();
        assert_eq!((&page["total"], &page["items"][0]["name"]), (&1.into(), &hostile.into()));
        let csv = stage.get_as(&search, "text/csv").await.text;
        assert_eq!(csv.lines().count(), 2, "{csv}");
        assert!(csv.contains("'=ZEBRALINK") && csv.contains("\"\"quoted\"\""), "{csv}");
    }
}
