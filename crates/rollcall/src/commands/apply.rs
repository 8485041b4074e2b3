//! `rollcall apply` and `rollcall run`

use super::confirm;
use crate::app::App;
use crate::exit::Exit;
use crate::farewell::in_order;
use crate::output;
use crate::progress::Progress;
use rollcall_engine::{Ran, RunEnd, ShowItems};
use rollcall_model::{PlanId, SiteName};
use rollcall_report::RunReport;
use std::sync::Arc;

/// A progress bar for a run.
pub(crate) fn show_items() -> (Arc<Progress>, ShowItems) {
    let progress = Arc::new(Progress::new());
    let shown = Arc::clone(&progress);
    let show = move |settled: u32, of: u32, troubled: u32| {
        let note = if troubled == 0 { String::new() } else { format!("{troubled} refused or failed") };
        shown.show("items", settled.into(), Some(of.into()), &note);
    };
    (progress, Box::new(show))
}

pub(crate) async fn run(app: &App, plan: &str, yes: bool, during_freeze: bool) -> anyhow::Result<Exit> {
    let id = PlanId::from(plan);
    let made = app.engine.plan(&app.operator, &id).await?;
    if !yes && made.plan.mode == rollcall_planner::Mode::Live {
        let deletions = made.plan.items.iter().filter(|i| i.change == rollcall_model::Change::Delete).count();
        let forever = if deletions > 0 {
            format!(" {deletions} accounts will be deleted, which cannot be undone.")
        } else {
            String::new()
        };
        let question = format!(
            "{} changes of {} accounts at {}.{forever} Apply?",
            made.plan.items.len(),
            made.plan.accounts,
            made.site
        );
        if !confirm(&question)? {
            return Ok(Exit::Held);
        }
    }
    let (progress, show) = show_items();
    let result = in_order(&app.engine, async {
        if during_freeze {
            app.engine.apply_during_freeze(&app.operator, &id, show).await
        } else {
            app.engine.apply(&app.operator, &id, show).await
        }
    });
    let result = result.await;
    progress.finish();
    let (report, end) = result?;
    finish(app, &report, end).await
}

pub(crate) async fn run_policy(app: &App, policy: &str, site: Option<&SiteName>) -> anyhow::Result<Exit> {
    let reading = Progress::new();
    let read =
        |p: rollcall_engine::Progress<'_>| reading.show(&format!("reading {}", p.what), p.done, p.of, "");
    let mut exit = Exit::Done;
    super::policy::warn_of_mail(app, &app.engine.policy(&app.operator, policy).await?.0);
    for site in app.engine.sites_of_policy(&app.operator, policy, site).await? {
        let (progress, show) = show_items();
        let running = app.engine.run_policy(&app.operator, policy, &site, &read, show);
        let ran = in_order(&app.engine, running).await;
        reading.finish();
        progress.finish();
        exit = exit.and(match ran? {
            Ran::Run { report, end } => finish(app, &report, end).await?,
            Ran::Held(made) => {
                output::report(app.format, &app.engine.plan_report(&app.operator, &made).await?)?;
                tell(app).await?;
                Exit::Held
            }
        });
    }
    Ok(exit)
}

/// Prints what happened, tells whoever is to be told, and chooses the exit code.
pub(crate) async fn finish(app: &App, report: &RunReport, end: RunEnd) -> anyhow::Result<Exit> {
    output::report(app.format, report)?;
    tell(app).await?;
    let exceeded =
        report.basis.limits.iter().any(|limit| limit.verdict == rollcall_report::Verdict::Exceeded);
    Ok(match end {
        RunEnd::Done if exceeded => Exit::Held,
        RunEnd::Done => Exit::Done,
        RunEnd::Partly => Exit::Partly,
        RunEnd::Stopped => Exit::Held,
        RunEnd::Failed => Exit::Failed,
    })
}

/// Sends the mails that are due, and tells webhooks and outlets of the audit log what happened. What cannot be told now waits.
async fn tell(app: &App) -> anyhow::Result<()> {
    let postman = app.engine.send_mail(&app.operator).await?;
    for trouble in postman.later {
        eprintln!(
            "A report could not be mailed yet and waits in the outbox: {}",
            rollcall_model::plain(&trouble)
        );
    }
    for trouble in postman.failed {
        eprintln!("A report could not be mailed: {}", rollcall_model::plain(&trouble));
    }
    let courier = app.engine.tell_webhooks(&app.operator).await?;
    for trouble in courier.later.iter().chain(&courier.failed) {
        eprintln!("A webhook could not be told yet: {}", rollcall_model::plain(trouble));
    }
    let (_, troubles) = app.engine.tell_outlets(&app.operator).await?;
    for trouble in troubles {
        eprintln!("The audit log could not be told yet: {}", rollcall_model::plain(&trouble));
    }
    Ok(())
}
