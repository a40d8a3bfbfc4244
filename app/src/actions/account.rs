//! Accounts: make one, sign in and out, choose the password, attach codes, take one's data or erase it.
//!
//! An account is made, and a forgotten password chosen anew, in the same way: by a link that is mailed to the address.
//! Until that mail is read nothing that is done or said depends on whether there is an account.

use crate::access::{Door, Visit, Whose};
use crate::actions::enter::{NotSignedIn, check_password, end_as_citizen, new_hash, read_code};
use crate::error::Error;
use crate::form::{Fields, forgetting_drafts, redirect, slowed};
use crate::mail;
use crate::pages::citizen::euros::open_one as open_receipt;
use crate::pages::citizen::{account as page, password as password_page};
use crate::views::field::Problems;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use store::account::{self, Account, Choice};
use store::cycle::Cycle;
use store::municipality::Municipality;

/// The shortest password of a citizen.
pub const SHORTEST_PASSWORD: usize = 10;
/// The longest: more is not hashed.
const LONGEST_PASSWORD: usize = 200;
/// How long a notice waits for a mail server before it is of no use.
const NOTICE_LASTS: jiff::SignedDuration = jiff::SignedDuration::from_hours(48);

/// Mails a link with which its reader chooses a password.
pub async fn send_link(visit: Visit, form: Fields) -> Result<Response, Error> {
    if !visit.house.sends_mail {
        return Err(Error::NotFound);
    }
    let mut problems = Problems::default();
    let Some(recipient) = mail::read_address(form.get("mail")) else {
        problems.add("mail", visit.text.mail_missing());
        return Ok(password_page::ask(&visit, form.trimmed("mail"), &problems));
    };
    // Whoever has mails sent to many is slowed like whoever guesses.
    if let Err(seconds) = visit.house.throttles.mails.try_once(visit.network, visit.now) {
        problems.add("mail", visit.text.too_many_tries(seconds.into()));
        return Ok(slowed(password_page::ask(&visit, form.trimmed("mail"), &problems), seconds));
    }
    let mail_id = visit.house.token();
    let token = mail::secret(&visit.house, &mail_id);
    let letter = mail::link(&visit.house, visit.text, mail_id, recipient);
    account::ask_link(visit.db(), &token, &letter, visit.now, visit.now + mail::LINK_LASTS).await?;
    Ok(redirect("/account/link/sent", &[]))
}

/// Chooses the password with a link: makes the account if there is none, and signs in.
pub async fn choose_password(visit: Visit, form: Fields) -> Result<Response, Error> {
    let token = form.get("token");
    let Some((mail, _)) = account::link(visit.db(), token, visit.now).await? else {
        return Ok(password_page::dead_link(&visit));
    };
    let mut problems = Problems::default();
    check_new(&visit, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(password_page::choose(&visit, token, &mail, &problems));
    }
    let password_hash = new_hash(&visit, form.get("password")).await?;
    let account_id = visit.house.token();
    let language = visit.text.language.tag();
    let choice = Choice { account_id: &account_id, password_hash: &password_hash, language };
    let Some(account) = account::use_link(visit.db(), token, &choice, visit.now).await? else {
        return Ok(password_page::dead_link(&visit));
    };
    let cookie = visit.start(Door::Account, Whose::Account(&account)).await?;
    Ok(redirect("/account?saved", &[cookie]))
}

fn check_new(visit: &Visit, form: &Fields, problems: &mut Problems) {
    let t = visit.text;
    let length = form.get("password").chars().count();
    if length < SHORTEST_PASSWORD {
        problems.add("password", t.password_short(&t.number(SHORTEST_PASSWORD as u64)));
    } else if length > LONGEST_PASSWORD {
        problems.add("password", t.too_long(&t.number(LONGEST_PASSWORD as u64)));
    }
}

/// Signs in to an account.
pub async fn sign_in(visit: Visit, form: Fields) -> Result<Response, Error> {
    let typed = form.trimmed("mail");
    let found = account::by_mail(visit.db(), &typed.to_lowercase()).await?;
    let mut problems = Problems::default();
    match check_password(&visit, (typed, form.get("password")), found).await? {
        Ok(account) => {
            account::set_language(visit.db(), &account, visit.text.language.tag()).await?;
            let cookie = visit.start(Door::Account, Whose::Account(&account)).await?;
            Ok(redirect("/account", &[cookie]))
        }
        Err(NotSignedIn::Refused) => {
            problems.add("mail", visit.text.sign_in_refused());
            Ok(page::enter(&visit, typed, &problems))
        }
        Err(NotSignedIn::Wait(seconds)) => {
            problems.add("mail", visit.text.too_many_tries(seconds.into()));
            Ok(slowed(page::enter(&visit, typed, &problems), seconds))
        }
    }
}

/// Signs out: here, or everywhere.
pub async fn sign_out(visit: Visit, form: Fields) -> Result<Response, Error> {
    if let (Some(account), "yes") = (&visit.account, form.get("everywhere")) {
        account::end_all(visit.db(), account).await?;
    }
    Ok(forgetting_drafts(redirect("/account/enter", &end_as_citizen(&visit).await?)))
}

/// Changes the password; whoever else was signed in is signed out, and the address is told.
pub async fn change_password(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    let mut problems = Problems::default();
    check_new(&visit, &form, &mut problems);
    if !problems.is_empty() {
        return Ok(password_page::change_with(&visit, &problems));
    }
    if let Err(refused) = check_own(&visit, account, form.get("current")).await? {
        return Ok(own_refused(&visit, refused, |problems| password_page::change_with(&visit, problems)));
    }
    let hash = new_hash(&visit, form.get("password")).await?;
    account::set_password(visit.db(), account, &hash).await?;
    if visit.house.sends_mail {
        let notice = mail::changed(&visit.house, visit.text, account.mail.clone());
        store::mail::add(visit.db(), &notice, visit.now, visit.now + NOTICE_LASTS).await?;
    }
    let cookie = visit.start(Door::Account, Whose::Account(account)).await?;
    Ok(redirect("/account?saved", &[cookie]))
}

