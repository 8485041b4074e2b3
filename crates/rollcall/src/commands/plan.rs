//! `rollcall plan` and `rollcall approve`

use crate::app::App;
use crate::cli::Plan as Args;
use crate::exit::Exit;
use crate::output;
use crate::progress::Progress;
use anyhow::{Context, bail};
use rollcall_engine::{Freshness, JobKind, JobQuery, JobState, MadePlan, Selection, Task};
use rollcall_model::{PlanId, SiteName};
use rollcall_planner::{Limits, Mode, Percent, Period};

/// How old a snapshot may be for a selection made by hand.
const DAY: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

pub(crate) async fn run(app: &App, args: Args) -> anyhow::Result<Exit> {
    let progress = Progress::new();
    let show =
        |p: rollcall_engine::Progress<'_>| progress.show(&format!("reading {}", p.what), p.done, p.of, "");
    let made = if let Some(criterion) = &args.select {
        let site: SiteName = args
            .subject
            .parse()
            .with_context(|| format!("\"{}\" is not the name of a site", args.subject))?;
        let selection = Selection {
            site: &site,
            criterion,
            accounts: None,
            actions: &args.action,
            mode: if args.test { Mode::Test } else { Mode::Live },
            limits: limits(&args)?,
            freshness: if args.offline { Freshness::Any } else { Freshness::AtMost(DAY) },
        };
        vec![app.engine.plan_selection(&app.operator, &selection, &show).await?]
    } else {
        let mode = args.test.then_some(Mode::Test);
        let freshness = args.offline.then_some(Freshness::Any);
        app.engine
            .plan_policy(&app.operator, &args.subject, args.site.as_ref(), mode, freshness, &show)
            .await?
    };
    progress.finish();
    if made.is_empty() {
        bail!("policy \"{}\" names no site", args.subject);
    }
    let mut exit = Exit::Done;
    for made in &made {
        output::report(app.format, &app.engine.plan_report(&app.operator, made).await?)?;
        exit = exit.and(held(made));
    }
    Ok(exit)
}

/// A live plan that may not be applied as it is, is not done.
fn held(made: &MadePlan) -> Exit {
    if made.plan.is_blocked() || made.is_awaiting { Exit::Held } else { Exit::Done }
}

fn limits(args: &Args) -> anyhow::Result<Limits> {
    let mut limits = Limits { accounts: args.max_accounts, ..Limits::default() };
    if let Some(percent) = args.max_percent {
        limits.percent = Percent::new(f64::from(percent))?;
    }
    if let Some(days) = args.minimum_idle {
        limits.minimum_idle = Period::days(days);
    }
    Ok(limits)
}

pub(crate) async fn approve(app: &App, plan: &str, comment: Option<&str>) -> anyhow::Result<Exit> {
    let made = app.engine.approve(&app.operator, &PlanId::from(plan), comment.unwrap_or_default()).await?;
    if made.is_awaiting {
        eprintln!("Plan {plan} needs a further approval.");
        return Ok(Exit::Held);
    }
    let by = made.approved_by.join(", ");
    let task = Task::Apply { plan: made.plan.id.clone(), during_freeze: false };
    let open = JobQuery {
        kind: Some(JobKind::Apply),
        states: vec![JobState::Queued, JobState::Running],
        ..JobQuery::default()
    };
    if app.engine.jobs(&app.operator, &open).await?.iter().any(|job| job.task == task) {
        eprintln!(
            "Plan {plan} was approved by {by}. A schedule made it: `rollcall serve` applies it now, by itself."
        );
    } else {
        eprintln!("Plan {plan} was approved by {by}. Next: rollcall apply {plan}");
    }
    Ok(Exit::Done)
}
