//! Reminders before the close: ask for one, end it.

use crate::access::Visit;
use crate::error::Error;
use crate::form::{Asked, Fields, redirect};
use crate::mail;
use crate::pages::citizen::ballot::{Booth, closed};
use crate::pages::citizen::reminder as page;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::reminder::{self, Reminder};

/// Keeps a mail address beside the citizen's roll entry until the close, or erases it.
pub async fn ask(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    if !visit.house.sends_mail {
        return Err(Error::NotFound);
    }
    let booth = Booth::enter(&visit, &town, &cycle).await?;
    if !booth.cycle.takes_ballots(visit.now) {
        return Ok(closed(&visit, &booth, &[]));
    }
    let citizen = visit.citizen_of(&booth.cycle)?;
    let here = format!("{}/reminder", booth.base());
    if !form.get("stop").is_empty() {
        reminder::stop_of_entry(visit.db(), &citizen.roll_entry_id).await?;
        return Ok(redirect(&here, &[]));
    }
    let Some(address) = mail::read_address(form.get("mail")) else {
        let mut problems = Problems::default();
        problems.add("mail", visit.text.mail_missing());
        return page::page(&visit, &booth, form.trimmed("mail"), &problems).await;
    };
    let asked = Reminder {
        reminder_id: visit.house.token(),
        roll_entry_id: citizen.roll_entry_id.clone(),
        cycle_id: citizen.cycle_id.clone(),
        mail: address,
        language: visit.text.language.tag().to_owned(),
    };
    if reminder::ask(visit.db(), &asked).await? {
        Ok(redirect(&here, &[]))
    } else {
        Ok(closed(&visit, &booth, &[]))
    }
}

/// Ends a reminder: by the button of its page, or by the reader's mail program alone (RFC 8058), which sends no cookie,
/// asks nothing and follows no redirect.
pub async fn stop(visit: Visit, Asked(asked): Asked) -> Result<Response, Error> {
    let reminder_id = asked.get("reminder");
    let stop_url = mail::stop_url(&visit.house, reminder_id);
    reminder::stop(visit.db(), reminder_id, &stop_url).await?;
    Ok(page::stopped(&visit))
}
