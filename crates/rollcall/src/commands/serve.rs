//! `rollcall serve`: the API, and the worker that does what is due.

use crate::app::App;
use crate::exit::Exit;
use crate::farewell::Farewell;
use crate::supervisor;
use rollcall_engine::{Engine, Operator, Setup, Worker};
use rollcall_server::{Api, Doorkeeper, Server};
use secrecy::ExposeSecret;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::sync::watch;

pub(crate) async fn run(app: App, listen: Option<SocketAddr>) -> anyhow::Result<Exit> {
    let settings = app.server.settings(&app.data, listen)?;
    let engine = Arc::new(app.engine);
    let at_work = AtWork::begin();
    let is_at_work = Arc::clone(&at_work.0);
    let sign_on =
        app.sign_on.map(|sign_on| sign_on.open(&app.data, settings.public_url.as_ref())).transpose()?;
    let doorkeeper = Arc::new(Doorkeeper::new(Arc::clone(&engine)));
    let mut api = Api::new(Arc::clone(&engine), doorkeeper, settings).with_check(Arc::new(move || {
        if is_at_work.load(Ordering::Relaxed) { Ok(()) } else { Err("the worker has ended".to_owned()) }
    }));
    if let Some(sign_on) = sign_on {
        api = api.with_sign_on(sign_on);
    }
    let server = Server::bind(api).await?;
    let (end, ended) = watch::channel(false);
    // Before anybody hears that it is there: whoever hears it may end it.
    let mut farewell = Farewell::new();
    let (here, url) = (server.here(), server.url());
    let place = if here == url { here } else { format!("{here} and is reached at {url}") };
    println!("Rollcall listens on {place}");
    welcome(&engine, &app.operator, &url).await?;
    supervisor::ready(&format!("listens on {place}"));
    tokio::spawn(supervisor::stay_alive());
    tokio::spawn(async move {
        farewell.asked().await;
        supervisor::stopping();
        eprintln!("Rollcall ends: answers under way are finished, runs go on at the next start.");
        let _ = end.send(true);
    });
    let worker = Worker::new(engine).serve(told(ended.clone()));
    let working = tokio::spawn(async move {
        let _at_work = at_work;
        let outcome = worker.await;
        if let Err(error) = &outcome {
            eprintln!("The worker has ended: {error}");
        }
        outcome
    });
    server.run(told(ended)).await;
    working.await??;
    Ok(Exit::Done)
}

/// Says that the worker works, until it is dropped: with the worker, whichever way that ends.
struct AtWork(Arc<AtomicBool>);

impl AtWork {
    fn begin() -> Self {
        Self(Arc::new(AtomicBool::new(true)))
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Relaxed);
    }
}

/// Where nobody is admin yet, shows the link by which somebody becomes it, once.
async fn welcome(engine: &Engine, operator: &Operator, url: &str) -> anyhow::Result<()> {
    match engine.setup().await? {
        Setup::Done => {}
        Setup::Needed => {
            let link = engine.make_setup_link(operator).await?;
            println!(
                "Nobody is admin yet. Open this link to become it; it is good until {} and for one person:",
                link.until
            );
            println!("{}", App::setup_link(url, link.token.expose_secret()));
        }
        Setup::LinkMade { until } => {
            println!(
                "Nobody is admin yet. A setup link was shown before and is good until {until}; `rollcall operators setup-link` makes another."
            );
        }
    }
    Ok(())
}

/// Waits for the end.
async fn told(mut ended: watch::Receiver<bool>) {
    // An error means that nobody can tell any more, and that is the end as well.
    let _ = ended.wait_for(|is_over| *is_over).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_worker_that_panics_is_not_at_work_any_more() {
        let at_work = AtWork::begin();
        let is_at_work = Arc::clone(&at_work.0);
        assert!(is_at_work.load(Ordering::Relaxed));
        let working = tokio::spawn(async move {
            let _at_work = at_work;
            panic!("a fault of the worker");
        });
        assert!(working.await.is_err());
        assert!(!is_at_work.load(Ordering::Relaxed));
    }
}
