//! The audit log, told to a file and to a syslog receiver.

use crate::receivers::{Web, free_port};
use crate::stage::{Stage, admin};
use crate::webhooks::hook;
use jiff::SignedDuration;
use rollcall_engine::{
    AuditEntry, AuditLines, AuditOutlet, Engine, Health, OutletBegin, OutletWay, Retention, Syslog,
    SyslogForm, SyslogWay,
};
use rollcall_testkit::both_databases;
use std::time::Duration;
use tokio::io::AsyncReadExt;
use tokio::net::TcpListener;

fn syslog(port: u16) -> AuditOutlet {
    let form = SyslogForm { facility: 13, host: "box".to_owned(), app: "rollcall".to_owned(), longest: 8192 };
    let syslog = Syslog {
        host: "127.0.0.1".to_owned(),
        port,
        way: SyslogWay::Tcp,
        form,
        timeout: Duration::from_secs(20),
    };
    AuditOutlet { name: "siem".to_owned(), begin: OutletBegin::Everything, way: OutletWay::Syslog(syslog) }
}

both_databases! {
    async fn a_file_has_every_entry_once_and_in_order(database: TestDatabase) {
        let stage = Stage::set_up(&database, free_port()).await;
        let path = stage.folder.path().join("audit.jsonl");
        let file = OutletWay::File(AuditLines { path: path.clone() });
        let outlet = AuditOutlet { name: "lines".to_owned(), begin: OutletBegin::Everything, way: file };
        let stage = stage.with_outlets(vec![outlet]).await;
        stage.engine.tell_outlets(&admin()).await.unwrap();
        stage.run_policy(&[]).await;
        let (told, troubles) = stage.engine.tell_outlets(&admin()).await.unwrap();
        assert!(told > 0 && troubles.is_empty(), "{troubles:?}");
        assert_eq!(stage.engine.tell_outlets(&admin()).await.unwrap().0, 0);
        let entries: Vec<AuditEntry> =
            std::fs::read_to_string(&path).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let head = stage.engine.audit_head(&admin()).await.unwrap();
        assert_eq!(entries.iter().map(|e| e.seq).collect::<Vec<_>>(), (1..=head.seq).collect::<Vec<_>>());
        assert_eq!(entries.last().unwrap().hash, head.hash);
    }

    async fn a_receiver_that_is_away_holds_up_nothing_and_loses_nothing(database: TestDatabase) {
        let port = free_port();
        let stage = Stage::set_up(&database, free_port()).await.with_outlets(vec![syslog(port)]).await;
        stage.run_policy(&[]).await;
        let (told, troubles) = stage.engine.tell_outlets(&admin()).await.unwrap();
        assert_eq!((told, troubles.len()), (0, 1));
        assert!(troubles[0].contains("siem") && troubles[0].contains("refused"), "{troubles:?}");
        let findings = stage.engine.examine(&admin()).await.unwrap();
        let finding = findings.iter().find(|f| f.what == "audit outlet siem").unwrap();
        assert_eq!(finding.health, Health::Bad, "{finding:?}");
        assert!(stage.engine.tell_outlets(&admin()).await.unwrap().1.is_empty(), "it rests");

        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let hearing = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut all = String::new();
            stream.read_to_string(&mut all).await.unwrap();
            all
        });
        stage.clock.tick(SignedDuration::from_mins(2));
        let head = stage.engine.audit_head(&admin()).await.unwrap();
        let (told, troubles) = stage.engine.tell_outlets(&admin()).await.unwrap();
        assert_eq!((told, troubles), (head.seq, Vec::new()));
        let heard = hearing.await.unwrap();
        for seq in 1..=head.seq {
            assert_eq!(heard.matches(&format!("[rollcall@32473 seq=\"{seq}\" ")).count(), 1, "{seq}");
        }
        let findings = stage.engine.examine(&admin()).await.unwrap();
        assert!(findings.iter().any(|f| f.what == "audit outlet siem" && f.health == Health::Good));
    }

    async fn the_log_is_not_cut_before_everybody_was_told(database: TestDatabase) {
        let web = Web::start().await;
        let stage = Stage::set_up(&database, free_port()).await.with_outlets(vec![syslog(free_port())]).await;
        let (hook, _) = stage.engine.add_webhook(&admin(), hook(&web)).await.unwrap();
        let years = Retention { audit_years: Some(1), ..Retention::default() };
        stage.engine.set_retention(&admin(), &years, None).await.unwrap();
        stage.clock.tick(SignedDuration::from_hours(24 * 366 * 3));
        let all = stage.engine.audit_head(&admin()).await.unwrap().seq;
        let dropped = async |engine: &Engine, dry_run: bool| {
            let dropped = engine.retain(&admin(), dry_run).await.unwrap();
            dropped.into_iter().find(|dropping| dropping.what == "audit").map(|audit| (audit.count, audit.held.unwrap_or_default()))
        };
        for dry_run in [true, false] {
            let (count, held) = dropped(&stage.engine, dry_run).await.unwrap();
            assert_eq!(count, 0);
            assert!(held.starts_with(&format!("{all} more")) && held.contains("\"siem\""), "{held}");
        }
        let findings = stage.engine.examine(&admin()).await.unwrap();
        let finding = findings.iter().find(|f| f.what == "retention").unwrap();
        assert!(finding.health == Health::Warning && finding.found.contains("siem"), "{finding:?}");

        // What is no longer configured is not waited for; the reports by mail are, and the webhook.
        let without = stage.another().await;
        assert!(dropped(&without, true).await.unwrap().1.contains("mails reports"));
        without.send_mail(&admin()).await.unwrap();
        let (count, held) = dropped(&without, false).await.unwrap();
        assert_eq!((count, held.contains(&format!("webhook \"{}\"", hook.name))), (all - 2, true), "{held}");
        without.remove_webhook(&admin(), &hook.id, None).await.unwrap();
        assert_eq!(dropped(&without, false).await, Some((2, String::new())));
        assert!(without.verify_audit(&admin(), Vec::new()).await.unwrap().is_ok());
    }
}
