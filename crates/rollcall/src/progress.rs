//! Long work shows how far it is: a bar on a terminal, plain lines elsewhere (a cron mail, a log).

use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashMap;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Between two plain lines about the same work.
const QUIET: Duration = Duration::from_secs(10);

/// Shows progress on standard error, so that standard output stays what was asked for.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    /// When each kind of work was last spoken of.
    spoken: Mutex<HashMap<String, Instant>>,
    began: Instant,
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::no_length();
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { bar, spoken: Mutex::default(), began: Instant::now() }
    }

    /// So much of it is done, of so much where that is known; `note` is shown behind.
    pub(crate) fn show(&self, what: &str, done: u64, of: Option<u64>, note: &str) {
        if let Some(bar) = &self.bar {
            match of {
                Some(of) => {
                    bar.set_style(style(
                        "{msg:>24} {wide_bar:.cyan/dim} {human_pos}/{human_len} {prefix} {eta:>4}",
                    ));
                    bar.set_length(of);
                }
                None => bar.set_style(style("{msg:>24} {spinner} {human_pos} {prefix}")),
            }
            bar.set_message(what.to_owned());
            bar.set_prefix(note.to_owned());
            bar.set_position(done);
            return;
        }
        // Work that is over within seconds needs no words.
        let mut spoken = self.spoken.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if spoken.get(what).unwrap_or(&self.began).elapsed() < QUIET {
            return;
        }
        let of = of.map(|of| format!(" of {of}")).unwrap_or_default();
        let note = if note.is_empty() { String::new() } else { format!(" ({note})") };
        eprintln!("{what}: {done}{of}{note}");
        spoken.insert(what.to_owned(), Instant::now());
    }

    /// Takes the bar away.
    pub(crate) fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}
