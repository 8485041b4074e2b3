//! What is seen of a stage from outside: the site as it is, policies kept and switched, audit entries, other people's programs.

use crate::stage::{Ended, Stage};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// People of every generated site who were idle for long, with plain names, directly in `confluence-users`.
pub(crate) const IDLE: [&str; 5] = ["formula", "at", "bold", "leila", "thida"];

/// A criterion that selects exactly those of [`IDLE`] who are still idle.
pub(crate) const THE_IDLE: &str =
    "username IN (\"formula\", \"at\", \"bold\", \"leila\", \"thida\") AND status = enabled AND idle >= 90d";

/// Status and direct groups of every account, by name.
pub(crate) type Sight = BTreeMap<String, (String, BTreeSet<String>)>;

impl Stage {
    /// The whole site: status and direct groups of everybody.
    pub(crate) fn sight(&self) -> Sight {
        self.site.with_state(|state| {
            let views = state.account_views();
            views.map(|v| (v.username, (v.status, v.groups.into_iter().collect()))).collect()
        })
    }

    /// `enabled`, `disabled`, … of one account.
    pub(crate) fn status(&self, name: &str) -> String {
        self.site.with_state(|state| state.account_view(name).expect("the account exists").status)
    }

    /// Whether somebody is a direct member.
    pub(crate) fn is_member(&self, name: &str, group: &str) -> bool {
        self.site.with_state(|state| {
            state.account_view(name).expect("the account exists").groups.iter().any(|g| g == group)
        })
    }

    /// Writing requests received about an account with a plain name, whether or not they took effect.
    pub(crate) fn writes_about(&self, name: &str) -> Vec<String> {
        let named = |path: &str| {
            path.rsplit_once("/user/").is_some_and(|(_, rest)| rest.split('/').next() == Some(name))
        };
        let writes = self.site.writes().into_iter().filter(|w| named(&w.path));
        writes.map(|w| format!("{} {}", w.method, w.path)).collect()
    }

    /// Nobody at the site was written to: the journal holds no writing request at all.
    #[track_caller]
    pub(crate) fn assert_nothing_was_sent(&self) {
        let writes = self.site.writes();
        assert!(writes.is_empty(), "{writes:#?}");
    }

    /// Keeps one policy; `body` is everything after its name, each line indented by four blanks.
    pub(crate) fn policy(&self, name: &str, body: &str) {
        let file = self.file(
            &format!("{name}.yaml"),
            &format!("policies:\n  - name: {name}\n    sites: [wiki]\n{body}"),
        );
        self.run(&["policy", "load", &file.display().to_string()]).ends(0);
    }

    /// Keeps a policy, lets it have its test run, and switches it live.
    pub(crate) fn live_policy(&self, name: &str, body: &str) {
        self.policy(name, body);
        self.run(&["policy", "enable", name]).ends(0);
        self.run(&["run", name]);
        self.assert_nothing_was_sent();
        self.run(&["policy", "enable", name, "--live"]).ends(0);
    }

    /// Applies a plan; gives what the program said and the run as JSON.
    pub(crate) fn apply(&self, plan: &str) -> (Ended, Value) {
        let ended = self.run(&["apply", plan, "--yes", "--format", "json"]);
        let run = serde_json::from_str(&ended.out).unwrap_or(Value::Null);
        (ended, run)
    }

    /// Audit entries whose kind begins like this, newest first.
    pub(crate) fn audit(&self, kind: &str) -> Vec<Value> {
        let entries = self.json(&["audit", "list", "--kind", kind, "--limit", "1000"]);
        entries.as_array().expect("an array").clone()
    }
}

/// Accounts of the items of a plan or run, each once.
pub(crate) fn accounts(report: &Value) -> BTreeSet<String> {
    items(report).iter().map(|item| text(&item["account"])).collect()
}

/// The items of a plan or run.
#[track_caller]
pub(crate) fn items(report: &Value) -> &Vec<Value> {
    report["items"].as_array().unwrap_or_else(|| panic!("no items: {report}"))
}

/// The items about one account.
pub(crate) fn of<'a>(report: &'a Value, account: &str) -> Vec<&'a Value> {
    items(report).iter().filter(|item| item["account"] == account).collect()
}

/// Why somebody is protected in a plan or run.
#[track_caller]
pub(crate) fn protection(report: &Value, account: &str) -> String {
    let protected = report["protected"].as_array().expect("protected");
    let row = protected.iter().find(|row| row["account"] == account);
    text(&row.unwrap_or_else(|| panic!("{account} is not protected: {protected:#?}"))["reason"])
}

/// Text of a JSON string.
#[track_caller]
pub(crate) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}

/// Runs a script of Python, the other program that reads our files; `None`, aloud, where there is no Python.
#[track_caller]
pub(crate) fn python(script: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new("python3").arg("-c").arg(script).args(arguments).output() else {
        eprintln!("SKIPPED: reading our files by another program needs python3");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8(output.stdout).expect("UTF-8"))
}
