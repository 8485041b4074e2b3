//! Policies, plans and runs.

use clap::{Args, Subcommand};
use rollcall_model::{Action, SiteName};
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Reads a policy file and says what is wrong with it. Keeps nothing.
    Check {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
    /// Keeps the policies of a file. New ones and changed ones are off until they are enabled.
    Load {
        /// The file; `-` for standard input.
        file: PathBuf,
    },
    /// Prints policies as a file.
    Export {
        /// Which; default: all.
        policies: Vec<String>,
    },
    /// Lists the policies.
    List,
    /// Switches a policy on, in test mode unless `--live`.
    Enable {
        /// The policy.
        policy: String,
        /// Let it change accounts. Needs a finished test run of this very version.
        #[arg(long)]
        live: bool,
    },
    /// Switches a policy off.
    Disable {
        /// The policy.
        policy: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Plan {
    /// A policy, or, with `--select`, a site.
    #[arg(value_name = "POLICY|SITE")]
    pub subject: String,
    /// Who, as a criterion.
    #[arg(long, value_name = "CRITERION", requires = "action")]
    pub select: Option<String>,
    /// What, as in a policy: `disable`, `add-groups=a,b`, `change-directory=to:NAME,mode:move`; repeatable, in this order.
    #[arg(long, value_name = "ACTION", requires = "select")]
    pub action: Vec<Action>,
    /// Only on this site of the policy.
    #[arg(long, value_name = "SITE", conflicts_with = "select")]
    pub site: Option<SiteName>,
    /// Make it a plan for a test run.
    #[arg(long)]
    pub test: bool,
    /// At most so many accounts (for a selection made by hand; a policy has its own limits).
    #[arg(long, value_name = "N", requires = "select", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_accounts: Option<u32>,
    /// At most so many percent of the site's accounts (for a selection made by hand).
    #[arg(long, value_name = "PERCENT", requires = "select", value_parser = clap::value_parser!(u8).range(1..=100))]
    pub max_percent: Option<u8>,
    /// Permit accounts that were active less than 30 days ago, down to so many days (for a selection made by hand).
    #[arg(long, value_name = "DAYS", requires = "select")]
    pub minimum_idle: Option<u32>,
    /// Use the newest snapshot however old it is; default: read the site if it is older than 24 hours.
    #[arg(long)]
    pub offline: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Runs {
    /// Lists runs, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows one run with every item.
    Show {
        /// The run's id.
        run: String,
        /// Write the report as a workbook.
        #[arg(long, value_name = "FILE")]
        xlsx: Option<PathBuf>,
    },
    /// Ends a run before its next item.
    Stop {
        /// The run's id.
        run: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        why: Option<String>,
    },
    /// Goes on with a run that was stopped or whose process died.
    Resume {
        /// The run's id.
        run: String,
    },
    /// Makes a plan that restores what a run changed; apply it like any other plan.
    Undo {
        /// The run's id.
        run: String,
        /// Approve nothing, apply at once where no approval is needed.
        #[arg(long)]
        yes: bool,
        /// Apply it although there is a freeze. Noted in the audit log.
        #[arg(long, requires = "yes")]
        during_freeze: bool,
    },
}
