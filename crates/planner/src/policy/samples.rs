//! Policies to begin with: used by the demo, by tests, by API examples and mail previews alike.

use super::{
    Approval, Attachment, Limits, Mode, Policy, PollPeriod, ReportWhen, ReportWish, Schedule, default_day,
    default_grace,
};
use crate::file::read_policies;
use rollcall_model::{Action, SiteName};

/// What `rollcall demo` works with. The groups named here are those of the simulated population.
const SAMPLES: &str = include_str!("../../samples/policies.yaml");

impl Policy {
    /// The policy of product.md §6.
    pub fn sample() -> Self {
        Self {
            name: "reclaim-idle-seats".to_owned(),
            description: "Seats of people idle for a quarter".to_owned(),
            sites: SiteName::try_from("wiki".to_owned()).into_iter().collect(),
            mode: Mode::Test,
            select: "status = enabled AND seat = true AND idle >= 90d \
                     AND NOT group IN (\"confluence-administrators\", \"svc-accounts\")"
                .to_owned(),
            actions: vec![
                Action::RemoveGroups(vec!["confluence-users".into()]),
                Action::AddGroups(vec!["confluence-inactive".into()]),
                Action::Disable,
            ],
            schedule: Schedule::new("0 6 * * SAT", "Pacific/Auckland").ok(),
            on: Vec::new(),
            poll: PollPeriod::default(),
            notice: None,
            limits: Limits { accounts: Some(200), canary: Some(10), ..Limits::default() },
            approval: Approval { above: Some(50), second_person: true },
            report: ReportWish {
                to: vec!["it-ops@example.org".to_owned()],
                when: ReportWhen::Always,
                attach: Attachment::Csv,
            },
            grace: default_grace(),
            protected_groups: Vec::new(),
            snapshot_max_age: default_day(),
            plan_expiry: default_day(),
        }
    }

    /// Policies for a first look: seats of the idle, people who never came, accounts disabled long ago, seats given back to who returns, a
    /// warning and what follows it. All in test mode.
    pub fn samples() -> Vec<Self> {
        read_policies(SAMPLES).unwrap_or_default()
    }

    /// The file that [`Policy::samples`] are read from, with its comments: something to start one's own from.
    pub const fn samples_yaml() -> &'static str {
        SAMPLES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Period;

    #[test]
    fn the_sample_file_is_read_without_a_fault() {
        let samples = read_policies(SAMPLES).unwrap_or_else(|error| panic!("{error}"));
        let names: Vec<_> = samples.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "reclaim-idle-seats",
                "never-arrived",
                "long-disabled",
                "give-seat-back",
                "warn-idle",
                "reclaim-warned"
            ]
        );
        assert!(samples.iter().all(|p| p.mode == Mode::Test), "a sample is never live");
        assert_eq!(samples[0].grace, Period::days(7));
    }

    #[test]
    fn the_sample_is_the_policy_that_the_documents_show() {
        let shown = r#"
policies:
  - name: reclaim-idle-seats
    description: Seats of people idle for a quarter
    sites: [wiki]
    mode: test                      # test | live
    select: >
      status = enabled AND seat = true AND idle >= 90d
      AND NOT group IN ("confluence-administrators", "svc-accounts")
    actions:                        # in this order for each account
      - remove-groups: [confluence-users]
      - add-groups: [confluence-inactive]
      - disable
    schedule: { cron: "0 6 * * SAT", timezone: Pacific/Auckland }
    limits: { accounts: 200, percent: 5, growth: 3x, canary: 10, failures: 5 }
    approval: { above: 50, second-person: true }
    report: { to: [it-ops@example.org], when: always, attach: csv }
"#;
        let read = read_policies(shown).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(read, [Policy::sample()]);
    }
}
