//! The conversation with an SMTP server, step by step: one time limit and one meaning of failure for each.

use crate::clear_text::ClearText;
use crate::compose::{Addresses, compose};
use crate::{Check, Delivery, Login, MailError, Mailbox, Message, RefusedRecipient, Security, SmtpSettings};
use futures::FutureExt as _;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Noop, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailParameter};
use lettre::transport::smtp::response::Response;
use rollcall_model::plain;
use secrecy::ExposeSecret;
use std::borrow::Cow;
use std::collections::BTreeSet;
use std::error::Error as _;
use std::panic::AssertUnwindSafe;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;

/// The answer to a whole message may take this many times the time of any other.
const PATIENCE_AFTER_MESSAGE: u32 = 10;
/// Nobody waits long for the answer to a goodbye.
const PATIENCE_AT_GOODBYE: Duration = Duration::from_secs(1);
/// Words of a server are kept up to this length, in characters.
const LONGEST_ANSWER: usize = 300;

/// Which certificates are trusted, and for which name.
pub(crate) fn trust(smtp: &SmtpSettings) -> Result<TlsParameters, MailError> {
    let misconfigured = |setting, why: &str| MailError::Misconfigured { setting, why: why.to_owned() };
    let mut builder = TlsParameters::builder(smtp.host.clone());
    if let Some(pem) = &smtp.ca_pem {
        // Looked for here: a PEM file without certificates reads as an empty list, and would trust nobody.
        if !pem.windows(27).any(|w| w == b"-----BEGIN CERTIFICATE-----") {
            return Err(misconfigured(
                "ca-file",
                "holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)",
            ));
        }
        let certificate = Certificate::from_pem(pem)
            .map_err(|_| misconfigured("ca-file", "holds a certificate that cannot be read"))?;
        builder = builder.certificate_store(CertificateStore::None).add_root_certificate(certificate);
    }
    builder.build().map_err(|error| MailError::Misconfigured {
        setting: if smtp.ca_pem.is_some() { "ca-file" } else { "security" },
        why: error.to_string(),
    })
}

/// A conversation that is open, encrypted as asked, and logged in.
pub(crate) struct Conversation<'a> {
    connection: AsyncSmtpConnection,
    smtp: &'a SmtpSettings,
}

impl<'a> Conversation<'a> {
    /// Connects, greets, encrypts, logs in.
    pub(crate) async fn begin(smtp: &'a SmtpSettings) -> Result<Self, MailError> {
        let hello = smtp.hello.clone().map_or_else(ClientId::default, ClientId::Domain);
        let steps = Steps { smtp };
        let connection = match smtp.security {
            Security::Tls => {
                let address = (smtp.host.as_str(), smtp.port());
                let connecting = AsyncSmtpConnection::connect_tokio1(
                    address,
                    Some(smtp.timeout),
                    &hello,
                    Some(trust(smtp)?),
                    None,
                );
                // Connection, handshake, greeting and EHLO.
                steps.take("connecting", smtp.timeout * 3, connecting).await?
            }
            Security::StartTls => {
                let stream = ClearText::new(steps.connect().await?);
                let opening = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
                let mut connection = steps.take("greeting", smtp.timeout, opening).await?;
                if !connection.can_starttls() {
                    let _ = timeout(PATIENCE_AT_GOODBYE, connection.abort()).await;
                    return Err(MailError::NoStartTls { server: smtp.address() });
                }
                let upgrade = connection.starttls(trust(smtp)?, &hello);
                steps.take("starting encryption", smtp.timeout * 3, upgrade).await?;
                connection
            }
            Security::Plain => {
                let stream = steps.connect().await?;
                let is_near = stream.peer_addr().is_ok_and(|peer| peer.ip().is_loopback());
                if !is_near && (smtp.login.is_some() || !smtp.allow_plain) {
                    return Err(MailError::Misconfigured {
                        setting: "security",
                        why: format!(
                            "`plain` sends {} in clear text to {}, which is not this machine; use `start-tls` or `tls`",
                            if smtp.login.is_some() { "the password" } else { "names and addresses" },
                            smtp.address()
                        ),
                    });
                }
                let opening = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &hello);
                steps.take("greeting", smtp.timeout, opening).await?
            }
        };
        let mut conversation = Self { connection, smtp };
        if let Some(login) = &smtp.login {
            conversation.log_in(login).await?;
        }
        Ok(conversation)
    }
}

