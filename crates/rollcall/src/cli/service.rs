//! `rollcall schedule …`, `freeze …`, `jobs …`: what happens by itself, and what must not.

use clap::{Args, Subcommand};
use rollcall_model::SiteName;

#[derive(Debug, Subcommand)]
pub(crate) enum Schedule {
    /// Lists the schedules of the policies.
    List,
    /// Shows when a policy runs next.
    Next {
        /// The policy.
        policy: String,
        /// So many occurrences.
        #[arg(long, default_value_t = 10, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1000))]
        count: u16,
    },
    /// Pauses a policy: its occurrences are passed over, and its events wait. By hand it can still be run.
    Pause {
        /// The policy.
        policy: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Lets a paused policy go on with its next occurrence and the events that waited. Occurrences that were passed over are not made up for.
    Resume {
        /// The policy.
        policy: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Freeze {
    /// Sets a time in which no live run begins or goes on.
    Add(FreezeAdd),
    /// Lists the freezes.
    List,
    /// Removes a freeze; what waits for its end goes on at once.
    Remove {
        /// Its name.
        name: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct FreezeAdd {
    /// What you call it, as in `year-end`.
    pub name: String,
    /// First day, as in 2026-12-20.
    #[arg(long, value_name = "DATE")]
    pub from: jiff::civil::Date,
    /// Last day, that day included.
    #[arg(long, value_name = "DATE")]
    pub until: jiff::civil::Date,
    /// Time zone of the days, as in Pacific/Auckland.
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub timezone: String,
    /// Again every year.
    #[arg(long)]
    pub yearly: bool,
    /// Only at this site; repeatable. Default: at every site.
    #[arg(long, value_name = "SITE")]
    pub site: Vec<SiteName>,
    /// Why; it is shown to whoever is held up.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Jobs {
    /// Lists jobs, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50, value_name = "N")]
        limit: u32,
        /// Only those that wait or run.
        #[arg(long)]
        open: bool,
        /// Only of this policy.
        #[arg(long, value_name = "POLICY")]
        policy: Option<String>,
        /// Only at this site.
        #[arg(long, value_name = "SITE")]
        site: Option<SiteName>,
    },
    /// Shows one job.
    Show {
        /// The job's id.
        job: String,
    },
    /// Ends a job that waits; one that runs stops before its next item.
    Cancel {
        /// The job's id.
        job: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
}
