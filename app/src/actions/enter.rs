//! Coming in and going out, by either door.

use crate::access::{Door, Visit, Whose};
use crate::actions::ballot::{Recorded, check};
use crate::answers;
use crate::error::Error;
use crate::form::{Fields, forgetting_drafts, redirect, slowed};
use crate::pages;
use crate::pages::citizen::enter::Kept;
use crate::views::field::Problems;
use crate::waiting;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::extract::Path;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use std::time::Duration;
use store::cycle::{Cycle, Phase};
use store::municipality::Municipality;
use store::roll::{Code, NotACode};

/// Enters with the code of a letter, and goes on with the choices that the form kept, if it kept any.
pub async fn by_code(visit: Visit, form: Fields) -> Result<Response, Error> {
    let typed = form.trimmed("code");
    let kept = Kept::read(&form);
    let (town, cycle, roll_entry_id) = match read_code(&visit, typed).await? {
        Ok(found) => found,
        Err(refused) => {
            let page = pages::citizen::enter::page(&visit, typed, &refused.problems(&visit), kept.as_ref());
            return Ok(refused.answer(page));
        }
    };
    let ballot = format!("/{}/{}/ballot", town.slug, cycle.slug);
    if !cycle.takes_ballots(visit.now) {
        return Ok(redirect(&ballot, &[]));
    }
    let whose = Whose::Citizen { roll_entry_id: &roll_entry_id, cycle: &cycle };
    let cookie = visit.start(Door::Citizen, whose).await?;
    let Some(kept) = kept.filter(|kept| kept.ballot == ballot) else {
        return Ok(redirect(&ballot, &[cookie]));
    };
    let visit = visit.as_citizen(roll_entry_id, &cycle);
    let mut response = check(visit, Path((town.slug, cycle.slug)), kept.fields).await?;
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

/// Says whether a code has been voted with. Opens no session.
pub async fn used(visit: Visit, form: Fields) -> Result<Response, Error> {
    let typed = form.trimmed("code");
    let (town, cycle, roll_entry_id) = match read_code(&visit, typed).await? {
        Ok(found) => found,
        Err(refused) => {
            let page = pages::citizen::used::page(&visit, typed, &refused.problems(&visit));
            return Ok(refused.answer(page));
        }
    };
    let participation = store::roll::participation(visit.db(), &roll_entry_id).await?;
    Ok(pages::citizen::used::answer(&visit, &town, &cycle, participation))
}

/// Why nobody comes in by what was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotIn {
    /// It is not a code. No guess, and not held against anybody.
    NotACode(NotACode),
    /// It is nobody's code.
    Unknown,
    /// It is nobody's code, after too many others; the next may be tried after these seconds.
    Wait(u32),
}

impl NotIn {
    /// What is wrong, in words.
    #[must_use]
    pub fn words(self, visit: &Visit) -> String {
        let t = visit.text;
        match self {
            Self::NotACode(NotACode::Length(0)) => t.code_empty().to_owned(),
            Self::NotACode(NotACode::Length(found)) => t.code_length(&t.number(found as u64)),
            Self::NotACode(NotACode::Character(found)) => t.code_character(&found.to_string()),
            Self::NotACode(NotACode::Check) => t.code_mistyped().to_owned(),
            Self::Unknown => t.code_unknown().to_owned(),
            Self::Wait(seconds) => t.too_many_tries(seconds.into()),
        }
    }

    /// The same, at the field where the code was typed.
    #[must_use]
    pub fn problems(self, visit: &Visit) -> Problems {
        let mut problems = Problems::default();
        problems.add("code", self.words(visit));
        problems
    }

    /// The page that says so, with its status.
    #[must_use]
    pub fn answer(self, page: Response) -> Response {
        match self {
            Self::Wait(seconds) => slowed(page, seconds),
            Self::NotACode(_) | Self::Unknown => page,
        }
    }
}

/// The roll entry that a typed code belongs to, with its cycle and town.
///
/// A right code is taken however often others, or the same connection, have guessed: thousands may share an address, and
/// none of them shall be kept from voting. Only wrong ones are slowed.
///
/// # Errors
/// The database's.
pub async fn read_code(
    visit: &Visit,
    typed: &str,
) -> Result<Result<(Municipality, Cycle, String), NotIn>, Error> {
    let code = match Code::parse(typed) {
        Ok(code) => code,
        Err(not) => return Ok(Err(NotIn::NotACode(not))),
    };
    for (town, cycle) in store::cycle::public(visit.db(), visit.now).await? {
        if cycle.phase < Phase::Allocating {
            continue;
        }
        if let Some(entry) = store::roll::by_code(visit.db(), &cycle.cycle_id, &code).await? {
            return Ok(Ok((town, cycle, entry)));
        }
    }
    Ok(Err(match visit.house.throttles.codes.try_once(visit.network, visit.now) {
        Ok(()) => NotIn::Unknown,
        Err(seconds) => NotIn::Wait(seconds),
    }))
}

/// Leaves: the next person at this device finds nothing, neither the ballot nor an account.
pub async fn leave(visit: Visit) -> Result<Response, Error> {
    Ok(forgetting_drafts(redirect("/", &end_as_citizen(&visit).await?)))
}

