//! Mails: addresses as they are typed, and what the letters say.
//!
//! Sends nothing: a mail is handed to the store, and the server carries it. No mail ever names a project or an amount, and
//! none is written about a ballot.

use crate::access::House;
use crate::text::{Language, Text};
use jiff::SignedDuration;
use store::cycle::Cycle;
use store::mail::Mail;
use store::municipality::Municipality;
use store::reminder::Reminder;

/// How long a link to choose a password can be used.
pub const LINK_LASTS: SignedDuration = SignedDuration::from_hours(1);

/// A mail address in small letters, as far as one can be read without asking its server (RFC 5321 bounds its length).
/// Plain ASCII: what we send must reach people by any mail server.
#[must_use]
pub fn read_address(typed: &str) -> Option<String> {
    let address = typed.trim().to_lowercase();
    let (local, domain) = address.rsplit_once('@')?;
    let is_local = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    let is_domain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let parts = |text: &str, is: &dyn Fn(char) -> bool| {
        text.split('.').all(|part| !part.is_empty() && part.chars().all(is))
    };
    let labels =
        |domain: &str| domain.split('.').all(|label| !label.starts_with('-') && !label.ends_with('-'));
    let fits = address.len() <= 254 && local.len() <= 64;
    (fits && parts(local, &is_local) && parts(domain, &is_domain) && labels(domain) && domain.contains('.'))
        .then_some(address)
}

/// What `{secret}` stands for in the mail of this id: only the server that has the installation's key can say it.
#[must_use]
pub fn secret(house: &House, mail_id: &str) -> String {
    house.roll_key.mark(&["mail", mail_id])
}

/// The link to choose a password. It says the same whether or not there is an account.
#[must_use]
pub fn link(house: &House, t: Text, mail_id: String, recipient: String) -> Mail {
    let link = format!("{}/account/password?token={{secret}}", house.public_url);
    letter(t, mail_id, recipient, t.mail_link_subject().to_owned(), t.mail_link_body(&link))
}

/// That the password was changed.
#[must_use]
pub fn changed(house: &House, t: Text, recipient: String) -> Mail {
    let link = format!("{}/account/link", house.public_url);
    letter(t, house.token(), recipient, t.mail_changed_subject().to_owned(), t.mail_changed_body(&link))
}

/// That voting will close, and how to end such mails.
#[must_use]
pub fn reminder(house: &House, town: &Municipality, cycle: &Cycle, reminder: &Reminder) -> Mail {
    let t = Text::of(Language::parse(&reminder.language).unwrap_or(Language::Fr));
    let until = t.moment(cycle.closes_at, &town.time_zone);
    let stop = stop_url(house, &reminder.reminder_id);
    let vote = format!("{}/enter", house.public_url);
    let body = t.mail_reminder_body(&town.name, t.said(&cycle.title), &until, &vote) + &t.mail_stop(&stop);
    let subject = t.mail_reminder_subject(&town.name);
    Mail { stop_url: Some(stop), ..letter(t, house.token(), reminder.mail.clone(), subject, body) }
}

/// Where the reader of a reminder ends it.
#[must_use]
pub fn stop_url(house: &House, reminder_id: &str) -> String {
    format!("{}/stop?reminder={reminder_id}", house.public_url)
}

fn letter(t: Text, mail_id: String, recipient: String, subject: String, body: String) -> Mail {
    // A line break in a town's name would begin another header.
    let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
    Mail { mail_id, recipient, subject, body, language: t.language.tag().to_owned(), stop_url: None }
}

/// Hands the reminders that are due to the mails that wait.
///
/// # Errors
/// The database's.
pub async fn remind(house: &House) -> store::Result<()> {
    let now = house.now();
    for (town, cycle) in store::cycle::public(&house.db, now).await? {
        for due in store::reminder::due(&house.db, &cycle, now).await? {
            let mail = reminder(house, &town, &cycle, &due);
            store::reminder::send(&house.db, &cycle, &due, &mail, now).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::read_address;

    #[test]
    fn an_address_is_read_as_people_type_it() {
        for (typed, read) in [
            ("camille@laudry.example", "camille@laudry.example"),
            (" Camille.Aubert+vote@Laudry.Example ", "camille.aubert+vote@laudry.example"),
            ("o'brien@mail-3.laudry.example", "o'brien@mail-3.laudry.example"),
        ] {
            assert_eq!(read_address(typed).as_deref(), Some(read), "{typed}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let long = format!("{}@laudry.example", "a".repeat(65));
        for typed in [
            "",
            "camille",
            "@laudry.example",
            "camille@",
            "camille@laudry",
            "a b@laudry.example",
            "a@b@laudry.example",
            "a..b@laudry.example",
            ".a@laudry.example",
            "a@-laudry.example",
            "a@laudry..example",
            "a@laudry.example\r\nBcc: b",
            "a,b@laudry.example",
            "<a@laudry.example>",
            "été@laudry.example",
            long.as_str(),
        ] {
            assert_eq!(read_address(typed), None, "{typed:?}");
        }
    }
}