impl Conversation<'_> {
    /// A login is tried once, over an encrypted connection or with a server on this machine.
    async fn log_in(&mut self, login: &Login) -> Result<(), MailError> {
        let smtp = self.smtp;
        if !DEFAULT_MECHANISMS.iter().any(|m| self.connection.server_info().supports_auth_mechanism(*m)) {
            self.leave().await;
            return Err(MailError::Misconfigured {
                setting: "username",
                why: format!(
                    "mail server {} offers no login with a password (PLAIN or LOGIN) here; leave name and password out, or use another port",
                    smtp.address()
                ),
            });
        }
        let password = login.password.expose_secret();
        let credentials = Credentials::new(login.username.clone(), password.to_owned());
        let trying = self.connection.auth(DEFAULT_MECHANISMS, &credentials);
        let answer = match timeout(smtp.timeout, trying).await {
            Ok(Ok(_)) => return Ok(()),
            Ok(Err(error)) if error.is_permanent() => answer_of(&error),
            Ok(Err(error)) => return Err(hide(Steps { smtp }.fault("logging in", &error), password)),
            Err(_) => return Err(Steps { smtp }.late("logging in", smtp.timeout)),
        };
        self.leave().await;
        let refused = MailError::AuthRefused {
            server: smtp.address(),
            username: plain(&login.username).into_owned(),
            answer,
        };
        Err(hide(refused, password))
    }

    /// Sends the composed message to everybody the server accepts and who does not have it yet. `sender` stands on the envelope.
    pub(crate) async fn deliver(
        mut self,
        from: &Mailbox,
        sender: &Mailbox,
        message: &Message,
        mail: &[u8],
    ) -> Result<Delivery, MailError> {
        let smtp = self.smtp;
        let steps = Steps { smtp };
        let takes_utf8 = self.connection.server_info().supports_feature(Extension::SmtpUtfEight);
        let is_ascii = mail.is_ascii();
        for (setting, mailbox) in [("from", from), ("bounces-to", sender)] {
            if !takes_utf8 && !mailbox.address().is_ascii() {
                self.leave().await;
                return Err(MailError::Misconfigured {
                    setting,
                    why: format!(
                        "mail server {} takes no sender with other letters than ASCII: \"{mailbox}\"",
                        smtp.address()
                    ),
                });
            }
        }
        let mail = if is_ascii || takes_utf8 {
            Cow::Borrowed(mail)
        } else {
            Cow::Owned(compose(from, message, Addresses::Ascii)?)
        };
        let mail = mail.as_ref();
        let is_ascii = is_ascii && sender.address().is_ascii();
        let options = if is_ascii || !takes_utf8 { vec![] } else { vec![MailParameter::SmtpUtfEight] };
        let sender = Mail::new(Some(sender.to_address()), options);
        let naming = self.connection.command(sender);
        steps.take("naming the sender", smtp.timeout, naming).await.map_err(|e| with_size(e, mail))?;

        let (mut accepted, mut refused) = (Vec::new(), Vec::new());
        let mut seen = BTreeSet::new();
        for recipient in message.to.iter().chain(&message.cc) {
            let is_served = message.served.iter().any(|address| address == recipient.address());
            if is_served || !seen.insert(recipient.address()) {
                continue;
            }
            let address = recipient.address().to_owned();
            if !recipient.address().is_ascii() && !takes_utf8 {
                let answer = "the server takes no addresses with other letters than ASCII".to_owned();
                refused.push(RefusedRecipient { address, is_temporary: false, answer });
                continue;
            }
            let naming = self.connection.command(Rcpt::new(recipient.to_address(), vec![]));
            match timeout(smtp.timeout, naming).await {
                Ok(Ok(_)) => accepted.push(address),
                Ok(Err(error)) if error.status().is_some() => refused.push(RefusedRecipient {
                    address,
                    is_temporary: error.is_transient(),
                    answer: answer_of(&error),
                }),
                Ok(Err(error)) => return Err(steps.fault("naming a recipient", &error)),
                Err(_) => return Err(steps.late("naming a recipient", smtp.timeout)),
            }
        }
        if accepted.is_empty() {
            self.leave().await;
            return Err(MailError::NoRecipient { server: smtp.address(), refused });
        }

        let announced =
            steps.take("announcing the message", smtp.timeout, self.connection.command(Data)).await;
        if let Err(error) = announced {
            return Err(of_everybody(error, accepted, refused));
        }
        let patience = smtp.timeout * PATIENCE_AFTER_MESSAGE;
        let sending = steps.take("sending the message", patience, self.connection.message(mail));
        let receipt = match sending.await.map_err(|e| with_size(perhaps_sent(e), mail)) {
            Ok(receipt) => receipt,
            Err(error) => return Err(of_everybody(error, accepted, refused)),
        };
        self.leave().await;
        Ok(Delivery { accepted, refused, receipt: words(&receipt) })
    }

    /// Asks for nothing, and leaves.
    pub(crate) async fn check(mut self) -> Result<Check, MailError> {
        let smtp = self.smtp;
        Steps { smtp }.take("asking for nothing", smtp.timeout, self.connection.command(Noop)).await?;
        let check = Check {
            destination: smtp.address(),
            server: Some(plain(self.connection.server_info().name()).chars().take(LONGEST_ANSWER).collect()),
            is_encrypted: self.connection.is_encrypted() || smtp.security == Security::Tls,
            login: smtp.login.as_ref().map(|l| l.username.clone()),
        };
        self.leave().await;
        Ok(check)
    }

    /// Says goodbye; what the server answers does not matter any more.
    async fn leave(&mut self) {
        let _ = timeout(self.smtp.timeout.min(PATIENCE_AT_GOODBYE), self.connection.abort()).await;
    }
}

