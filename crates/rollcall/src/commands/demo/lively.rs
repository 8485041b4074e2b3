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
    let policies = policies(&site)?;
    engine.load_policies(operator, &policies).await?;
    for policy in &policies {
        engine.switch_policy(operator, &policy.name, PolicyState::Test).await?;
        engine.run_policy(operator, &policy.name, &site, &|_| (), Box::new(|_, _, _| ())).await?;
        engine.switch_policy(operator, &policy.name, PolicyState::Live).await?;
    }
    let [idle, never] = &policies[..] else { anyhow::bail!("the samples lack a policy of the demo") };

    // In the middle of a run the site refuses the token: nothing more is asked of it until a person has seen that it is accepted again.
    let refused = Rule { writes: Some(true), after: BEFORE_IT_FAILS, ..Rule::new(Fault::Unauthorised) };
    simulator.set_faults(Faults { rules: vec![refused], ..Faults::default() });
    let broken = engine.run_policy(operator, &never.name, &site, &|_| (), Box::new(|_, _, _| ())).await;
    simulator.set_faults(Faults::default());
    match broken {
        Ok(Ran::Run { report, .. }) => say(&format!("   a run at {site} failed     {}", report.run.id)),
        Ok(Ran::Held(made)) => say(&format!("   a plan at {site} is held up {}", made.plan.id)),
        Err(error) => say(&format!("   a run at {site} failed     {error}")),
    }
    engine.test_site(operator, &site).await?;

    let held = engine.run_policy(operator, &idle.name, &site, &|_| (), Box::new(|_, _, _| ())).await?;
    if let Ran::Held(made) = held {
        let who = if made.is_awaiting { "awaits a second person" } else { "is held up by a limit" };
        say(&format!("   a plan at {site} {who}: {}", made.plan.id));
    }
    engine.send_mail(operator).await.context("the mails of the demo cannot be written")?;
    Ok(())
}

/// Two of the samples, for the second site.
fn policies(site: &SiteName) -> anyhow::Result<Vec<Policy>> {
    const SHOWN: [&str; 2] = ["reclaim-idle-seats", "never-arrived"];
    let mut policies = read_policies(Policy::samples_yaml())?;
    policies.retain(|policy| SHOWN.contains(&policy.name.as_str()));
    for policy in &mut policies {
        policy.name = format!("{}-{site}", policy.name);
        policy.sites = vec![site.clone()];
        policy.limits.percent = Percent::new(50.0)?;
        policy.approval.above = policy.approval.above.map(|_| 0);
    }
    Ok(policies)
}
