//! All metrics as text.

use super::HttpMetrics;
use super::http::Labels;
use jiff::Timestamp;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};
use rollcall_engine::{Figures, KeptFigures};
use rollcall_model::SiteName;
use std::sync::atomic::AtomicU64;

type Number = Gauge<f64, AtomicU64>;
type Row = (Labels, f64);

/// The text that Prometheus reads.
pub(crate) fn render(figures: &Figures, http: &HttpMetrics) -> Result<String, std::fmt::Error> {
    let mut registry = Registry::default();
    let build = Info::new(vec![("version", env!("CARGO_PKG_VERSION"))]);
    registry.register("rollcall_build", "The program", build);
    let registry = &mut registry;
    one(registry, "rollcall_database_up", "Whether the database answers", f64::from(figures.kept.is_some()));
    if let Some(kept) = &figures.kept {
        of_the_database(registry, kept, figures.now);
    }
    traffic(registry, figures);
    if let Some(bytes) = resident_bytes() {
        one(registry, "process_resident_memory_bytes", "Memory of this process", bytes as f64);
    }
    http.register(registry);
    let mut text = String::new();
    encode(&mut text, registry)?;
    Ok(text)
}

fn of_the_database(registry: &mut Registry, kept: &KeptFigures, now: Timestamp) {
    let labelled = |one: &'static str, other: &'static str, rows: &[(String, String, u64)]| -> Vec<Row> {
        let row = |(a, b, count): &(String, String, u64)| {
            (vec![(one, a.clone()), (other, b.clone())], *count as f64)
        };
        rows.iter().map(row).collect()
    };
    gauge(registry, "rollcall_runs", "Runs", labelled("mode", "state", &kept.runs));
    gauge(registry, "rollcall_run_items", "Items of runs", labelled("mode", "outcome", &kept.items));
    let mails = kept.mails.iter().map(|(state, count)| (vec![("state", state.clone())], *count as f64));
    gauge(registry, "rollcall_mails", "Mails in the outbox", mails.collect());
    gauge(registry, "rollcall_jobs", "Jobs", labelled("kind", "state", &kept.jobs));
    one(registry, "rollcall_jobs_due", "Jobs that are due and not begun", kept.jobs_due as f64);
    one(registry, "rollcall_sessions", "Sessions of operators that have not ended", kept.sessions as f64);
    let (mut ages, mut accounts) = (vec![], vec![]);
    for (site, (taken_at, count)) in &kept.snapshots {
        let age = now.duration_since(*taken_at).as_secs_f64().max(0.0);
        ages.push((vec![of(site)], age));
        accounts.push((vec![of(site)], *count as f64));
    }
    unit(registry, "rollcall_snapshot_age", "Age of the newest snapshot", ages);
    gauge(registry, "rollcall_snapshot_accounts", "Accounts in the newest snapshot", accounts);
    let entries = ConstCounter::new(kept.audit_entries);
    registry.register("rollcall_audit_entries", "Entries of the audit log", entries);
}

fn traffic(registry: &mut Registry, figures: &Figures) {
    let (mut requests, mut retries, mut throttled, mut waited) = (vec![], vec![], vec![], vec![]);
    for (site, traffic) in &figures.traffic {
        requests.push((vec![of(site), ("kind", "read".to_owned())], traffic.reads as f64));
        requests.push((vec![of(site), ("kind", "write".to_owned())], traffic.writes as f64));
        retries.push((vec![of(site)], traffic.retries as f64));
        throttled.push((vec![of(site)], traffic.throttled as f64));
        waited.push((vec![of(site)], traffic.waited.as_secs_f64()));
    }
    counter(registry, "rollcall_site_requests", "Requests to a site", requests);
    counter(registry, "rollcall_site_retries", "Requests that were sent again", retries);
    counter(registry, "rollcall_site_throttled", "Answers that were a 429", throttled);
    counter(registry, "rollcall_site_waited_seconds", "Seconds that requests waited for their turn", waited);
}