async fn check_own(
    visit: &Visit,
    account: &Account,
    password: &str,
) -> Result<Result<Account, NotSignedIn>, Error> {
    let found = account::by_mail(visit.db(), &account.mail).await?;
    check_password(visit, (&account.mail, password), found).await
}

/// The page again, because the present password was not given right.
fn own_refused(visit: &Visit, refused: NotSignedIn, page: impl FnOnce(&Problems) -> Response) -> Response {
    let mut problems = Problems::default();
    match refused {
        NotSignedIn::Refused => {
            problems.add("current", visit.text.password_wrong());
            page(&problems)
        }
        NotSignedIn::Wait(seconds) => {
            problems.add("current", visit.text.too_many_tries(seconds.into()));
            slowed(page(&problems), seconds)
        }
    }
}

/// Attaches the roll entry of a code, so that the account can be used instead of it.
pub async fn attach(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    let typed = form.trimmed("code");
    match read_code(&visit, typed).await? {
        Ok((_, cycle, roll_entry_id)) => {
            account::attach(visit.db(), account, &cycle.cycle_id, &roll_entry_id).await?;
            Ok(redirect("/account", &[]))
        }
        Err(refused) => {
            let mut problems = Problems::default();
            problems.add("code", refused.words(&visit));
            Ok(refused.answer(page::page(&visit, account, typed, &problems).await?))
        }
    }
}

/// Detaches the roll entry of a cycle.
pub async fn detach(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    let (_, cycle) = cycle_of(&visit, &form).await?;
    account::detach(visit.db(), account, &cycle.cycle_id).await?;
    Ok(redirect("/account", &[]))
}

/// Goes to the ballot of a cycle without its code: the same session as the code would open.
pub async fn vote(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    let (town, cycle) = cycle_of(&visit, &form).await?;
    let entries = account::entries(visit.db(), account).await?;
    let entry = entries.get(&cycle.cycle_id).ok_or(Error::EnterCode)?;
    let ballot = format!("/{}/{}/ballot", town.slug, cycle.slug);
    if !cycle.takes_ballots(visit.now) {
        return Ok(redirect(&ballot, &[]));
    }
    let whose = Whose::Citizen { roll_entry_id: &entry.roll_entry_id, cycle: &cycle };
    let cookie = visit.start(Door::Citizen, whose).await?;
    Ok(redirect(&ballot, &[cookie]))
}

/// The cycle that a form is about, as `TOWN/CYCLE`.
async fn cycle_of(visit: &Visit, form: &Fields) -> Result<(Municipality, Cycle), Error> {
    let (town, cycle) = form.get("cycle").split_once('/').ok_or(Error::BadRequest)?;
    visit.cycle(town, cycle).await
}

/// Everything that is stored about the account, as a file.
pub async fn export(visit: Visit) -> Result<Response, Error> {
    let account = visit.account()?;
    let receipts = kept_receipts(&visit, account).await?.into_iter().map(|(_, code)| code).collect();
    let everything = account::export(visit.db(), account, receipts).await?;
    let json = serde_json::to_string_pretty(&everything).map_err(|_| Error::Broken)?;
    let mut answer = json.into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let name = HeaderValue::from_static("attachment; filename=\"ecot.json\"");
    headers.insert(header::CONTENT_DISPOSITION, name);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-store"));
    Ok(answer)
}

/// The receipts that an account keeps, opened, with the ids of their cycles. One that another key sealed is left out.
///
/// # Errors
/// The database's.
pub async fn kept_receipts(visit: &Visit, account: &Account) -> Result<Vec<(String, String)>, Error> {
    let sealed = account::receipts(visit.db(), account).await?;
    let open = |(cycle_id, sealed): (String, String)| {
        let code = visit.house.roll_key.open(&about(account, &cycle_id), &sealed)?;
        Some((cycle_id, code))
    };
    Ok(sealed.into_iter().filter_map(open).collect())
}

/// What a receipt is sealed as.
fn about<'a>(account: &'a Account, cycle_id: &'a str) -> [&'a str; 3] {
    ["receipt", &account.account_id, cycle_id]
}

/// Keeps a receipt with the account, at its holder's word.
pub async fn keep_receipt(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    let opened = open_receipt(&visit, form.trimmed("receipt")).await?.map_err(|_| Error::BadRequest)?;
    if opened.code.is_empty() {
        return Err(Error::BadRequest);
    }
    let cycle_id = &opened.cycle.cycle_id;
    let sealed = visit.house.roll_key.seal(&about(account, cycle_id), &opened.code, visit.house.bytes());
    account::keep_receipt(visit.db(), account, cycle_id, &sealed).await?;
    Ok(redirect("/account?kept#receipts", &[]))
}

/// Takes a receipt out of the account, whether it can still be opened or not.
pub async fn drop_receipt(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    account::drop_receipt(visit.db(), account, form.get("cycle")).await?;
    Ok(redirect("/account?dropped#receipts", &[]))
}

/// Erases the account.
pub async fn delete(visit: Visit, form: Fields) -> Result<Response, Error> {
    let account = visit.account()?;
    if let Err(refused) = check_own(&visit, account, form.get("current")).await? {
        return Ok(own_refused(&visit, refused, |problems| page::delete_with(&visit, account, problems)));
    }
    account::erase(visit.db(), account).await?;
    Ok(forgetting_drafts(redirect("/account/deleted", &end_as_citizen(&visit).await?)))
}
