//! Secrets come from a file, the environment or a prompt; never from an argument, where every user of the machine could read them (I12).

use crate::cli::CredentialArgs;
use anyhow::{Context, bail};
use rollcall_engine::Credentials;
use secrecy::SecretString;
use std::fs;
use std::io::IsTerminal;
use std::path::Path;

/// A secret from a file; the message never holds its content.
pub(crate) fn read_secret(file: &Path) -> anyhow::Result<String> {
    let text = fs::read_to_string(file)
        .with_context(|| format!("the secret in {} cannot be read", file.display()))?;
    if text.trim().is_empty() {
        bail!("{} is empty; it should hold a secret", file.display());
    }
    Ok(text)
}

/// Credentials that were given or asked for; `None` where nothing was given and nothing may be asked.
pub(crate) fn credentials(args: &CredentialArgs, may_ask: bool) -> anyhow::Result<Option<Credentials>> {
    let line = |text: String| SecretString::from(text.trim_end_matches(['\r', '\n']).to_owned());
    if let Some(file) = &args.token_file {
        return Ok(Some(Credentials::Token(SecretString::from(read_secret(file)?.trim().to_owned()))));
    }
    let environment = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    if let Some(username) = &args.username {
        let password = match (&args.password_file, environment("ROLLCALL_PASSWORD")) {
            (Some(file), _) => line(read_secret(file)?),
            (None, Some(password)) => SecretString::from(password),
            (None, None) => ask(&format!("Password of {username}: "))?,
        };
        return Ok(Some(Credentials::Basic { username: username.clone(), password }));
    }
    if let Some(token) = environment("ROLLCALL_TOKEN") {
        return Ok(Some(Credentials::Token(SecretString::from(token))));
    }
    if let (Some(username), Some(password)) =
        (environment("ROLLCALL_USERNAME"), environment("ROLLCALL_PASSWORD"))
    {
        return Ok(Some(Credentials::Basic { username, password: SecretString::from(password) }));
    }
    if may_ask {
        ask("Personal access token: ").map(|token| Some(Credentials::Token(token)))
    } else {
        Ok(None)
    }
}

/// A new password: from a file, or asked for twice.
pub(crate) fn new_password(file: Option<&Path>, name: &str) -> anyhow::Result<SecretString> {
    if let Some(file) = file {
        let text = if file.as_os_str() == "-" {
            std::io::read_to_string(std::io::stdin()).context("standard input cannot be read as text")?
        } else {
            read_secret(file)?
        };
        return Ok(text.trim_end_matches(['\r', '\n']).to_owned().into());
    }
    if !std::io::stdin().is_terminal() {
        bail!("no password: give --password-file FILE (`-` for standard input)");
    }
    let prompt =
        |question: String| rpassword::prompt_password(question).context("the terminal could not be read");
    let first = prompt(format!("New password of {}: ", rollcall_model::plain(name)))?;
    if prompt("Once more: ".to_owned())? != first {
        bail!("the two are not the same; nothing was changed");
    }
    Ok(first.into())
}

fn ask(question: &str) -> anyhow::Result<SecretString> {
    if !std::io::stdin().is_terminal() {
        bail!(
            "no credentials: give --token-file FILE, or --username NAME with --password-file FILE, or set ROLLCALL_TOKEN"
        );
    }
    let secret = rpassword::prompt_password(question).context("the terminal could not be read")?;
    if secret.trim().is_empty() {
        bail!("nothing was entered");
    }
    Ok(SecretString::from(secret.trim().to_owned()))
}
