//! `rollcall operators …` and `rollcall tokens …`: shapes and help.

use clap::{Args, Subcommand};
use rollcall_model::Role;
use std::path::PathBuf;

#[derive(Debug, Subcommand)]
pub(crate) enum Operators {
    /// Lists the operators.
    List,
    /// Adds an operator who signs in with a password.
    Add(OperatorAdd),
    /// Gives an operator another role. Their sessions end.
    Role {
        /// The operator.
        name: String,
        /// viewer, operator, approver or admin.
        role: Role,
    },
    /// Lets an operator no longer sign in. Their sessions end, their tokens are good no more.
    Deactivate {
        /// The operator.
        name: String,
    },
    /// Lets an operator sign in again.
    Activate {
        /// The operator.
        name: String,
    },
    /// Removes an operator with their sessions and tokens. The audit log keeps what they did.
    Remove {
        /// The operator.
        name: String,
        /// Without asking.
        #[arg(long)]
        yes: bool,
    },
    /// Sets the password of an operator. Their sessions end.
    Password {
        /// The operator.
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Prints a new link by which the first admin is made. Good for 24 hours, once.
    SetupLink,
    /// Lists the sessions of an operator, or ends them.
    Sessions {
        /// The operator.
        name: String,
        /// End all of them.
        #[arg(long)]
        end: bool,
    },
}

#[derive(Debug, Args)]
pub(crate) struct OperatorAdd {
    /// What they sign in with: letters, digits and . - _ @ +
    pub name: String,
    /// viewer, operator, approver or admin.
    #[arg(long)]
    pub role: Role,
    /// What they are called.
    #[arg(long, value_name = "TEXT")]
    pub display_name: Option<String>,
    /// Where mail reaches them.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    #[command(flatten)]
    pub password: PasswordArgs,
}

/// A password; without this it is asked for.
#[derive(Debug, Args)]
pub(crate) struct PasswordArgs {
    /// File that holds the password; `-` for standard input.
    #[arg(long, value_name = "FILE")]
    pub password_file: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Tokens {
    /// Lists the tokens.
    List {
        /// Only those of this operator.
        #[arg(long, value_name = "NAME")]
        owner: Option<String>,
    },
    /// Makes a token for a program, and prints it, once.
    Create(TokenCreate),
    /// Takes a token back, for good.
    Revoke {
        /// The token's id.
        token: String,
    },
}

#[derive(Debug, Args)]
pub(crate) struct TokenCreate {
    /// What it is for.
    pub name: String,
    /// The operator whose it is: to approvals and in the audit log the program is this person.
    #[arg(long, value_name = "NAME")]
    pub owner: String,
    /// What it may do; default: as much as its owner. Never more than its owner.
    #[arg(long)]
    pub role: Option<Role>,
    /// For how many days it is good.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub days: u16,
}