/// Steps of a conversation, each with its time limit.
struct Steps<'a> {
    smtp: &'a SmtpSettings,
}

impl Steps<'_> {
    async fn connect(&self) -> Result<TcpStream, MailError> {
        let unreachable = |why: String| MailError::Unreachable { server: self.smtp.address(), why };
        match timeout(self.smtp.timeout, TcpStream::connect((self.smtp.host.as_str(), self.smtp.port())))
            .await
        {
            Ok(Ok(stream)) => Ok(stream),
            Ok(Err(error)) => Err(unreachable(error.to_string())),
            Err(_) => Err(unreachable(format!("no answer within {} s", self.smtp.timeout.as_secs_f32()))),
        }
    }

    async fn take<T>(
        &self,
        stage: &'static str,
        limit: Duration,
        step: impl Future<Output = Result<T, SmtpError>>,
    ) -> Result<T, MailError> {
        // lettre 0.11 panics over a line of nothing but blanks in the answer to EHLO. A server must not be able to end a run.
        match timeout(limit, AssertUnwindSafe(step).catch_unwind()).await {
            Ok(Ok(result)) => result.map_err(|error| self.fault(stage, &error)),
            Ok(Err(_)) => Err(MailError::Cut {
                server: self.smtp.address(),
                stage,
                why: "gave an answer that is not understood".to_owned(),
                perhaps_sent: false,
            }),
            Err(_) => Err(self.late(stage, limit)),
        }
    }

    fn late(&self, stage: &'static str, limit: Duration) -> MailError {
        let why = format!("did not answer within {} s", limit.as_secs_f32());
        MailError::Cut { server: self.smtp.address(), stage, why, perhaps_sent: false }
    }

    /// What the failure of a step means.
    fn fault(&self, stage: &'static str, error: &SmtpError) -> MailError {
        let server = self.smtp.address();
        if error.is_transient() {
            return MailError::Temporary { server, stage, answer: answer_of(error) };
        }
        if error.is_permanent() {
            return MailError::Refused { server, stage, answer: answer_of(error) };
        }
        let causes: Vec<&(dyn std::error::Error + 'static)> =
            std::iter::successors(error.source(), |cause| (*cause).source()).collect();
        let io: Option<&std::io::Error> = causes.iter().rev().find_map(|cause| cause.downcast_ref());
        let tls = io.and_then(|e| e.get_ref()).and_then(|inner| inner.downcast_ref::<rustls::Error>());
        if let Some(tls) = tls {
            return MailError::Tls { server, why: tls.to_string() };
        }
        match io {
            Some(io) if stage == "connecting" && is_connecting(io) => {
                MailError::Unreachable { server, why: io.to_string() }
            }
            Some(io) => MailError::Cut {
                server,
                stage,
                why: format!("cut the connection ({})", io.kind()),
                perhaps_sent: false,
            },
            None if error.to_string().contains("incomplete response") => {
                MailError::Cut { server, stage, why: "closed the connection".to_owned(), perhaps_sent: false }
            }
            None => MailError::Cut {
                server,
                stage,
                why: format!("gave an answer that is not understood ({})", cut(&error.to_string())),
                perhaps_sent: false,
            },
        }
    }
}

