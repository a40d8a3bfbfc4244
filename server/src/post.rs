//! The post: carries the mails that wait to an SMTP server, or into a folder.
//!
//! Plain text and nothing else: no picture, no tracking. An address is in no log.

use crate::config::Post;
use crate::failure::Failure;
use app::access::House;
use lettre::message::Mailbox;
use lettre::message::header::{ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Message};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};
use store::mail::Mail;

/// Carries mails.
#[derive(Clone, Debug)]
pub struct Carrier {
    way: Way,
    from: Mailbox,
}

#[derive(Clone, Debug)]
enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Folder(PathBuf),
}

/// Why a mail was not carried.
#[derive(Debug)]
enum NotCarried {
    /// It may go another time.
    Later(String),
    /// It never will.
    Never(String),
}

impl Carrier {
    /// As configured; none where no mail is to be sent.
    ///
    /// # Errors
    /// When what is configured cannot be used, or would send passwords and addresses in the clear.
    pub fn new(post: &Post) -> Result<Option<Self>, Failure> {
        let way = match (&post.smtp, &post.mail_folder) {
            (None, None) => return Ok(None),
            (Some(_), Some(_)) => {
                return Err(Failure::Input("give either --smtp or --mail-folder, not both".into()));
            }
            (Some(url), None) => Way::Smtp(smtp(url)?),
            (None, Some(folder)) => {
                private_folder(folder)?;
                Way::Folder(folder.clone())
            }
        };
        let from = post.mail_from.as_deref().ok_or_else(|| {
            Failure::Input(
                "mails need a sender: give --mail-from, such as \"Écot <ne-pas-repondre@ville.example>\""
                    .into(),
            )
        })?;
        let from = from.parse().map_err(|error| {
            Failure::Input(format!("--mail-from {from:?} is not a mail address: {error}"))
        })?;
        Ok(Some(Self { way, from }))
    }

    /// Sends every mail that is due.
    ///
    /// # Errors
    /// The database's.
    pub async fn carry_all(&self, house: &House) -> store::Result<()> {
        if !store::mail::any(&house.db).await? {
            return Ok(());
        }
        store::mail::sweep(&house.db, house.now()).await?;
        while let Some((mail, attempts)) = store::mail::take(&house.db, house.now()).await? {
            match self.carry(house, &mail).await {
                Ok(()) => store::mail::erase(&house.db, &mail.mail_id).await?,
                Err(NotCarried::Never(cause)) => {
                    tracing::error!(%cause, "a mail was refused for good");
                    store::mail::erase(&house.db, &mail.mail_id).await?;
                }
                Err(NotCarried::Later(cause)) => {
                    let again =
                        store::mail::put_back(&house.db, &mail.mail_id, attempts, house.now()).await?;
                    tracing::warn!(%cause, attempts, again, "a mail could not be sent");
                }
            }
        }
        Ok(())
    }

    async fn carry(&self, house: &House, mail: &Mail) -> Result<(), NotCarried> {
        let message = self.message(house, mail).map_err(NotCarried::Never)?;
        match &self.way {
            Way::Smtp(server) => match server.send(message).await {
                Ok(_) => Ok(()),
                // The server's own words may repeat the address, so they stay out of the log.
                Err(error) if error.is_permanent() => Err(NotCarried::Never(code(&error))),
                Err(error) => Err(NotCarried::Later(code(&error))),
            },
            Way::Folder(folder) => {
                let file = folder.join(format!("{}.eml", mail.mail_id));
                let written = tokio::fs::write(file, message.formatted()).await;
                written.map_err(|error| NotCarried::Later(error.to_string()))
            }
        }
    }

    fn message(&self, house: &House, mail: &Mail) -> Result<Message, String> {
        let recipient: Mailbox = mail.recipient.parse().map_err(|_| "not an address")?;
        let body = mail.body.replace("{secret}", &app::mail::secret(house, &mail.mail_id));
        let body = Body::new_with_encoding(body, ContentTransferEncoding::QuotedPrintable);
        let body = body.map_err(|_| "a body that cannot be written")?;
        let domain = self.from.email.domain();
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(recipient)
            .subject(&mail.subject)
            .date(SystemTime::from(house.now()))
            .message_id(Some(format!("<{}@{domain}>", mail.mail_id)))
            .header(ContentType::TEXT_PLAIN)
            .raw_header(header("Content-Language", &mail.language))
            // RFC 3834: no answer by a machine is wanted.
            .raw_header(header("Auto-Submitted", "auto-generated"));
        if let Some(url) = &mail.stop_url {
            message = message
                .raw_header(header("List-Unsubscribe", &format!("<{url}>")))
                .raw_header(header("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"));
        }
        message.body(body).map_err(|error| error.to_string())
    }
}

