//! Who is asking, and the pure rules of who may do what.
//!
//! A page or action gets a [`Visit`] and asks it for the one thing it needs (an officer of this town, a citizen of
//! this cycle); what it needs is a value, so it cannot be forgotten. Denies by default.

use crate::answers::{self, Answers};
use crate::error::Error;
use crate::shelf::Shelf;
use crate::text::{Language, Text};
use crate::throttle::{Network, Throttles};
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::header::{ACCEPT_LANGUAGE, USER_AGENT};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue, Method, Uri};
use axum::middleware::Next;
use axum::response::Response;
use axum_extra::extract::cookie::{Cookie, CookieJar};
use jiff::{SignedDuration, Timestamp};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;
use store::account::{self, Account};
use store::cycle::{Cycle, Phase};
use store::keys::{Key, Keys};
use store::municipality::Municipality;
use store::officer::{Officer, Role};
use store::session::{self, Holder};
use store::{Db, hex};
use tokio::sync::Semaphore;

/// Tells the time.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
/// Fills bytes with randomness.
pub type Chance = Arc<dyn Fn(&mut [u8]) + Send + Sync>;

/// What the server hands to every page and action. Time and chance come in here and nowhere else.
#[derive(Clone)]
pub struct House {
    /// The database.
    pub db: Db,
    /// The key files beside it.
    pub keys: Keys,
    /// The installation's own key.
    pub roll_key: Key,
    /// What time it is.
    pub clock: Clock,
    /// Fills bytes with randomness that nobody can foresee.
    pub chance: Chance,
    /// Room for the memory that checking a password takes: at most two at a time, however many ask.
    pub hashing: Arc<Semaphore>,
    /// Whether visitors come by https, so that cookies can insist on it.
    pub secure: bool,
    /// How long an answer may take before it is given up.
    pub patience: Duration,
    /// The hash of the site's files, which is part of their address.
    pub site: Arc<str>,
    /// The address that visitors use, for mails; without a slash at its end.
    pub public_url: Arc<str>,
    /// Whether there is a way to send mails.
    pub sends_mail: bool,
    /// How many proxies of ours stand before the server and add to `X-Forwarded-For`.
    pub proxies: u8,
    /// Who tried what in vain.
    pub throttles: Arc<Throttles>,
    /// Answers that many people ask for.
    pub shelf: Arc<Shelf>,
    /// What forms answered.
    pub answers: Arc<Answers>,
}

impl House {
    /// The time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Random bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.chance)(&mut bytes);
        bytes
    }

    /// A secret token of 256 bits, also used as a random id where time must not show.
    #[must_use]
    pub fn token(&self) -> String {
        hex(&self.bytes::<32>())
    }

    /// A town and one of its cycles that the public may know of; none for a draft as for what does not exist.
    ///
    /// # Errors
    /// The database's.
    pub async fn public_cycle(
        &self,
        town: &str,
        slug: &str,
        now: Timestamp,
    ) -> store::Result<Option<(Municipality, Cycle)>> {
        let found = store::cycle::by_slug(&self.db, town, slug, now).await?;
        Ok(found.filter(|(_, cycle)| cycle.phase != Phase::Draft))
    }

    /// The cycles of a town that the public may know of, newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn public_cycles_of(&self, town: &Municipality, now: Timestamp) -> store::Result<Vec<Cycle>> {
        let cycles = store::cycle::of_town(&self.db, &town.municipality_id, now).await?;
        Ok(cycles.into_iter().filter(|cycle| cycle.phase != Phase::Draft).collect())
    }

    /// An id that sorts by time (UUIDv7, RFC 9562), for everything but ballots and tokens.
    #[must_use]
    pub fn id(&self) -> String {
        let millis = u64::try_from(self.now().as_millisecond()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes()).into_uuid().to_string()
    }
}

/// Marks an answer that other sites may show in a frame; all others are refused there.
#[derive(Clone, Copy, Debug)]
pub struct Framable;

/// The nonce of this answer's content security policy (CSP 3), made by the layer that writes the header.
#[derive(Clone, Debug)]
pub struct Nonce(pub Arc<str>);

/// How long a sign-in lasts.
const SESSION: SignedDuration = SignedDuration::from_hours(12);