/// Whether the connection itself did not come about; an unknown host has no kind of error of its own.
fn is_connecting(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, InvalidData, UnexpectedEof};
    !matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | InvalidData | UnexpectedEof)
}

/// A cut after the whole message went out says nothing about its fate.
fn perhaps_sent(error: MailError) -> MailError {
    match error {
        MailError::Cut { server, stage, why, .. } => {
            MailError::Cut { server, stage, why, perhaps_sent: true }
        }
        other => other,
    }
}

/// A message that is refused for good is refused for each of those whom the server would have taken it for.
fn of_everybody(error: MailError, accepted: Vec<String>, mut refused: Vec<RefusedRecipient>) -> MailError {
    let MailError::Refused { server, answer, .. } = error else { return error };
    refused.extend(accepted.into_iter().map(|address| RefusedRecipient {
        address,
        is_temporary: false,
        answer: answer.clone(),
    }));
    MailError::NoRecipient { server, refused }
}

/// 552 and 5.3.4 mean that the message is too large (RFC 1870 §6.1, RFC 3463 §3.4).
fn with_size(error: MailError, mail: &[u8]) -> MailError {
    match error {
        MailError::Refused { server, answer, .. }
            if answer.starts_with("552") || answer.contains("5.3.4") =>
        {
            MailError::TooLarge { server, bytes: mail.len(), answer }
        }
        other => other,
    }
}

/// Code and words of a refusal.
fn answer_of(error: &SmtpError) -> String {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let words = error.source().map(ToString::to_string).unwrap_or_default();
    format!("{code} {}", cut(&words)).trim().to_owned()
}

fn words(response: &Response) -> String {
    cut(&response.message().collect::<Vec<_>>().join(" "))
}

/// Words of a server in one line.
fn cut(text: &str) -> String {
    let line = text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    plain(&line).chars().take(LONGEST_ANSWER).collect()
}

/// A server that repeats the password in its answer does not get it into our errors.
fn hide(error: MailError, password: &str) -> MailError {
    let spoken = error.to_string();
    if password.is_empty() || !spoken.contains(password) {
        return error;
    }
    let answer = "its words repeat the password and are not shown".to_owned();
    match error {
        MailError::AuthRefused { server, username, .. } => {
            MailError::AuthRefused { server, username, answer }
        }
        MailError::Temporary { server, stage, .. } => MailError::Temporary { server, stage, answer },
        MailError::Cut { server, stage, perhaps_sent, .. } => {
            MailError::Cut { server, stage, why: answer, perhaps_sent }
        }
        other => other,
    }
}
