//! Claims: make one, settle one.

use crate::access::Visit;
use crate::done::{Done, go_on};
use crate::error::Error;
use crate::form::{Fields, redirect, slowed};
use crate::pages::citizen::claim as page;
use crate::pages::office::claims;
use crate::text::zone;
use crate::views::field::Problems;
use axum::extract::Path;
use axum::response::Response;
use store::claim::{Claim, Claiming, Kind, Settlement, Settling, takes_claims};
use store::cycle::Cycle;
use store::municipality::Municipality;
use store::roll::Code;

/// How many characters each text of a claim may have.
const LONGEST: [(&str, usize); 3] = [("name", 120), ("reach", 300), ("note", 1_000)];
/// How many characters an answer may have.
const LONGEST_ANSWER: usize = 500;

/// Makes a claim.
pub async fn make(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    if !takes_claims(&cycle, visit.now) {
        return Ok(page::over(&visit, &town, &cycle));
    }
    let claim = match read(&visit, &town, &cycle, &form) {
        Ok(claim) => claim,
        Err(problems) => return Ok(page::page(&visit, &town, &cycle, &form, &problems)),
    };
    if let Err(seconds) = visit.house.throttles.claims.try_once(visit.network, visit.now) {
        let mut problems = Problems::default();
        problems.add("kind", visit.text.too_many_tries(seconds.into()));
        return Ok(slowed(page::page(&visit, &town, &cycle, &form, &problems), seconds));
    }
    match store::claim::make(visit.db(), &cycle.cycle_id, &claim).await? {
        Claiming::Kept => Ok(redirect(&format!("{}/{}", page::address(&town, &cycle), claim.claim_id), &[])),
        Claiming::Full => {
            let mut problems = Problems::default();
            problems.add("name", visit.text.claim_full());
            Ok(page::page(&visit, &town, &cycle, &form, &problems))
        }
    }
}

/// The claim that a form makes, or all that is wrong with it.
fn read(visit: &Visit, town: &Municipality, cycle: &Cycle, form: &Fields) -> Result<Claim, Problems> {
    let t = visit.text;
    let mut problems = Problems::default();
    let kind = Kind::parse(form.get("kind"));
    if kind.is_none() {
        problems.add("kind", t.claim_kind_missing());
    }
    for (name, missing) in [("name", t.claim_name_missing()), ("reach", t.claim_reach_missing())] {
        if form.trimmed(name).is_empty() {
            problems.add(name, missing);
        }
    }
    for (name, longest) in LONGEST {
        problems.limit(t, form, name, longest);
    }
    let Some(kind) = kind.filter(|_| problems.is_empty()) else { return Err(problems) };
    let [name, reach, note] = LONGEST.map(|(name, _)| form.trimmed(name).to_owned());
    let day = visit.now.to_zoned(zone(&town.time_zone)).date().to_string();
    let parts = ["claim", &cycle.cycle_id, kind.as_str(), &name, &reach, &note, &day];
    let claim_id = number(&visit.house.roll_key.mark(&parts));
    let (made_at, answer) = (visit.now, String::new());
    Ok(Claim { claim_id, kind, name, reach, note, made_at, settled: None, answer })
}

/// The first 60 bits of a mark as people can write them down: twelve letters and digits in three groups.
fn number(mark: &str) -> String {
    let bits = u64::from_str_radix(&mark[..15], 16).expect("a mark is hexadecimal and longer");
    let letters: Vec<char> = (0..12)
        .map(|place| Code::LETTERS[usize::try_from(bits >> (5 * place) & 31).expect("five bits")].into())
        .collect();
    letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// An officer settles a claim.
pub async fn settle(
    visit: Visit,
    Path((town, cycle, claim)): Path<(String, String, String)>,
    form: Fields,
) -> Result<Response, Error> {
    let (town, cycle) = visit.managed_cycle(&town, &cycle).await?;
    let t = visit.text;
    let [settlement_field, answer_field] = claims::fields_of(&claim);
    let mut problems = Problems::default();
    let settlement = Settlement::parse(form.get(&settlement_field));
    let answer = form.trimmed(&answer_field);
    match settlement {
        None => problems.add(settlement_field, t.claim_settlement_missing()),
        Some(Settlement::Refused) if answer.is_empty() => {
            problems.add(answer_field.clone(), t.claim_answer_missing());
        }
        Some(_) => problems.limit(t, &form, &answer_field, LONGEST_ANSWER),
    }
    let Some(settlement) = settlement.filter(|_| problems.is_empty()) else {
        return claims::page(&visit, &town, &cycle, (&form, &problems)).await;
    };
    let officer_id = &visit.officer()?.officer_id;
    let settling = Settling { settlement, answer, officer_id };
    if !store::claim::settle(visit.db(), &cycle.cycle_id, &claim, &settling, visit.now).await? {
        if store::claim::by_id(visit.db(), &cycle.cycle_id, &claim).await?.is_none() {
            return Err(Error::NotFound);
        }
        problems.add("claims", t.claim_gone());
        return claims::page(&visit, &town, &cycle, (&form, &problems)).await;
    }
    Ok(go_on(&visit, &claims::address(&town, &cycle), Done::ClaimSettled))
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn a_number_is_three_groups_of_four() {
        assert_eq!(number(&"0".repeat(64)), "0000-0000-0000");
        assert_eq!(number(&"f".repeat(64)), "ZZZZ-ZZZZ-ZZZZ");
        assert_eq!(number(&format!("{}1{}", "0".repeat(14), "0".repeat(49))), "1000-0000-0000");
    }
}