/// The kinds of session, each with its cookie, so that an officer can also vote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    /// By the code of a letter.
    Citizen,
    /// By an officer's mail address and password.
    Office,
    /// By a citizen's mail address and password: to the account, and from there on to a vote.
    Account,
}

impl Door {
    fn cookie(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Citizen, true) => "__Host-citizen",
            (Self::Citizen, false) => "citizen",
            (Self::Office, true) => "__Host-officer",
            (Self::Office, false) => "officer",
            (Self::Account, true) => "__Host-account",
            (Self::Account, false) => "account",
        }
    }
}

/// A citizen's session: their entry in the roll of one cycle.
#[derive(Clone, Debug)]
pub struct Citizen {
    /// Never shown and never stored beside a ballot.
    pub roll_entry_id: String,
    /// The cycle whose code they gave.
    pub cycle_id: String,
}

/// One request: who asks, when, in which language.
#[derive(Clone)]
pub struct Visit(Arc<Visitor>);

/// What a [`Visit`] knows.
#[derive(Clone)]
pub struct Visitor {
    /// The house.
    pub house: House,
    /// The time of the request; one request has one time.
    pub now: Timestamp,
    /// What to say, in the visitor's language.
    pub text: Text,
    /// The path asked for.
    pub path: String,
    /// The same with its query, to come back to; without the language that it asked for, which may be changed there.
    pub address: String,
    /// For the scripts of this answer.
    pub nonce: Arc<str>,
    /// A citizen's session, if there is one.
    pub citizen: Option<Citizen>,
    /// An officer's session, if there is one.
    pub officer: Option<Officer>,
    /// The session of a citizen's account, if there is one.
    pub account: Option<Account>,
    /// Which of the orders of a page that is drawn by lot this visitor sees.
    pub draw: u8,
    /// Where the visitor comes from; in memory for as long as the answer takes, and written nowhere.
    pub network: Network,
    cookies: CookieJar,
}

impl std::ops::Deref for Visit {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::Broken)
    }
}

/// The language of an answer: the one that the address names (`?lang=fr`, for those who cite it), or the chosen one, or
/// the best of those that the browser takes.
#[must_use]
pub fn language(headers: &HeaderMap, uri: &Uri) -> Language {
    let chosen =
        || CookieJar::from_headers(headers).get(LANGUAGE).and_then(|cookie| Language::parse(cookie.value()));
    let accepted = || headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or("");
    asked_language(uri).0.or_else(chosen).unwrap_or_else(|| Language::negotiate(accepted()))
}

/// That some officer is signed in: asked before a large body is read. Whether it is the right one is asked after.
pub struct Staff;

impl<S: Sync> FromRequestParts<S> for Staff {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        Visit::from_request_parts(parts, state).await?.officer().map(|_| Self)
    }
}

/// The layer that makes a [`Visit`] of each request, and a page of each [`Error`]. Whatever goes wrong, and be it the
/// reading of the session, is told in the visitor's language.
pub async fn visit(State(house): State<House>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let patience = house.patience;
    let nobody = Visit::of_nobody(house, &parts);
    if !is_text(parts.uri.path()) {
        return crate::pages::error::show(&nobody, Error::NotFound);
    }
    let answer = async {
        let visit = nobody.with_sessions().await?;
        parts.extensions.insert(visit.clone());
        let response = next.run(Request::from_parts(parts, body)).await;
        Ok(match response.extensions().get::<Error>().copied() {
            Some(error) => crate::pages::error::show(&visit, error),
            None => response,
        })
    };
    let answered = tokio::time::timeout(patience, answer).await.unwrap_or(Err(Error::Slow));
    answered.unwrap_or_else(|error| crate::pages::error::show(&nobody, error))
}

/// Whether a path, its escapes undone (RFC 3986 §2.1), is UTF-8 without zero bytes; no address of ours is anything else.
#[must_use]
pub fn is_text(path: &str) -> bool {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let plain = if byte == b'%' {
            let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
            let (Some(high), Some(low)) = (digit(rest.next()), digit(rest.next())) else { return false };
            u8::try_from(high * 16 + low).unwrap_or(0)
        } else {
            byte
        };
        bytes.push(plain);
    }
    !bytes.contains(&0) && String::from_utf8(bytes).is_ok()
}