fn header(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

/// The SMTP status, or what kind of failure it was.
fn code(error: &lettre::transport::smtp::Error) -> String {
    match error.status() {
        Some(code) => format!("SMTP {code}"),
        None if error.is_timeout() => "no answer in time".into(),
        None if error.is_tls() => "no TLS that can be trusted".into(),
        None => "no connection".into(),
    }
}

fn smtp(url: &str) -> Result<AsyncSmtpTransport<Tokio1Executor>, Failure> {
    let encrypted =
        url.starts_with("smtps://") || (url.starts_with("smtp://") && url.ends_with("?tls=required"));
    let here = ["smtp://127.0.0.1", "smtp://localhost", "smtp://[::1]"];
    if !encrypted && !here.iter().any(|here| url.strip_prefix(here).is_some_and(ends_host)) {
        return Err(Failure::Input(
            "--smtp must be smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587?tls=required; without TLS only a \
             server on this machine is used"
                .into(),
        ));
    }
    let server = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
        .map_err(|_| Failure::Input("--smtp is not the address of a mail server".into()))?;
    Ok(server.timeout(Some(Duration::from_secs(30))).build())
}

fn ends_host(rest: &str) -> bool {
    (rest.is_empty() || rest.starts_with([':', '/', '?'])) && !rest.contains('@')
}

fn private_folder(folder: &PathBuf) -> Result<(), Failure> {
    let trouble = |error| Failure::trouble("cannot make the folder of mails", error);
    let made = !folder.exists();
    std::fs::create_dir_all(folder).map_err(trouble)?;
    #[cfg(unix)]
    if made {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).map_err(trouble)?;
    }
    Ok(())
}

/// Until the server stops: every two seconds the mails that are due, every minute the reminders.
pub async fn deliver(house: House, carrier: Carrier) {
    for turn in 0_u64.. {
        if turn % 30 == 0
            && let Err(cause) = app::mail::remind(&house).await
        {
            tracing::error!(%cause, "reminders could not be prepared");
        }
        if let Err(cause) = carrier.carry_all(&house).await {
            tracing::error!(%cause, "mails could not be read");
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(smtp: Option<&str>, folder: Option<&str>, from: Option<&str>) -> Post {
        let text = |text: &str| text.to_owned();
        Post { smtp: smtp.map(text), mail_folder: folder.map(PathBuf::from), mail_from: from.map(text) }
    }

    const FROM: Option<&str> = Some("Écot <ecot@laudry.example>");

    #[tokio::test]
    async fn mails_leave_this_machine_encrypted_or_not_at_all() {
        for url in [
            "smtps://user:secret@mail.example",
            "smtp://user:secret@mail.example:587?tls=required",
            "smtp://127.0.0.1:1025",
            "smtp://localhost",
        ] {
            assert!(Carrier::new(&post(Some(url), None, FROM)).unwrap().is_some(), "{url}");
        }
        for url in [
            "smtp://user:secret@mail.example",
            "smtp://mail.example:587?tls=opportunistic",
            "smtp://localhost.evil.example",
            "smtp://127.0.0.1@evil.example",
            "smtp://127.0.0.1:25@evil.example",
            "http://mail.example",
            "",
        ] {
            let Err(Failure::Input(words)) = Carrier::new(&post(Some(url), None, FROM)) else {
                panic!("{url}")
            };
            assert!(!words.contains("secret@mail"), "{words}");
        }
    }

    #[tokio::test]
    async fn a_sender_is_needed_and_one_way_is_enough() {
        assert!(Carrier::new(&post(None, None, None)).unwrap().is_none());
        let smtp = Some("smtp://localhost");
        assert!(Carrier::new(&post(smtp, None, None)).is_err());
        assert!(Carrier::new(&post(smtp, None, Some("nobody"))).is_err());
        assert!(Carrier::new(&post(smtp, Some("/nowhere"), FROM)).is_err());
    }
}
