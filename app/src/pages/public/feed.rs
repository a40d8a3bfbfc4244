//! What is new, for those who subscribe: `feed.xml` (Atom, RFC 4287) and `feed.json` (JSON Feed 1.1) of a town, of a
//! cycle and of a project, and `turnout.xml` and `turnout.json` of a cycle.
//!
//! A feed keeps the language in which it was subscribed to. Says nothing that its pages do not say.

use super::turnout::Day;
use crate::access::Visit;
use crate::error::Error;
use crate::text::{Language, Text};
use crate::views::delivery::step_words;
use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::cmp::Reverse;
use std::io;
use store::Translated;
use store::cycle::{Cycle, Nature, Phase};
use store::delivery::Delivery;
use store::outcome::Release;
use store::update::Update;

/// How many updates a town's feed has.
const MOST: i64 = 50;

/// How a feed is written: its address says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 4287.
    Atom,
    /// <https://www.jsonfeed.org/version/1.1/>
    Json,
}

/// Who asks for a feed, in which language and form.
pub struct Asking {
    visit: Visit,
    /// The words of the language that the address names, or else the visitor's.
    t: Text,
    format: Format,
    headers: HeaderMap,
}

impl<S: Sync> FromRequestParts<S> for Asking {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let visit = Visit::from_request_parts(parts, state).await?;
        let query = parts.uri.query().unwrap_or_default();
        let mut asked = form_urlencoded::parse(query.as_bytes());
        let named = asked.find(|(name, _)| name == "language");
        let t = named.and_then(|(_, tag)| Language::parse(&tag)).map_or(visit.text, Text::of);
        let format = if parts.uri.path().ends_with(".json") { Format::Json } else { Format::Atom };
        Ok(Self { visit, t, format, headers: parts.headers.clone() })
    }
}

impl Format {
    fn extension(self) -> &'static str {
        match self {
            Self::Atom => "xml",
            Self::Json => "json",
        }
    }

    fn media_type(self) -> &'static str {
        match self {
            Self::Atom => "application/atom+xml; charset=utf-8",
            Self::Json => "application/feed+json; charset=utf-8",
        }
    }
}

/// The feed of a town: its cycles, as they open, as their results come out and as these are corrected, the updates of
/// their projects, and what became of their money.
pub async fn of_town(asking: Asking, Path(town): Path<String>) -> Result<Response, Error> {
    let (visit, t) = (&asking.visit, asking.t);
    let town = store::municipality::by_slug(visit.db(), &town).await?.ok_or(Error::NotFound)?;
    let cycles = visit.house.public_cycles_of(&town, visit.now).await?;
    let releases = store::outcome::releases(visit.db(), &town.municipality_id, visit.now).await?;
    let updates = store::update::of_town(visit.db(), &town.municipality_id, MOST).await?;
    let page = format!("/{}", town.slug);
    let mut entries: Vec<Entry> =
        cycles.iter().flat_map(|cycle| milestones(t, &page, cycle, &releases)).collect();
    for located in &updates {
        let link = format!("{page}/{}/projects/{}", located.cycle, located.project);
        entries.push(Entry::of_update(t, &located.update, &located.project_title, link));
    }
    for located in &store::delivery::of_town(visit.db(), &town.municipality_id, MOST).await? {
        let link = format!("{page}/{}/projects/{}", located.cycle, located.project);
        let about = (&located.project_title, located.currency.as_str());
        entries.push(Entry::of_delivery(t, &located.delivery, about, link));
    }
    let feed = Feed { file: "feed", title: town.name.clone(), page, name: town.municipality_id, entries };
    Ok(feed.answer(&asking))
}