/// The language that an address asks for by `lang`, for this answer alone, so that what somebody cites is what others
/// see; and the address without that.
fn asked_language(uri: &Uri) -> (Option<Language>, String) {
    let asks = |parameter: &&str| parameter.strip_prefix("lang=").is_some();
    let (asked, others): (Vec<&str>, Vec<&str>) =
        uri.query().unwrap_or("").split('&').filter(|parameter| !parameter.is_empty()).partition(asks);
    let language = asked.iter().find_map(|parameter| Language::parse(parameter.strip_prefix("lang=")?));
    let query = if others.is_empty() { String::new() } else { format!("?{}", others.join("&")) };
    (language, format!("{}{query}", uri.path()))
}

impl Visit {
    /// What is known without the database.
    fn of_nobody(house: House, parts: &Parts) -> Self {
        let cookies = CookieJar::from_headers(&parts.headers);
        let now = house.now();
        let network = network(&house, &parts.headers, &parts.extensions);
        let draw = draw(&house, &parts.headers, &parts.extensions, now);
        let address = match parts.method {
            // Where its answer will be found.
            Method::POST => answers::address(&house, parts.uri.path()),
            _ => asked_language(&parts.uri).1,
        };
        let nonce = parts.extensions.get::<Nonce>().map_or_else(|| "".into(), |nonce| nonce.0.clone());
        Self(Arc::new(Visitor {
            text: Text::of(language(&parts.headers, &parts.uri)),
            path: parts.uri.path().to_owned(),
            address,
            house,
            now,
            nonce,
            citizen: None,
            officer: None,
            account: None,
            draw,
            network,
            cookies,
        }))
    }

    /// The same, with the sessions that its cookies hold.
    async fn with_sessions(&self) -> Result<Self, Error> {
        let mut visitor = Visitor::clone(self);
        for door in [Door::Citizen, Door::Office] {
            let Some(token) = self.cookie(door.cookie(self.house.secure)) else { continue };
            match (door, session::holder(self.db(), token, self.now).await?) {
                (Door::Citizen, Some(Holder::Citizen { roll_entry_id, cycle_id })) => {
                    visitor.citizen = Some(Citizen { roll_entry_id, cycle_id });
                }
                (Door::Office, Some(Holder::Officer(found))) => visitor.officer = Some(found),
                _ => {}
            }
        }
        if let Some(token) = self.cookie(Door::Account.cookie(self.house.secure)) {
            visitor.account = account::holder(self.db(), token, self.now).await?;
        }
        Ok(Self(Arc::new(visitor)))
    }

