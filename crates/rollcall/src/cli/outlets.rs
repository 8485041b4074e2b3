//! `rollcall mail|template|webhook …`: shapes and help.

use clap::{Args, Subcommand};
use rollcall_engine::EventKind;
use rollcall_model::SiteName;
use rollcall_report::TemplateName;
use std::path::PathBuf;
use url::Url;

#[derive(Debug, Subcommand)]
pub(crate) enum Mail {
    /// Lists mails, newest first.
    List {
        /// Only in this state: queued, sent, bounced (refused for good for somebody), failed, discarded.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
    /// Shows a mail as it is, or was, sent.
    Show {
        /// The mail's id.
        mail: String,
        /// Prints the HTML in place of the text.
        #[arg(long)]
        html: bool,
        /// Writes the attached files into this folder.
        #[arg(long, value_name = "DIR")]
        files: Option<PathBuf>,
    },
    /// Has a mail tried again, and sends what is due.
    Retry {
        /// The mail's id.
        mail: String,
    },
    /// Gives a mail up.
    Discard {
        /// The mail's id.
        mail: String,
    },
}

#[derive(Debug, Subcommand)]
pub(crate) enum Template {
    /// Lists the templates.
    List,
    /// Prints a template as it is in use.
    Show {
        /// Which.
        template: TemplateName,
        /// The text that comes with Rollcall, in place of your own.
        #[arg(long)]
        embedded: bool,
        #[command(flatten)]
        part: Part,
    },
    /// Keeps templates of your own. One that does not render is refused, with line and column.
    Set {
        /// Which.
        template: TemplateName,
        #[command(flatten)]
        files: TemplateFiles,
    },
    /// Back to the templates that come with Rollcall.
    Reset {
        /// Which.
        template: TemplateName,
    },
    /// Prints the mail that a template makes, of a sample or of a run.
    Preview {
        /// Which.
        template: TemplateName,
        #[command(flatten)]
        files: TemplateFiles,
        /// Of this run in place of the sample.
        #[arg(long, value_name = "RUN")]
        run: Option<String>,
        /// Prints the HTML in place of subject and text.
        #[arg(long)]
        html: bool,
    },
}

/// One part of a template.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(crate) struct Part {
    /// Only the subject.
    #[arg(long)]
    pub subject: bool,
    /// Only the HTML; default: only the plain text.
    #[arg(long)]
    pub html_part: bool,
}

/// Files of the parts of a template.
#[derive(Debug, Args)]
pub(crate) struct TemplateFiles {
    /// File with the template of the subject.
    #[arg(id = "subject-file", long = "subject-file", value_name = "FILE")]
    pub subject: Option<PathBuf>,
    /// File with the template of the plain text.
    #[arg(id = "text-file", long = "text-file", value_name = "FILE")]
    pub text: Option<PathBuf>,
    /// File with the template of the HTML.
    #[arg(id = "html-file", long = "html-file", value_name = "FILE")]
    pub html: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Webhook {
    /// Lists the webhooks.
    List,
    /// Adds a webhook, which is told what happens from now on, and prints its secret.
    Add {
        /// What you call it.
        name: String,
        /// Where events are posted to.
        #[arg(long)]
        url: Url,
        #[command(flatten)]
        what: WebhookWhat,
        /// File with the secret that signs; default: Rollcall makes one.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
    },
    /// Changes a webhook.
    Set {
        /// Its name or id.
        webhook: String,
        /// Another address.
        #[arg(long)]
        url: Option<Url>,
        #[command(flatten)]
        what: WebhookWhat,
        /// Switch it on or off. What happens while it is off it is never told.
        #[arg(long, value_name = "true|false")]
        on: Option<bool>,
    },
    /// Gives a webhook a new secret, and prints it.
    Rotate {
        /// Its name or id.
        webhook: String,
        /// File with the new secret; default: Rollcall makes one.
        #[arg(long, value_name = "FILE")]
        secret_file: Option<PathBuf>,
        /// For so many hours the old secret signs as well.
        #[arg(long, value_name = "HOURS", default_value_t = 24, value_parser = clap::value_parser!(u16).range(0..=720))]
        overlap: u16,
    },
    /// Removes a webhook, with what waits for it.
    Remove {
        /// Its name or id.
        webhook: String,
    },
    /// Posts a test event and prints the answer.
    Test {
        /// Its name or id.
        webhook: String,
    },
    /// Lists what a webhook was told, newest first.
    Deliveries {
        /// Its name or id.
        webhook: String,
        /// Only in this state: queued, delivered, failed.
        #[arg(long, value_name = "STATE")]
        state: Option<String>,
        /// At most so many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// What a webhook is told.
#[derive(Debug, Args)]
pub(crate) struct WebhookWhat {
    /// Only this event; repeatable: plan-ready, approval-needed, run-finished, limit-hit, site-unreachable. Default: all.
    #[arg(long = "event", value_name = "EVENT")]
    pub events: Vec<EventKind>,
    /// Only of this site; repeatable. Default: of all.
    #[arg(long = "site", value_name = "SITE")]
    pub sites: Vec<SiteName>,
}
