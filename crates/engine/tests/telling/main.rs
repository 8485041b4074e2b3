//! Telling the world: mails by a real SMTP server that is down and comes up, webhooks, syslog and files, on both databases.

mod mail;
mod outlets;
mod receivers;
mod stage;
mod templates;
mod webhooks;