    /// The database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.house.db
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.cookies.get(name).map(Cookie::value)
    }

    /// A `Set-Cookie` that no script can read and no other site can send along.
    #[must_use]
    pub fn set_cookie(&self, name: &'static str, value: &str, max_age_seconds: i64) -> HeaderValue {
        self.set_cookie_for("/", name, value, max_age_seconds)
    }

    /// The same, sent only to the pages under this path.
    #[must_use]
    pub fn set_cookie_for(
        &self,
        path: &str,
        name: &'static str,
        value: &str,
        max_age_seconds: i64,
    ) -> HeaderValue {
        let secure = if self.house.secure { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie)
            .expect("cookie values here are letters, digits, dots, dashes and slashes")
    }

    /// Starts a session behind a door, under a new token, and ends the one that was there.
    ///
    /// # Errors
    /// The database's.
    pub async fn start(&self, door: Door, whose: Whose<'_>) -> Result<HeaderValue, Error> {
        self.end(door).await?;
        let token = self.house.token();
        let expires = self.now + SESSION;
        match whose {
            Whose::Officer(officer) => {
                session::start_officer(self.db(), &token, &officer.officer_id, expires).await?;
            }
            Whose::Citizen { roll_entry_id, cycle } => {
                session::start_citizen(self.db(), &token, roll_entry_id, &cycle.cycle_id, expires).await?;
            }
            Whose::Account(account) => account::start(self.db(), &token, account, expires).await?,
        }
        Ok(self.set_cookie(door.cookie(self.house.secure), &token, SESSION.as_secs()))
    }

    /// The same visit by the citizen whose session has just been started.
    #[must_use]
    pub fn as_citizen(&self, roll_entry_id: String, cycle: &Cycle) -> Self {
        let citizen = Citizen { roll_entry_id, cycle_id: cycle.cycle_id.clone() };
        Self(Arc::new(Visitor { citizen: Some(citizen), ..Visitor::clone(self) }))
    }

    /// Ends the session behind a door, in the database as well as in the browser.
    ///
    /// # Errors
    /// The database's.
    pub async fn end(&self, door: Door) -> Result<HeaderValue, Error> {
        let name = door.cookie(self.house.secure);
        match (door, self.cookie(name)) {
            (_, None) => {}
            (Door::Citizen | Door::Office, Some(token)) => session::end(self.db(), token).await?,
            (Door::Account, Some(token)) => account::end(self.db(), token).await?,
        }
        Ok(self.set_cookie(name, "", 0))
    }

    /// A town and one of its cycles that the public may know of.
    ///
    /// # Errors
    /// `NotFound` for a draft as for what does not exist.
    pub async fn cycle(&self, town: &str, slug: &str) -> Result<(Municipality, Cycle), Error> {
        self.house.public_cycle(town, slug, self.now).await?.ok_or(Error::NotFound)
    }

    /// The same, and a draft for an officer who manages it: what everybody will see, before they do.
    ///
    /// # Errors
    /// As [`Visit::cycle`].
    pub async fn cycle_or_draft(&self, town: &str, slug: &str) -> Result<(Municipality, Cycle), Error> {
        match self.cycle(town, slug).await {
            Err(Error::NotFound) if self.officer.is_some() => {
                let (town, cycle) = self.managed_cycle(town, slug).await?;
                let is_draft = cycle.phase == Phase::Draft;
                if is_draft { Ok((town, cycle)) } else { Err(Error::NotFound) }
            }
            found => found,
        }
    }

    /// The officer who asks.
    ///
    /// # Errors
    /// `SignIn` when nobody is signed in.
    pub fn officer(&self) -> Result<&Officer, Error> {
        self.officer.as_ref().ok_or(Error::SignIn)
    }

    /// The account whose holder asks.
    ///
    /// # Errors
    /// `SignInToAccount` when nobody is signed in.
    pub fn account(&self) -> Result<&Account, Error> {
        self.account.as_ref().ok_or(Error::SignInToAccount)
    }

    /// The town that the asking officer manages.
    ///
    /// # Errors
    /// `SignIn` without a session; `NotFound` for another town, which says no more than that it is not theirs.
    pub async fn managed_town(&self, town: &str) -> Result<Municipality, Error> {
        let officer = self.officer()?;
        let roles = store::officer::roles(self.db(), &officer.officer_id).await?;
        if !may_manage(&roles, town) {
            return Err(Error::NotFound);
        }
        store::municipality::by_slug(self.db(), town).await?.ok_or(Error::NotFound)
    }

    /// A cycle that the asking officer manages, in any phase.
    ///
    /// # Errors
    /// As [`Visit::managed_town`].
    pub async fn managed_cycle(&self, town: &str, slug: &str) -> Result<(Municipality, Cycle), Error> {
        self.managed_town(town).await?;
        store::cycle::by_slug(self.db(), town, slug, self.now).await?.ok_or(Error::NotFound)
    }

    /// The citizen who asks, if their code was for this cycle.
    ///
    /// # Errors
    /// `EnterCode` otherwise.
    pub fn citizen_of(&self, cycle: &Cycle) -> Result<&Citizen, Error> {
        self.citizen.as_ref().filter(|citizen| citizen.cycle_id == cycle.cycle_id).ok_or(Error::EnterCode)
    }
}

