//! The running site without its sockets: everything a request needs, shared by all connections.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::call::Conditions;
use crate::clock::Clock;
use crate::faults::{Faults, RuleBook};
use crate::journal::Journal;
use crate::limits::Buckets;
use crate::options::{Options, SimulatorError};
use crate::population::Population;
use crate::rows::Installation;
use crate::state::State;
use crate::switches::Switches;
use crate::version::SimulatedVersion;

/// Where the state came from, so that it can be made again.
pub(crate) enum Origin {
    Generated(Population),
    Rows(Box<Installation>),
}

pub(crate) struct Core {
    pub(crate) options: Options,
    pub(crate) version: SimulatedVersion,
    /// What the site believes to be its address, context path included.
    pub(crate) base_url: String,
    /// Name of the administrator whose credentials are told.
    pub(crate) administrator: String,
    pub(crate) password: String,
    pub(crate) token: String,
    pub(crate) journal: Journal,
    pub(crate) buckets: Buckets,
    pub(crate) clock: Clock,
    state: Mutex<State>,
    conditions: watch::Sender<Arc<Conditions>>,
    origin: Origin,
    jitters: AtomicU64,
}

impl Core {
    pub(crate) fn new(options: Options, origin: Origin, base_url: String) -> Result<Self, SimulatorError> {
        let version = options.version.parse()?;
        let conditions = Arc::new(conditions(options.faults.clone(), &options.switches)?);
        let password = options.password.clone().unwrap_or_else(|| format!("admin-{}", options.seed));
        let administrator = match &origin {
            Origin::Generated(_) => "admin".to_owned(),
            Origin::Rows(installation) => installation.administrator.clone(),
        };
        let token = secret_of(options.seed);
        let core = Self {
            version,
            base_url,
            administrator,
            password,
            token,
            journal: Journal::new(options.journal_capacity),
            buckets: Buckets::default(),
            clock: Clock::starting_at(options.now),
            state: Mutex::new(State::default()),
            conditions: watch::Sender::new(conditions),
            origin,
            jitters: AtomicU64::new(0),
            options,
        };
        core.populate();
        Ok(core)
    }

    fn populate(&self) {
        let mut state = match &self.origin {
            Origin::Generated(population) => population.generate(),
            Origin::Rows(installation) => installation.state(),
        };
        if let Some(admin) = state.account_id(&self.administrator) {
            state.credentials.set.insert(admin, self.password.clone());
            let created = self.options.now.as_millisecond();
            state.credentials.add_token(&self.token, "rollcall", admin, created, None);
        }
        *self.state() = state;
        self.lock_captchas();
    }

    /// Back to the beginning: population, faults, journal, clock and token buckets.
    pub(crate) fn reset(&self) {
        // The options were accepted when the site started, so were their faults.
        if let Ok(first) = conditions(self.options.faults.clone(), &self.options.switches) {
            self.put_conditions(first);
        }
        self.clock.set(self.options.now);
        self.buckets.clear();
        self.populate();
        self.journal.clear();
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn conditions(&self) -> Arc<Conditions> {
        Arc::clone(&self.conditions.borrow())
    }

    /// The conditions, and word of each change of them.
    pub(crate) fn changing_conditions(&self) -> watch::Receiver<Arc<Conditions>> {
        self.conditions.subscribe()
    }

    fn put_conditions(&self, conditions: Conditions) {
        self.conditions.send_replace(Arc::new(conditions));
    }

    /// Replaces all faults; counters of rules and token buckets begin again.
    pub(crate) fn set_faults(&self, faults: Faults) -> Result<(), SimulatorError> {
        let before = self.conditions();
        let conditions = conditions(faults, &self.options.switches)?;
        if conditions.faults.rate_limit != before.faults.rate_limit {
            self.buckets.clear();
        }
        // Who was locked by a fault is free again when the fault is gone.
        {
            let mut state = self.state();
            for name in &before.faults.captcha {
                if let Some(id) = state.account_id(name) {
                    state.credentials.unlock(id);
                }
            }
        }
        self.put_conditions(conditions);
        self.lock_captchas();
        Ok(())
    }

    fn lock_captchas(&self) {
        let conditions = self.conditions();
        let mut state = self.state();
        for name in &conditions.faults.captcha {
            if let Some(id) = state.account_id(name) {
                state.credentials.locked.insert(id);
            }
        }
    }

    /// Milliseconds by which the next answer is late.
    pub(crate) fn lateness(&self, faults: &Faults) -> u64 {
        if faults.jitter_ms == 0 {
            return faults.latency_ms;
        }
        let number = self.jitters.fetch_add(1, Ordering::Relaxed);
        let spread = (number as f64 * 0.618_033_988_749_895).fract();
        faults.latency_ms + (spread * faults.jitter_ms as f64) as u64
    }
}

fn conditions(faults: Faults, own: &Switches) -> Result<Conditions, SimulatorError> {
    let switches = faults.switches.clone().unwrap_or_else(|| own.clone());
    let zone = TimeZone::get(&switches.time_zone)
        .map_err(|_| SimulatorError::TimeZone { zone: switches.time_zone.clone() })?;
    let rules = RuleBook::new(&faults.rules);
    Ok(Conditions { faults, switches, rules, zone })
}

/// A token that looks like one: 44 characters of base64.
fn secret_of(seed: u64) -> String {
    use base64::Engine;
    let mut bytes = [0_u8; 33];
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    for byte in &mut bytes {
        mixed = mixed.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f);
        *byte = (mixed >> 56) as u8;
    }
    base64::engine::general_purpose::STANDARD.encode(bytes).replace(['+', '/'], "x")
}
