//! What a service that has been at work for a while has: a second site, a run that failed on the way, and a plan that awaits a second
//! person.

use super::say;
use super::story::{Story, connect};
use anyhow::Context;
use rollcall_engine::{PolicyState, Ran};
use rollcall_model::SiteName;
use rollcall_planner::{Percent, Policy, read_policies};
use rollcall_simulator::{Fault, Faults, Rule, Simulator};

/// Changes that the second site takes before it forgets who asks.
const BEFORE_IT_FAILS: u32 = 3;

/// Adds all of it to what the story left.
pub(super) async fn liven(story: &Story, simulator: &Simulator) -> anyhow::Result<()> {
    let (engine, operator) = (&story.app.engine, &story.app.operator);
    let site: SiteName = "docs".parse()?;
    connect(&story.app, &site, simulator).await?;
    engine.sync(operator, &site, &|_| ()).await?;
    let policy = policy(&site)?;
    let name = &policy.name;
    engine.load_policies(operator, std::slice::from_ref(&policy)).await?;
    engine.switch_policy(operator, name, PolicyState::Test, None).await?;
    engine.run_policy(operator, name, &site, &|_| (), unseen()).await?;
    engine.switch_policy(operator, name, PolicyState::Live, None).await?;

    let held = engine.run_policy(operator, name, &site, &|_| (), unseen()).await?;
    let Ran::Held(made) = held else { anyhow::bail!("the plan of {name} was to await a second person") };
    engine.approve(&story.approver, &made.plan.id, "looks right").await?;
    // In the middle of the run the site refuses the token: nothing more is asked of it until a person has seen that it is accepted again.
    let refused = Rule { writes: Some(true), after: BEFORE_IT_FAILS, ..Rule::new(Fault::Unauthorised) };
    simulator.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    let broken = engine.apply(operator, &made.plan.id, unseen()).await;
    simulator.set_faults(Faults::default());
    match broken {
        Ok((report, end)) => say(&format!("   run at {site}, {end:?}: {}", report.run.id)),
        Err(error) => say(&format!("   run at {site}: {error}")),
    }
    engine.test_site(operator, &site).await?;

    if let Ran::Held(made) = engine.run_policy(operator, name, &site, &|_| (), unseen()).await? {
        say(&format!("   plan at {site} awaits a second person: {}", made.plan.id));
    }
    engine.send_mail(operator).await.context("the mails of the demo cannot be written")?;
    Ok(())
}

/// Nobody watches.
fn unseen() -> Box<dyn Fn(u32, u32, u32) + Send + Sync> {
    Box::new(|_, _, _| ())
}

/// The first of the samples, for the second site.
fn policy(site: &SiteName) -> anyhow::Result<Policy> {
    let samples = read_policies(Policy::samples_yaml())?;
    let mut policy = samples.into_iter().next().context("there are no samples")?;
    policy.name = format!("{}-{site}", policy.name);
    policy.sites = vec![site.clone()];
    policy.limits.percent = Percent::new(50.0)?;
    policy.approval.above = Some(0);
    Ok(policy)
}