/// Whose session to start.
#[derive(Debug)]
pub enum Whose<'a> {
    /// An officer's.
    Officer(&'a Officer),
    /// A citizen's.
    Citizen {
        /// Their entry.
        roll_entry_id: &'a str,
        /// The cycle.
        cycle: &'a Cycle,
    },
    /// That of a citizen's account.
    Account(&'a Account),
}

/// So many orders are drawn of what is shown by lot: enough that nobody can say who saw which.
const DRAWS: u8 = 16;

/// Which of them a request sees: the same in one browser for an hour at most, so that who comes back from a project finds
/// the list as it was, and by lot for everybody who does not know the house's key.
#[must_use]
pub fn draw(house: &House, headers: &HeaderMap, extensions: &Extensions, now: Timestamp) -> u8 {
    let agent = headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or("");
    let address = visitor_address(headers, house.proxies, peer(extensions)).to_string();
    let mark = house.roll_key.mark(&["draw", &hour(now), &address, agent]);
    u8::from_str_radix(&mark[..2], 16).unwrap_or(0) % DRAWS
}

/// The hour of a moment, as one number.
#[must_use]
pub fn hour(now: Timestamp) -> String {
    now.as_second().div_euclid(3600).to_string()
}

fn network(house: &House, headers: &HeaderMap, extensions: &Extensions) -> Network {
    visitor_address(headers, house.proxies, peer(extensions)).into()
}

fn peer(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// The address that a request came from. `X-Forwarded-For` can be made up by anybody, so only what the proxies of ours
/// have added at its end is believed, and nothing where there are none.
fn visitor_address(headers: &HeaderMap, proxies: u8, peer: Option<IpAddr>) -> IpAddr {
    let forwarded = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok());
    let forwarded: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    let place = forwarded.len().checked_sub(usize::from(proxies)).filter(|_| proxies > 0);
    let told = place.and_then(|place| forwarded.get(place)?.parse().ok());
    told.or(peer).unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
}

/// Browsers keep at least so many bytes of a cookie's name, value and attributes (RFC 6265, 6.1).
pub const LONGEST_COOKIE: usize = 4_096;

/// The cookie of the language switch.
pub const LANGUAGE: &str = "language";

/// Whether these roles let an officer run the cycles of this town.
#[must_use]
pub fn may_manage(roles: &[(String, Role)], town: &str) -> bool {
    roles.iter().any(|(slug, role)| slug == town && *role == Role::Manager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_text_is_an_address() {
        for good in ["/", "/a%20b", "/%C3%A9cot"] {
            assert!(is_text(good), "{good}");
        }
        for bad in ["/%00", "/%ff/x", "/%", "/%4", "/%zz"] {
            assert!(!is_text(bad), "{bad}");
        }
    }

    #[test]
    fn an_address_may_ask_for_a_language_and_is_come_back_to_without() {
        let of = |address: &str| asked_language(&address.parse().unwrap());
        assert_eq!(of("/laudry"), (None, "/laudry".into()));
        assert_eq!(of("/laudry?lang=ar"), (Some(Language::Ar), "/laudry".into()));
        assert_eq!(
            of("/laudry?q=a%20b&lang=en&order=1"),
            (Some(Language::En), "/laudry?q=a%20b&order=1".into())
        );
        assert_eq!(of("/laudry?lang=tlh&language=fr"), (None, "/laudry?language=fr".into()));
    }

    #[test]
    fn a_forwarded_address_is_believed_as_far_as_our_own_proxies_added_it() {
        let peer: IpAddr = "10.0.0.1".parse().unwrap();
        let mut headers = HeaderMap::new();
        let from = |headers: &HeaderMap, proxies| visitor_address(headers, proxies, Some(peer)).to_string();
        assert_eq!(from(&headers, 1), "10.0.0.1", "no header");
        headers.append("x-forwarded-for", HeaderValue::from_static("192.0.2.66, 198.51.100.7"));
        assert_eq!(from(&headers, 0), "10.0.0.1", "no proxy: anybody may have made it up");
        assert_eq!(from(&headers, 1), "198.51.100.7", "what stands before it was made up");
        headers.append("x-forwarded-for", HeaderValue::from_static("2001:db8::1"));
        assert_eq!(from(&headers, 1), "2001:db8::1");
        assert_eq!(from(&headers, 2), "198.51.100.7");
        assert_eq!(from(&headers, 4), "10.0.0.1", "fewer than there should be");
        headers.append("x-forwarded-for", HeaderValue::from_static("unknown"));
        assert_eq!(from(&headers, 1), "10.0.0.1");
    }

    #[test]
    fn only_a_manager_of_the_town_manages_it() {
        let roles = vec![("here".to_owned(), Role::Manager), ("there".to_owned(), Role::Desk)];
        assert!(may_manage(&roles, "here"));
        assert!(!may_manage(&roles, "there"));
        assert!(!may_manage(&roles, "elsewhere"));
        assert!(!may_manage(&[], "here"));
    }
}
