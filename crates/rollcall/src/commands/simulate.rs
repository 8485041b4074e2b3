//! `rollcall simulate`

use crate::cli::{Format, Simulate};
use crate::exit::Exit;
use crate::farewell::Farewell;
use crate::output;
use anyhow::Context;
use rollcall_engine::{Clock, SystemClock};
use rollcall_simulator::{Options, Simulator};

pub(crate) async fn run(args: &Simulate, format: Format) -> anyhow::Result<Exit> {
    let mut options = Options::new(&args.version, args.accounts, args.seed, SystemClock.now());
    options.port = args.port;
    options.control_port = args.control_port;
    let simulator = match &args.from {
        Some(file) => Simulator::start_from(file, options).await,
        None => Simulator::start(options).await,
    }
    .context("the simulated site cannot be started")?;
    let mut farewell = Farewell::new();
    print(&simulator, args, format)?;
    farewell.asked().await;
    simulator.stop().await;
    Ok(Exit::Done)
}

fn print(simulator: &Simulator, args: &Simulate, format: Format) -> anyhow::Result<()> {
    if format == Format::Json {
        let line = serde_json::json!({
            "url": simulator.url(), "controlUrl": simulator.control_url(),
            "username": simulator.username(), "password": simulator.password(), "token": simulator.token(),
        });
        return output::text(&format!("{line}\n"));
    }
    output::text(&format!(
        "A simulated {} {} answers at\n  {}\nIts administrator is {} with the password {}\n  or the personal access token {}\n\
         Controls (journal, state, faults, reset): {}\nEnd it with Ctrl-C.\n",
        args.kind,
        args.version,
        simulator.url(),
        simulator.username(),
        simulator.password(),
        simulator.token(),
        simulator.control_url(),
    ))
}
