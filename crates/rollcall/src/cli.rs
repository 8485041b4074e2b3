//! The command line, as product.md §7 names it. Only shapes and help here; what is done is in `commands`.

mod knowledge;
mod operators;
mod outlets;
mod service;
mod site;
mod upkeep;
mod work;

pub(crate) use knowledge::{Exempt, List, Who};
pub(crate) use operators::{Operators, Tokens};
pub(crate) use outlets::{Mail, Template, TemplateFiles, Webhook};
pub(crate) use service::{Freeze, FreezeAdd, Jobs, Schedule};
pub(crate) use site::{CredentialArgs, Site, SiteAdd, SiteSet, ToldArgs};
pub(crate) use upkeep::{Key, Restore, Retention, RetentionSet, Years};
pub(crate) use work::{Plan, Policy, Runs};

use crate::logging::{LogFormat, Logging};
use clap::{Args, Parser, Subcommand, ValueEnum};
use rollcall_model::{Product, SiteName};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Finds the people who no longer use Confluence, and lets you act on them: planned, limited, audited, undoable.
#[derive(Debug, Parser)]
#[command(
    name = "rollcall",
    version,
    arg_required_else_help = true,
    after_help = "Exit codes: 0 done · 1 failed · 2 wrong usage or invalid policy · 3 done with some items refused or failed · \
                  4 stopped by a limit or awaiting approval"
)]
pub(crate) struct Cli {
    /// Folder of the database, the key and the settings (rollcall.yaml). Default: `$ROLLCALL_DATA`, else ~/.local/share/rollcall.
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// How listings and results are printed.
    #[arg(long, global = true, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Who is asking, for the audit log and for approvals. Default: `$ROLLCALL_OPERATOR`, else the user of this shell.
    #[arg(long, global = true, value_name = "NAME")]
    pub operator: Option<String>,
    /// More of what is going on, on standard error; twice for still more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// How what is going on is written to standard error. Default: text; `serve` writes JSON where standard error is no terminal.
    #[arg(long, global = true, value_enum, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,
    #[command(subcommand)]
    pub command: Command,
}

impl Cli {
    /// What is logged, and how.
    pub(crate) fn logging(&self) -> Logging {
        Logging {
            verbose: self.verbose,
            format: self.log_format,
            is_service: matches!(self.command, Command::Serve { .. }),
        }
    }

    /// The command line, with what the environment says where it is silent. Not by clap's own `env`: to it a variable that is set
    /// is an argument that was given, and `rollcall` alone would no longer print its help.
    pub(crate) fn read() -> Self {
        let mut cli = Self::parse();
        let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty());
        cli.data = cli.data.or_else(|| variable("ROLLCALL_DATA").map(PathBuf::from));
        let operator = || variable("ROLLCALL_OPERATOR").map(|name| name.to_string_lossy().into_owned());
        cli.operator = cli.operator.or_else(operator);
        cli
    }
}