fn of(site: &SiteName) -> (&'static str, String) {
    ("site", site.to_string())
}

fn one(registry: &mut Registry, name: &str, help: &str, value: f64) {
    let number = Number::default();
    number.set(value);
    registry.register(name, help, number);
}

fn gauge(registry: &mut Registry, name: &str, help: &str, rows: Vec<Row>) {
    registry.register(name, help, family(rows));
}

fn unit(registry: &mut Registry, name: &str, help: &str, rows: Vec<Row>) {
    registry.register_with_unit(name, help, Unit::Seconds, family(rows));
}

fn family(rows: Vec<Row>) -> Family<Labels, Number> {
    let family = Family::<Labels, Number>::default();
    for (labels, value) in rows {
        family.get_or_create(&labels).set(value);
    }
    family
}

/// The engine counted; here it is only shown.
fn counter(registry: &mut Registry, name: &str, help: &str, rows: Vec<Row>) {
    use prometheus_client::metrics::counter::Counter;
    let family = Family::<Labels, Counter<f64, AtomicU64>>::default();
    for (labels, value) in rows {
        family.get_or_create(&labels).inc_by(value);
    }
    registry.register(name, help, family);
}

/// As the kernel counts them; `None` where it does not say.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use rollcall_engine::Traffic;
    use std::time::Duration;

    pub(in super::super) fn figures() -> Figures {
        let traffic =
            Traffic { reads: 7, writes: 2, retries: 1, throttled: 1, waited: Duration::from_millis(1500) };
        let kept = KeptFigures {
            runs: vec![("live".to_owned(), "done".to_owned(), 3)],
            items: vec![("live".to_owned(), "failed".to_owned(), 5)],
            mails: vec![("queued".to_owned(), 4)],
            jobs: vec![("sync".to_owned(), "queued".to_owned(), 1)],
            jobs_due: 1,
            sessions: 2,
            snapshots: [("wiki".parse().unwrap(), ("2026-11-22T05:00:00Z".parse().unwrap(), 120))].into(),
            audit_entries: 12,
        };
        let now = "2026-11-22T06:00:00Z".parse().unwrap();
        Figures { now, kept: Some(kept), traffic: [("wiki".parse().unwrap(), traffic)].into() }
    }

    #[test]
    fn figures_become_lines_that_name_nobody() {
        let text = render(&figures(), &HttpMetrics::default()).unwrap();
        for line in [
            "rollcall_runs{mode=\"live\",state=\"done\"} 3.0",
            "rollcall_run_items{mode=\"live\",outcome=\"failed\"} 5.0",
            "rollcall_mails{state=\"queued\"} 4.0",
            "rollcall_jobs{kind=\"sync\",state=\"queued\"} 1.0",
            "rollcall_jobs_due 1.0",
            "rollcall_sessions 2.0",
            "rollcall_snapshot_age_seconds{site=\"wiki\"} 3600.0",
            "rollcall_snapshot_accounts{site=\"wiki\"} 120.0",
            "rollcall_site_requests_total{site=\"wiki\",kind=\"read\"} 7.0",
            "rollcall_site_throttled_total{site=\"wiki\"} 1.0",
            "rollcall_site_waited_seconds_total{site=\"wiki\"} 1.5",
            "rollcall_audit_entries_total 12",
            "rollcall_database_up 1.0",
        ] {
            assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
        }
        assert!(text.contains("rollcall_build_info{version=") && text.ends_with("# EOF\n"), "{text}");
    }

    #[test]
    fn without_the_database_the_figures_of_the_process_are_told() {
        let text = render(&Figures { kept: None, ..figures() }, &HttpMetrics::default()).unwrap();
        assert!(text.contains("rollcall_database_up 0.0\n"), "{text}");
        assert!(text.contains("rollcall_site_requests_total{"), "{text}");
        for kept in ["rollcall_runs", "rollcall_jobs_due", "rollcall_audit_entries", "rollcall_snapshot"] {
            assert!(!text.contains(kept), "a figure that is not known is not 0: {kept}\n{text}");
        }
    }
}