/// The feed of a project: its updates, and that the results are out.
pub async fn of_project(
    asking: Asking,
    Path((town, cycle, project)): Path<(String, String, String)>,
) -> Result<Response, Error> {
    let (visit, t) = (&asking.visit, asking.t);
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &project).await?;
    let (project, _) = found.ok_or(Error::NotFound)?;
    let releases = store::outcome::releases(visit.db(), &town.municipality_id, visit.now).await?;
    let updates = store::update::of_project(visit.db(), &project.project_id).await?;
    let page = format!("/{}/{}/projects/{}", town.slug, cycle.slug, project.slug);
    let told = store::delivery::of_project(visit.db(), &project.project_id).await?;
    let about = (&project.title, cycle.currency.as_str());
    let told = told.iter().map(|delivery| Entry::of_delivery(t, delivery, about, page.clone()));
    let updates = updates.iter().map(|update| Entry::of_update(t, update, &project.title, page.clone()));
    let results = results(t, &format!("/{}", town.slug), &cycle, &releases);
    let entries = updates.chain(told).chain(results).collect();
    let title = format!("{}, {}", t.said(&project.title), town.name);
    let feed = Feed { file: "feed", title, page, name: project.project_id, entries };
    Ok(feed.answer(&asking))
}

/// The feed of a cycle's turnout, day by day, as its table has it.
pub async fn of_turnout(
    asking: Asking,
    Path((town, cycle)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (visit, t) = (&asking.visit, asking.t);
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let days = Day::all(visit, &town, &cycle).await?;
    let page = format!("/{}/{}", town.slug, cycle.slug);
    let entry = |day: &Day| Entry {
        id: urn(&format!("turnout {} {}", cycle.cycle_id, day.span)),
        title: t.feed_turnout(&day.words(t, &town.time_zone), &t.voters(day.voted)),
        link: page.clone(),
        published: day.complete_at(&town.time_zone),
        updated: day.complete_at(&town.time_zone),
        paragraphs: vec![t.feed_turnout_so_far(&day.of_eligible(t))],
    };
    let title = format!("{}, {}, {}", t.turnout(), t.said(&cycle.title), town.name);
    let entries = days.iter().map(entry).collect();
    let name = format!("turnout {}", cycle.cycle_id);
    Ok(Feed { file: "turnout", title, page, name, entries }.answer(&asking))
}

/// The feed of a cycle: where it stands, and what went wrong in it.
pub async fn of_cycle(
    asking: Asking,
    Path((town, cycle)): Path<(String, String)>,
) -> Result<Response, Error> {
    let (visit, t) = (&asking.visit, asking.t);
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let page = format!("/{}/{}", town.slug, cycle.slug);
    let releases = store::outcome::releases(visit.db(), &town.municipality_id, visit.now).await?;
    let mut entries = milestones(t, &format!("/{}", town.slug), &cycle, &releases);
    let closed = cycle.closed_at.filter(|_| cycle.nature != Nature::Import);
    entries.extend(closed.map(|at| Entry {
        id: urn(&format!("closed {}", cycle.cycle_id)),
        title: format!("{}: {}", t.said(&cycle.title), t.status_closed()),
        link: format!("{page}/status"),
        published: at,
        updated: at,
        paragraphs: Vec::new(),
    }));
    for incident in store::incident::of_cycle(visit.db(), &cycle.cycle_id).await? {
        let at = incident.told_at;
        entries.push(Entry {
            // Incidents have no name outside the office; when and what is enough to tell them apart.
            id: urn(&format!("incident {} {at} {}", cycle.cycle_id, incident.body.read("fr").0)),
            title: t.feed_incident(t.said(&cycle.title)),
            link: format!("{page}/status#incidents"),
            published: at,
            updated: at,
            paragraphs: paragraphs(t.said(&incident.body)),
        });
    }
    let title = format!("{}, {}", t.said(&cycle.title), town.name);
    let feed = Feed { file: "feed", title, page, name: cycle.cycle_id, entries };
    Ok(feed.answer(&asking))
}

fn paragraphs(text: &str) -> Vec<String> {
    text.split("\n\n").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
}

/// That voting opened, and that the results are out.
fn milestones(t: Text, town: &str, cycle: &Cycle, releases: &[Release]) -> Vec<Entry> {
    let opened =
        cycle.opened_at.filter(|_| cycle.phase >= Phase::Allocating && cycle.nature != Nature::Import);
    let opened = opened.map(|at| Entry {
        id: urn(&format!("opened {}", cycle.cycle_id)),
        title: t.feed_opened(t.said(&cycle.title)),
        link: format!("{town}/{}", cycle.slug),
        published: at,
        updated: at,
        paragraphs: Vec::new(),
    });
    opened.into_iter().chain(results(t, town, cycle, releases)).collect()
}

/// That the results are out, and each correction with its reason.
fn results(t: Text, town: &str, cycle: &Cycle, releases: &[Release]) -> Vec<Entry> {
    let title = t.said(&cycle.title);
    let entry = |release: &Release| {
        let (what, title) = match release.version {
            1 => (format!("published {}", cycle.cycle_id), t.feed_published(title)),
            version => {
                let number = t.number(u64::try_from(version).unwrap_or(0));
                (format!("corrected {} {version}", cycle.cycle_id), t.feed_corrected(title, &number))
            }
        };
        Entry {
            id: urn(&what),
            title,
            link: format!("{town}/{}/results/v{}", cycle.slug, release.version),
            published: release.published_at,
            updated: release.published_at,
            paragraphs: paragraphs(t.said(&release.reason)),
        }
    };
    releases.iter().filter(|release| release.cycle_id == cycle.cycle_id).map(entry).collect()
}

/// A name that stays, made of what it names (RFC 9562, version 8).
fn urn(of: &str) -> String {
    let hash = Sha256::digest(of);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

struct Feed {
    /// The name of its files.
    file: &'static str,
    title: String,
    /// The path of the page that it belongs to.
    page: String,
    /// The id of what it is about.
    name: String,
    entries: Vec<Entry>,
}

struct Entry {
    id: String,
    title: String,
    link: String,
    published: Timestamp,
    updated: Timestamp,
    paragraphs: Vec<String>,
}

impl Entry {
    fn of_update(t: Text, update: &Update, project: &Translated, link: String) -> Self {
        Self {
            id: format!("urn:uuid:{}", update.update_id),
            title: t.feed_update(t.said(project), t.said(&update.now.title)),
            link: format!("{link}#update-{}", update.update_id),
            published: update.published_at,
            updated: update.written_at,
            paragraphs: paragraphs(t.said(&update.now.body)),
        }
    }

    fn of_delivery(
        t: Text,
        delivery: &Delivery,
        (project, currency): (&Translated, &str),
        link: String,
    ) -> Self {
        let sum = t.money_short(delivery.amount, currency);
        let mut paragraphs = paragraphs(t.said(&delivery.note));
        paragraphs.extend((!delivery.document.is_empty()).then(|| delivery.document.clone()));
        Self {
            id: format!("urn:uuid:{}", delivery.delivery_id),
            title: t.feed_delivery(t.said(project), step_words(t, delivery.step), &sum),
            link: format!("{link}#delivery"),
            published: delivery.told_at,
            updated: delivery.told_at,
            paragraphs,
        }
    }

    fn to_json(&self, site: &str) -> Value {
        // One of the contents is required; where there is nothing to add, the title says it.
        let text = if self.paragraphs.is_empty() { self.title.clone() } else { self.paragraphs.join("\n\n") };
        json!({
            "id": self.id, "url": format!("{site}{}", self.link), "title": self.title, "content_text": text,
            "date_published": self.published.to_string(), "date_modified": self.updated.to_string(),
        })
    }

    fn write(&self, xml: &mut Writer<Vec<u8>>, site: &str) -> io::Result<()> {
        xml.create_element("entry").write_inner_content(|xml| {
            text_element(xml, "id", &self.id)?;
            text_element(xml, "title", &self.title)?;
            text_element(xml, "published", &self.published.to_string())?;
            text_element(xml, "updated", &self.updated.to_string())?;
            link(xml, "alternate", "text/html", &format!("{site}{}", self.link))?;
            if self.paragraphs.is_empty() {
                return Ok(());
            }
            xml.create_element("content").with_attribute(("type", "xhtml")).write_inner_content(|xml| {
                let div = xml.create_element("div").with_attribute(("xmlns", "http://www.w3.org/1999/xhtml"));
                div.write_inner_content(|xml| {
                    self.paragraphs.iter().try_for_each(|paragraph| text_element(xml, "p", paragraph))
                })?;
                Ok(())
            })?;
            Ok(())
        })?;
        Ok(())
    }
}

impl Feed {
    /// The feed, or that nothing has changed since it was last fetched (RFC 9110 §13.1.2).
    fn answer(mut self, Asking { visit, t, format, headers }: &Asking) -> Response {
        // Of what happened at one moment, the result comes first.
        let is_result = |entry: &Entry| entry.link.contains("/results/");
        self.entries
            .sort_by_cached_key(|entry| (Reverse(entry.updated), !is_result(entry), entry.id.clone()));
        let site = &visit.house.public_url;
        let body = match format {
            Format::Atom => self.write(*t, site).expect("a vector takes all that is written to it"),
            Format::Json => self.to_json(*t, site).to_string().into_bytes(),
        };
        // Weak, because a proxy may compress it.
        let tag = format!("W/\"{}\"", &store::hex(&Sha256::digest(&body))[..32]);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or("");
        let caching = [
            (header::ETAG, tag.as_str()),
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "Accept-Language, Cookie, Host"),
        ];
        if known.split(',').any(|known| known.trim() == tag) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(header::CONTENT_TYPE, format.media_type())], body).into_response()
    }

    /// Its own address.
    fn address(&self, t: Text, site: &str, format: Format) -> String {
        let (page, file, language) = (&self.page, self.file, t.language.tag());
        format!("{site}{page}/{file}.{}?language={language}", format.extension())
    }

    fn to_json(&self, t: Text, site: &str) -> Value {
        json!({
            "version": "https://jsonfeed.org/version/1.1",
            "title": self.title,
            "home_page_url": format!("{site}{}", self.page),
            "feed_url": self.address(t, site, Format::Json),
            "language": t.language.tag(),
            "authors": [{ "name": "Écot", "url": &site }],
            "items": self.entries.iter().map(|entry| entry.to_json(site)).collect::<Vec<_>>(),
        })
    }

    fn write(&self, t: Text, site: &str) -> io::Result<Vec<u8>> {
        let updated = self.entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let address = self.address(t, site, Format::Atom);
        let mut xml = Writer::new(Vec::new());
        xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
        let root = xml
            .create_element("feed")
            .with_attribute(("xmlns", "http://www.w3.org/2005/Atom"))
            .with_attribute(("xml:lang", t.language.tag()));
        root.write_inner_content(|xml| {
            text_element(xml, "id", &urn(&format!("feed {} {}", t.language.tag(), self.name)))?;
            text_element(xml, "title", &self.title)?;
            text_element(xml, "updated", &updated.to_string())?;
            link(xml, "self", "application/atom+xml", &address)?;
            link(xml, "alternate", "text/html", &format!("{site}{}", self.page))?;
            xml.create_element("author").write_inner_content(|xml| text_element(xml, "name", "Écot"))?;
            self.entries.iter().try_for_each(|entry| entry.write(xml, site))
        })?;
        Ok(xml.into_inner())
    }
}

fn text_element(xml: &mut Writer<Vec<u8>>, name: &str, text: &str) -> io::Result<()> {
    // XML 1.0 has no signs for these, escaped or not.
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n' || *c == '\t').collect();
    xml.create_element(name).write_text_content(BytesText::new(&text)).map(|_| ())
}

fn link(xml: &mut Writer<Vec<u8>>, rel: &str, media_type: &str, href: &str) -> io::Result<()> {
    let attributes = [("rel", rel), ("type", media_type), ("href", href)];
    xml.create_element("link").with_attributes(attributes).write_empty().map(|_| ())
}
