//! Coming in and going out, by either door.

use crate::access::{Door, Visit, Whose};
use crate::actions::ballot::Recorded;
use crate::error::Error;
use crate::form::{Fields, forgetting_drafts, redirect};
use crate::pages;
use crate::views::field::Problems;
use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use axum::response::Response;
use std::time::Duration;
use store::cycle::Phase;
use store::roll::{Code, NotACode};

/// Enters with the code of a letter.
pub async fn by_code(visit: Visit, form: Fields) -> Result<Response, Error> {
    let t = visit.text;
    let typed = form.trimmed("code");
    let refuse = |words: String| {
        let mut problems = Problems::default();
        problems.add("code", words);
        Ok(pages::citizen::enter::page(&visit, typed, &problems))
    };
    let code = match Code::parse(typed) {
        Ok(code) => code,
        Err(NotACode::Length(0)) => return refuse(t.code_empty().to_owned()),
        Err(NotACode::Length(found)) => return refuse(t.code_length(&t.number(found as u64))),
        Err(NotACode::Character(found)) => return refuse(t.code_character(&found.to_string())),
        Err(NotACode::Check) => return refuse(t.code_mistyped().to_owned()),
    };
    for (town, cycle) in store::cycle::public(visit.db()).await? {
        if cycle.phase < Phase::Allocating {
            continue;
        }
        let Some(roll_entry_id) = store::roll::by_code(visit.db(), &cycle.cycle_id, &code).await? else {
            continue;
        };
        let base = format!("/{}/{}", town.slug, cycle.slug);
        if !cycle.takes_ballots(visit.now) {
            return Ok(redirect(&format!("{base}/ballot"), &[]));
        }
        let whose = Whose::Citizen { roll_entry_id: &roll_entry_id, cycle: &cycle };
        let cookie = visit.start(Door::Citizen, whose).await?;
        return Ok(redirect(&format!("{base}/ballot"), &[cookie]));
    }
    refuse(t.code_unknown().to_owned())
}

/// Leaves: the next person at this device finds nothing.
pub async fn leave(visit: Visit) -> Result<Response, Error> {
    let cookie = visit.end(Door::Citizen).await?;
    let receipt = visit.set_cookie(Recorded::COOKIE, "", 0);
    Ok(forgetting_drafts(redirect("/", &[cookie, receipt])))
}

/// How long a sign-in waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// An officer signs in. Whether the address is known takes as long and says the same as whether the password fits.
pub async fn sign_in(visit: Visit, form: Fields) -> Result<Response, Error> {
    let mail = form.trimmed("mail").to_lowercase();
    let found = store::officer::by_mail(visit.db(), &mail).await?;
    // The room is given back when the work is done, not when the visitor hangs up; and nobody waits in it for long.
    let room = tokio::time::timeout(LONGEST_WAIT, visit.house.hashing.clone().acquire_owned()).await;
    let room = room.map_err(|_| Error::Busy)?.map_err(|_| Error::Broken)?;
    let password = form.get("password").to_owned();
    let salt = visit.house.bytes();
    let officer = tokio::task::spawn_blocking(move || {
        let _room = room;
        match found {
            Some((officer, hash)) => verify(&password, &hash).then_some(officer),
            None => {
                drop(hash_password(&password, salt));
                None
            }
        }
    })
    .await
    .map_err(|_| Error::Broken)?;
    let Some(officer) = officer else {
        let mut problems = Problems::default();
        problems.add("mail", visit.text.sign_in_refused());
        return Ok(pages::office::enter::page(&visit, &mail, &problems));
    };
    let cookie = visit.start(Door::Office, Whose::Officer(&officer)).await?;
    Ok(redirect("/office", &[cookie]))
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
