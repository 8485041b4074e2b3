//! The figures of the first page.

use crate::stage::{Stage, viewer};
use jiff::SignedDuration;
use rollcall_criteria::{Field, Value, value};
use rollcall_engine::{AuditPageQuery, Freshness, WarningKind};
use rollcall_model::Status;
use rollcall_testkit::both_databases;

both_databases! {
    async fn figures_are_what_counting_the_accounts_gives(database: TestDatabase) {
        let stage = Stage::set_up(&database, 150).await;
        for _ in 0..2 {
            let picture = stage.engine.picture(&viewer(), &stage.site, Freshness::Any, &|_| ()).await.unwrap();
            let now = stage.engine.now();
            let (mut bands, mut never, mut unknown, mut enabled) = ([0_u64; 6], 0, 0, 0);
            for account in picture.snapshot.accounts() {
                enabled += u64::from(account.status() == Some(Status::Enabled));
                if account.status() != Some(Status::Enabled) || account.seat() != Some(true) {
                    continue;
                }
                let band = |idle: SignedDuration| {
                    let days = idle.as_hours() / 24;
                    [0, 30, 60, 90, 180, 365].iter().rposition(|from| *from <= days).unwrap_or_default()
                };
                let is_never = value(&picture.snapshot, &picture.facts, account.index(), Field::LastActive, now) == Value::Never;
                match value(&picture.snapshot, &picture.facts, account.index(), Field::Idle, now) {
                    _ if is_never => never += 1,
                    Value::For(idle) => bands[band(idle)] += 1,
                    Value::ForAtMost(idle) if band(idle) == 0 => bands[0] += 1,
                    _ => unknown += 1,
                }
            }
            let overview = stage.engine.overview(&viewer()).await.unwrap();
            let figures = overview.sites[0].figures;
            assert_eq!(figures.idle.bands().map(|band| band.accounts), bands);
            assert_eq!((figures.idle.never, figures.idle.unknown, figures.enabled), (never, unknown, enabled));
            assert_eq!(figures.idle.total(), bands.iter().sum::<u64>() + never + unknown);
            assert_eq!(overview.sum, figures);
            assert_eq!(figures.accounts, u64::from(picture.snapshot.len()));
            let is_old = overview.warnings.iter().any(|warning| warning.kind == WarningKind::OldSnapshot);
            assert_eq!(is_old, now.duration_since(picture.snapshot.taken_at()) > SignedDuration::from_hours(48));
            // The same snapshot, seen a hundred days later.
            stage.clock.tick(SignedDuration::from_hours(24 * 100));
        }
    }

    async fn the_audit_log_is_paged_and_exported_whole(database: TestDatabase) {
        let stage = Stage::set_up(&database, 40).await;
        for number in 0..7 {
            stage.engine.set_list(&crate::stage::admin(), &format!("list {number}"), vec!["someone".to_owned()], rollcall_engine::Replaces::Nothing).await.unwrap();
        }
        let (mut walked, mut query) = (Vec::new(), AuditPageQuery { kind: Some("list".to_owned()), ..AuditPageQuery::default() });
        loop {
            let page = stage.engine.audit_page(&viewer(), &query, 3).await.unwrap();
            let Some(last) = page.last() else { break };
            query.before = Some(last.seq);
            walked.extend(page.into_iter().map(|entry| entry.details["list"].as_str().unwrap().to_owned()));
        }
        assert_eq!(walked, (0..7).rev().map(|number| format!("list {number}")).collect::<Vec<_>>());
        let site = AuditPageQuery { site: Some(stage.site.clone()), ..AuditPageQuery::default() };
        let kinds = stage.engine.audit_page(&viewer(), &site, 50).await.unwrap();
        assert_eq!(kinds.iter().map(|e| e.kind.as_str()).collect::<Vec<_>>(), ["snapshot.taken", "site.added"]);
        let mut export = stage.engine.stream_audit(&viewer()).await.unwrap();
        let mut text = String::new();
        while let Some(lines) = export.next().await {
            text.push_str(&lines.unwrap());
        }
        let verified = rollcall_engine::verify_lines(text.as_bytes(), []).unwrap();
        assert_eq!(verified.head, stage.engine.audit_head(&viewer()).await.unwrap());
    }
}