/// How something is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For reading on a terminal.
    Table,
    /// Stable and documented, for programs.
    Json,
    /// For spreadsheets; leading = + - @ are escaped.
    Csv,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The whole story on a simulated site: sync, test run, live run, undo, audit, service. Touches nothing outside this machine.
    Demo {
        /// People at the simulated site.
        #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
        accounts: u32,
        /// The simulated people are made from this number.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Ends after the story, without the service.
        #[arg(long)]
        no_serve: bool,
    },
    /// The service: the API, and the worker that does what is due. Ends at SIGTERM or Ctrl-C, without losing anything.
    Serve {
        /// Address and port; default: `server.listen` in rollcall.yaml, else 127.0.0.1:8474.
        #[arg(long, value_name = "ADDRESS:PORT")]
        listen: Option<SocketAddr>,
    },
    /// A simulated site alone, for trying policies.
    Simulate(Simulate),
    /// Connections to sites.
    #[command(subcommand, arg_required_else_help = true)]
    Site(Site),
    /// Reads a site into a new snapshot.
    Sync {
        /// The site.
        site: SiteName,
    },
    /// Lists accounts of the newest snapshot, all or those that a criterion selects.
    Accounts(Accounts),
    /// Policies: what is to be done, to whom, when.
    #[command(subcommand, arg_required_else_help = true)]
    Policy(Policy),
    /// Makes and prints a plan. Changes nothing.
    Plan(Plan),
    /// Approves a plan that awaits approval.
    Approve {
        /// The plan's id.
        plan: String,
        /// Why, for the audit log.
        #[arg(long, value_name = "TEXT")]
        comment: Option<String>,
    },
    /// Does exactly what a plan says.
    Apply {
        /// The plan's id.
        plan: String,
        /// Without asking.
        #[arg(long)]
        yes: bool,
        /// Although there is a freeze: only for the undo of a run. Noted in the audit log.
        #[arg(long)]
        during_freeze: bool,
    },
    /// Plans and applies a policy in the mode it is switched to.
    Run {
        /// The policy's name.
        policy: String,
        /// Only on this site; default: on every site of the policy.
        #[arg(long, value_name = "SITE")]
        site: Option<SiteName>,
    },
    /// Runs: what happened, stop, resume, undo.
    #[command(subcommand, arg_required_else_help = true)]
    Runs(Runs),
    /// When policies run by themselves, where `rollcall serve` runs.
    #[command(subcommand, arg_required_else_help = true)]
    Schedule(Schedule),
    /// Times in which nothing is changed.
    #[command(subcommand, arg_required_else_help = true)]
    Freeze(Freeze),
    /// Jobs: what was asked for and is done by `rollcall serve`.
    #[command(subcommand, arg_required_else_help = true)]
    Jobs(Jobs),
    /// The audit log.
    #[command(subcommand, arg_required_else_help = true)]
    Audit(Audit),
    /// Accounts and groups that nothing may touch.
    #[command(subcommand, arg_required_else_help = true)]
    Exempt(Exempt),
    /// Lists of names or addresses, for the criterion field `list`.
    #[command(subcommand, arg_required_else_help = true)]
    List(List),
    /// Writes everything but the sealing key into one file, from which either database can be restored. Nothing else waits for it.
    Backup {
        /// The new file.
        file: PathBuf,
    },
    /// Restores a backup into an empty installation, whole or not at all.
    Restore(Restore),
    /// The key that secrets in the database are sealed with.
    #[command(subcommand, arg_required_else_help = true)]
    Key(Key),
    /// How long what is kept, and dropping the rest.
    #[command(subcommand, arg_required_else_help = true)]
    Retention(Retention),
    /// Operators: who may sign in to the server, and as what.
    #[command(subcommand, arg_required_else_help = true)]
    Operators(Operators),
    /// API tokens, with which programs sign in to the server.
    #[command(subcommand, arg_required_else_help = true)]
    Tokens(Tokens),
    /// Mails: what waits, what was refused, what they say.
    #[command(subcommand, arg_required_else_help = true)]
    Mail(Mail),
    /// Templates of mails.
    #[command(subcommand, arg_required_else_help = true)]
    Template(Template),
    /// Webhooks: other programs that are told what happens.
    #[command(subcommand, arg_required_else_help = true)]
    Webhook(Webhook),
    /// Examines the installation: database, key, mail, each site, clock; each finding with its remedy.
    Doctor,
    /// Writes the generated documents again.
    #[command(hide = true)]
    Docs {
        /// The repository's folder of documents.
        #[arg(default_value = "docs")]
        folder: PathBuf,
    },
}

#[derive(Debug, Args)]
pub(crate) struct Simulate {
    /// The product that is simulated.
    #[arg(long, default_value = "confluence-dc")]
    pub kind: Product,
    /// Its version, 8.2 to 10.2.
    #[arg(long, default_value = "9.3.1", value_name = "VERSION")]
    pub version: String,
    /// How many people.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    pub accounts: u32,
    /// They are made from this number; the same number, the same people.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Port of the site; default: a free one.
    #[arg(long)]
    pub port: Option<u16>,
    /// Port of the controls (journal, state, faults, reset); default: a free one.
    #[arg(long)]
    pub control_port: Option<u16>,
    /// Start from the rows of a real installation instead of made-up people.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["accounts", "seed"])]
    pub from: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct Accounts {
    /// The site.
    pub site: SiteName,
    /// Who is listed, as in `status = enabled AND idle >= 90d`; default: all.
    pub criterion: Option<String>,
    /// Explains for one account, clause by clause, why it is or is not selected.
    #[arg(long, value_name = "NAME")]
    pub explain: Option<String>,
    /// Fields to show, separated by commas; `--fields help` lists them.
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub fields: Vec<String>,
    /// At most so many; default: all of them.
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// Only how many there are.
    #[arg(long)]
    pub count: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Lists entries, newest first.
    List {
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Only entries about this site, account, policy, plan or run.
        #[arg(long, value_name = "ID")]
        about: Option<String>,
        /// Only kinds that begin like this, as in `run.` or `plan.approved`.
        #[arg(long, value_name = "PREFIX")]
        kind: Option<String>,
    },
    /// Verifies the chain from its first entry; names the first bad one.
    Verify {
        /// An exported file instead of the database.
        #[arg(long, value_name = "FILE")]
        file: Option<PathBuf>,
        /// The head hash that you hold from a report mail: it must be part of the chain.
        #[arg(long, value_name = "HASH")]
        head: Option<String>,
    },
    /// Writes all entries as JSON Lines.
    Export {
        /// Where to; default: standard output.
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}
