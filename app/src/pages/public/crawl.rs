//! `/robots.txt` (RFC 9309) and `/sitemap.xml` (sitemaps.org, 0.9): what search engines may read, and where it is.
//!
//! Practice cycles are left out: somebody who looks for a town's vote must not find an exercise.

use crate::access::House;
use crate::error::Error;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};
use std::io;
use store::cycle::Nature;

/// What is of one person or of the office, and what is on other pages already.
const CLOSED: [&str; 8] =
    ["/account", "/embed/", "/enter", "/euros", "/office", "/stop", "/*/ballot", "/*/mine"];

/// `robots.txt`
pub async fn robots(State(house): State<House>) -> Response {
    let closed: String = CLOSED.iter().map(|path| format!("Disallow: {path}\n")).collect();
    let text = format!("User-agent: *\n{closed}\nSitemap: {}/sitemap.xml\n", house.public_url);
    (
        [
            (header::CONTENT_TYPE, "text/plain; charset=utf-8"),
            (header::CACHE_CONTROL, "public, max-age=3600"),
        ],
        text,
    )
        .into_response()
}

/// The most addresses that a sitemap may have.
const MOST: usize = 50_000;

/// `sitemap.xml`
pub async fn sitemap(State(house): State<House>) -> Result<Response, Error> {
    let mut places: Vec<(String, Option<Timestamp>)> =
        ["/", "/data", "/api"].map(|path| (path.to_owned(), None)).to_vec();
    for town in store::municipality::all(&house.db).await? {
        places.push((format!("/{}", town.slug), None));
        let releases = store::outcome::releases(&house.db, &town.municipality_id, house.now()).await?;
        for cycle in house.public_cycles_of(&town, house.now()).await? {
            if cycle.nature == Nature::Practice {
                continue;
            }
            let page = format!("/{}/{}", town.slug, cycle.slug);
            let released = releases.iter().find(|release| release.cycle_id == cycle.cycle_id);
            places.push((page.clone(), None));
            places.extend(released.map(|release| (format!("{page}/results"), Some(release.published_at))));
            let projects = store::project::of_cycle(&house.db, &cycle.cycle_id).await?;
            places.extend(projects.iter().map(|project| (format!("{page}/projects/{}", project.slug), None)));
        }
    }
    places.truncate(MOST);
    let xml = write(&house.public_url, &places).expect("a vector takes all that is written to it");
    let headers = [(header::CONTENT_TYPE, "application/xml"), (header::CACHE_CONTROL, "public, max-age=600")];
    Ok((headers, xml).into_response())
}

fn write(site: &str, places: &[(String, Option<Timestamp>)]) -> io::Result<Vec<u8>> {
    let mut xml = Writer::new(Vec::new());
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("utf-8"), None)))?;
    let root =
        xml.create_element("urlset").with_attribute(("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"));
    root.write_inner_content(|xml| {
        places.iter().try_for_each(|(path, changed_at)| {
            xml.create_element("url").write_inner_content(|xml| {
                let address = format!("{site}{path}");
                xml.create_element("loc").write_text_content(BytesText::new(&address))?;
                if let Some(at) = changed_at {
                    let at = at.to_string();
                    xml.create_element("lastmod").write_text_content(BytesText::new(&at))?;
                }
                Ok(())
            })?;
            Ok(())
        })
    })?;
    Ok(xml.into_inner())
}