/// Ends all that a citizen has begun in this browser.
///
/// # Errors
/// The database's.
pub async fn end_as_citizen(visit: &Visit) -> Result<Vec<HeaderValue>, Error> {
    let ends = [visit.end(Door::Citizen).await?, visit.end(Door::Account).await?];
    let mut cookies = Vec::from(ends);
    cookies.push(visit.set_cookie(Recorded::COOKIE, "", 0));
    cookies.push(visit.set_cookie(answers::COOKIE, "", 0));
    if let Some(citizen) = &visit.citizen {
        let all = store::cycle::public(visit.db(), visit.now).await?;
        let own = all.iter().find(|(_, cycle)| cycle.cycle_id == citizen.cycle_id);
        cookies.extend(own.map(|(town, cycle)| waiting::forget(visit, &town.slug, &cycle.slug)));
    }
    Ok(cookies)
}

/// How long a sign-in waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// An officer signs in.
pub async fn sign_in(visit: Visit, form: Fields) -> Result<Response, Error> {
    let mail = form.trimmed("mail").to_lowercase();
    let found = store::officer::by_mail(visit.db(), &mail).await?;
    let mut problems = Problems::default();
    match check_password(&visit, (&mail, form.get("password")), found).await? {
        Ok(officer) => {
            let cookie = visit.start(Door::Office, Whose::Officer(&officer)).await?;
            Ok(redirect("/office", &[cookie]))
        }
        Err(NotSignedIn::Refused) => {
            problems.add("mail", visit.text.sign_in_refused());
            Ok(pages::office::enter::page(&visit, &mail, &problems))
        }
        Err(NotSignedIn::Wait(seconds)) => {
            problems.add("mail", visit.text.too_many_tries(seconds.into()));
            Ok(slowed(pages::office::enter::page(&visit, &mail, &problems), seconds))
        }
    }
}

/// Why nobody is signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotSignedIn {
    /// The address or the password is wrong; which of them, nobody learns.
    Refused,
    /// Too many were; nothing was checked, and the next may be tried after these seconds.
    Wait(u32),
}

/// The one who was found by their address, if the password is theirs. Whether the address is known takes as long and
/// says the same as whether the password fits.
///
/// # Errors
/// `Busy` when too many are being checked.
pub async fn check_password<T: Send + 'static>(
    visit: &Visit,
    (mail, password): (&str, &str),
    found: Option<(T, String)>,
) -> Result<Result<T, NotSignedIn>, Error> {
    let throttles = &visit.house.throttles;
    let person = (visit.network, mail.to_lowercase());
    let taken = throttles.passwords.try_once(visit.network, visit.now).and_then(|()| {
        let taken = throttles.sign_ins.try_once(&person, visit.now);
        taken.inspect_err(|_| throttles.passwords.was_right(visit.network, visit.now))
    });
    if let Err(seconds) = taken {
        return Ok(Err(NotSignedIn::Wait(seconds)));
    }
    let password = password.to_owned();
    let salt = visit.house.bytes();
    let checked = in_room(visit, move || match found {
        Some((who, hash)) => verify(&password, &hash).then_some(who),
        None => {
            drop(hash_password(&password, salt));
            None
        }
    });
    let who = checked.await?;
    if who.is_some() {
        throttles.passwords.was_right(visit.network, visit.now);
        throttles.sign_ins.was_right(&person, visit.now);
    }
    Ok(who.ok_or(NotSignedIn::Refused))
}

/// The hash of a new password.
///
/// # Errors
/// `Busy` when too many are being made.
pub async fn new_hash(visit: &Visit, password: &str) -> Result<String, Error> {
    let (password, salt) = (password.to_owned(), visit.house.bytes());
    in_room(visit, move || hash_password(&password, salt)).await
}

/// Does what takes the memory of a password's hash, when its turn comes.
async fn in_room<T: Send + 'static>(
    visit: &Visit,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Error> {
    // The room is given back when the work is done, not when the visitor hangs up; and nobody waits in it for long.
    let room = tokio::time::timeout(LONGEST_WAIT, visit.house.hashing.clone().acquire_owned()).await;
    let room = room.map_err(|_| Error::Busy)?.map_err(|_| Error::Broken)?;
    let done = tokio::task::spawn_blocking(move || {
        let _room = room;
        work()
    });
    done.await.map_err(|_| Error::Broken)
}

/// An officer signs out.
pub async fn sign_out(visit: Visit) -> Result<Response, Error> {
    let cookie = visit.end(Door::Office).await?;
    Ok(redirect("/office/enter", &[cookie]))
}

/// Argon2id with the parameters OWASP gives as least (19 MiB, t = 2, p = 1), as a PHC string.
///
/// # Panics
/// Never: the parameters are the library's own defaults.
#[must_use]
pub fn hash_password(password: &str, salt: [u8; 16]) -> String {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), &salt);
    hash.expect("the default parameters and 16 bytes of salt are valid").to_string()
}

fn verify(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash)
        .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_hash_alone() {
        let hash = hash_password("une phrase de passe", [7; 16]);
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(verify("une phrase de passe", &hash));
        assert!(!verify("une autre", &hash));
        assert!(!verify("une phrase de passe", "not a hash"));
    }
}
