//! `/{town}/feed.xml` and `/{town}/{cycle}/projects/{project}/feed.xml`: what is new, for those who subscribe (Atom, RFC
//! 4287).
//!
//! A feed keeps the language in which it was subscribed to. Says nothing that its pages do not say.

use crate::access::Visit;
use crate::error::Error;
use crate::text::{Language, Text};
use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use sha2::{Digest, Sha256};
use std::io;
use store::Translated;
use store::cycle::{Cycle, Nature, Phase};
use store::update::Update;

/// How many updates a town's feed has.
const MOST: i64 = 50;

/// The feed of a town: its cycles, as they open and as their results come out, and the updates of their projects.
pub async fn of_town(
    visit: Visit,
    Path(town): Path<String>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let town = store::municipality::by_slug(visit.db(), &town).await?.ok_or(Error::NotFound)?;
    let t = text(&visit, &asked);
    let cycles = store::cycle::of_town(visit.db(), &town.municipality_id, visit.now).await?;
    let updates = store::update::of_town(visit.db(), &town.municipality_id, MOST).await?;
    let page = format!("/{}", town.slug);
    let mut entries: Vec<Entry> = cycles.iter().flat_map(|cycle| milestones(t, &page, cycle)).collect();
    for located in &updates {
        let link = format!("{page}/{}/projects/{}", located.cycle, located.project);
        entries.push(Entry::of_update(t, &located.update, &located.project_title, link));
    }
    Ok(Feed { title: town.name.clone(), page, name: town.municipality_id, entries }
        .answer(&visit, t, &headers))
}

/// The feed of a project.
pub async fn of_project(
    visit: Visit,
    Path((town, cycle, project)): Path<(String, String, String)>,
    Query(asked): Query<Vec<(String, String)>>,
    headers: HeaderMap,
) -> Result<Response, Error> {
    let (town, cycle) = visit.cycle(&town, &cycle).await?;
    let found = store::project::by_slug(visit.db(), &cycle.cycle_id, &project).await?;
    let (project, _) = found.ok_or(Error::NotFound)?;
    let t = text(&visit, &asked);
    let updates = store::update::of_project(visit.db(), &project.project_id).await?;
    let page = format!("/{}/{}/projects/{}", town.slug, cycle.slug, project.slug);
    let entries =
        updates.iter().map(|update| Entry::of_update(t, update, &project.title, page.clone())).collect();
    let title = format!("{}, {}", t.said(&project.title), town.name);
    Ok(Feed { title, page, name: project.project_id, entries }.answer(&visit, t, &headers))
}

/// The words of the language that the address names, or else the visitor's.
fn text(visit: &Visit, asked: &[(String, String)]) -> Text {
    let named = asked.iter().find(|(name, _)| name == "language");
    named.and_then(|(_, tag)| Language::parse(tag)).map_or(visit.text, Text::of)
}

/// That voting opened, and that the results are out.
fn milestones(t: Text, town: &str, cycle: &Cycle) -> Vec<Entry> {
    let title = t.said(&cycle.title);
    let page = format!("{town}/{}", cycle.slug);
    let entry = |what: &str, at: Timestamp, title: String, link: String| Entry {
        id: urn(&format!("{what} {}", cycle.cycle_id)),
        title,
        link,
        published: at,
        updated: at,
        paragraphs: Vec::new(),
    };
    let opened =
        cycle.opened_at.filter(|_| cycle.phase >= Phase::Allocating && cycle.nature != Nature::Import);
    let opened = opened.map(|at| entry("opened", at, t.feed_opened(title), page.clone()));
    let published = cycle.published_at.filter(|_| cycle.phase.is_published());
    let published =
        published.map(|at| entry("published", at, t.feed_published(title), format!("{page}/results")));
    opened.into_iter().chain(published).collect()
}

/// A name that stays, made of what it names (RFC 9562, version 8).
fn urn(of: &str) -> String {
    let hash = Sha256::digest(of);
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&hash[..16]);
    format!("urn:uuid:{}", uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

struct Feed {
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
        let paragraphs =
            t.said(&update.now.body).split("\n\n").map(str::trim).filter(|text| !text.is_empty());
        Self {
            id: format!("urn:uuid:{}", update.update_id),
            title: t.feed_update(t.said(project), t.said(&update.now.title)),
            link: format!("{link}#update-{}", update.update_id),
            published: update.published_at,
            updated: update.written_at,
            paragraphs: paragraphs.map(str::to_owned).collect(),
        }
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
    fn answer(mut self, visit: &Visit, t: Text, headers: &HeaderMap) -> Response {
        self.entries.sort_by(|a, b| (b.updated, &b.id).cmp(&(a.updated, &a.id)));
        let xml = self.write(t, &visit.house.public_url).expect("a vector takes all that is written to it");
        // Weak, because a proxy may compress it.
        let tag = format!("W/\"{}\"", &store::hex(&Sha256::digest(&xml))[..32]);
        let known = headers.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or("");
        let caching = [
            (header::ETAG, tag.as_str()),
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "Accept-Language, Cookie, Host"),
        ];
        if known.split(',').any(|known| known.trim() == tag) {
            return (StatusCode::NOT_MODIFIED, caching).into_response();
        }
        (caching, [(header::CONTENT_TYPE, "application/atom+xml; charset=utf-8")], xml).into_response()
    }

    fn write(&self, t: Text, site: &str) -> io::Result<Vec<u8>> {
        let updated = self.entries.iter().map(|entry| entry.updated).max().unwrap_or(Timestamp::UNIX_EPOCH);
        let address = format!("{site}{}/feed.xml?language={}", self.page, t.language.tag());
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
