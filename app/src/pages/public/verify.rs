//! `/{town}/{cycle}/verify`: counting a published result again, in this browser, by a command, or with a second program.
//!
//! Verifies nothing itself: a visitor who doubts the server would not be helped by its word. The script of the page loads
//! the count only when somebody presses, and sends nothing anywhere. Answers 404 until the release, as the result does.

use crate::access::Visit;
use crate::error::Error;
use crate::pages::Page;
use crate::shelf::Keep;
use crate::text::Text;
use crate::views::{breadcrumb, icon, prose};
use axum::extract::{Path, Query};
use axum::response::Response;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use store::bundle::BundleFile;
use store::cycle::{Cycle, Nature};
use store::municipality::Municipality;
use store::outcome::Counted;
use tally::bundle::{Publication, Published};

/// Which version is asked for; without one, the latest.
#[derive(Deserialize)]
pub struct Asked {
    version: Option<String>,
}

/// A version of a result, with its files.
struct Version {
    town: Municipality,
    cycle: Cycle,
    counted: Counted,
    files: Vec<BundleFile>,
    /// All versions, as they were released.
    all: Vec<Counted>,
    /// Their hashes, for a bundle from elsewhere to be held against.
    published: Vec<Published>,
}

impl Version {
    async fn read(visit: &Visit, town: &str, cycle: &str, asked: Option<&str>) -> Result<Self, Error> {
        let (town, cycle) = visit.cycle(town, cycle).await?;
        let mut all = store::outcome::versions(visit.db(), &cycle, visit.now).await?;
        all.sort_by_key(|counted| counted.version);
        let number = asked.map(|asked| asked.parse::<i64>().map_err(|_| Error::NotFound)).transpose()?;
        let is_it = |counted: &&Counted| number.is_none_or(|number| counted.version == number);
        let counted = all.iter().rev().find(is_it).ok_or(Error::NotFound)?.clone();
        let (mut files, mut published) = (Vec::new(), Vec::new());
        for one in &all {
            let of_one = store::bundle::files(visit.db(), &cycle.cycle_id, one).await?;
            published.extend(hashes_of(one, &of_one));
            if one.version == counted.version {
                files = of_one;
            }
        }
        Ok(Self { town, cycle, counted, files, all, published })
    }

    fn base(&self) -> String {
        format!("/{}/{}", self.town.slug, self.cycle.slug)
    }

    /// Where the versions are, each at `/v1` and so on below it.
    fn results(&self) -> String {
        format!("{}/results", self.base())
    }

    fn archive(&self) -> String {
        format!("{}/v{}/{ARCHIVE}", self.results(), self.counted.version)
    }

    fn day(&self, t: Text, counted: &Counted) -> String {
        counted.published_at.map(|at| t.day(at, &self.town.time_zone)).unwrap_or_default()
    }

    fn number(t: Text, counted: &Counted) -> String {
        t.number(u64::try_from(counted.version).unwrap_or_default())
    }
}

const ARCHIVE: &str = "bundle.zip";
/// The list of files, which is in no list itself.
const PACKAGE: &str = "datapackage.json";

/// The hashes by which a version is known; nothing for one that has no files.
fn hashes_of(version: &Counted, files: &[BundleFile]) -> Option<Published> {
    let hash = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.sha256.clone());
    let package_sha256 = hash(PACKAGE)?;
    Some(Published { version: version.version, package_sha256, archive_sha256: hash(ARCHIVE) })
}

/// The page.
pub async fn show(
    visit: Visit,
    Path((town, cycle)): Path<(String, String)>,
    Query(asked): Query<Asked>,
) -> Result<Response, Error> {
    let version = Version::read(&visit, &town, &cycle, asked.version.as_deref()).await?;
    let t = visit.text;
    let way = vec![
        (format!("/{}", version.town.slug), version.town.name.clone()),
        (version.base(), t.said(&version.cycle.title).to_owned()),
        (format!("{}/results", version.base()), t.results().to_owned()),
    ];
    let is_import = version.cycle.nature == Nature::Import;
    let lede = if is_import { t.verify_lede_import() } else { t.verify_lede() };
    let limits = match version.cycle.publication {
        Publication::Ballots if is_import => t.verify_limits_import(),
        Publication::Ballots => t.verify_limits(),
        Publication::Notes => t.verify_limits_notes(),
        Publication::Sealed => t.verify_limits_sealed(),
    };
    let of_version =
        t.verify_of_version(&Version::number(t, &version.counted), &version.day(t, &version.counted));
    let title = format!("{}: {}", t.verify_title(), t.said(&version.cycle.title));
    let page = Page::new(&visit, title).of_cycle(&version.town, &version.cycle);
    Ok(page.kept(Keep::Briefly).show(|| {
        view! {
            {breadcrumb(t, way, t.verify_title().to_owned())}
            <h1>{t.verify_title()}</h1>
            <p class="lede">{lede}</p>
            <p class="meta">{of_version}</p>
            {corrected(t, &version)}
            {in_browser(&visit, &version)}
            <p class="verify__limits">{limits}</p>
            {elsewhere(&visit, &version)}
            {hashes(t, &version)}
            {versions(t, &version)}
        }
        .into_any()
    }))
}

/// That there is a later version, and why.
fn corrected(t: Text, version: &Version) -> Option<impl IntoView + use<>> {
    let latest = version.all.last().filter(|latest| latest.version > version.counted.version)?;
    let href = format!("{}/verify", version.base());
    Some(view! {
        <div class="alert alert--warning">
            {icon("warn")}
            <div><p><a href=href>{t.verify_corrected(&Version::number(t, latest))}</a></p>{prose(t, &latest.reason)}</div>
        </div>
    })
}

/// What the script needs to say what it does.
#[derive(Serialize)]
struct Words {
    language: &'static str,
    words: BTreeMap<&'static str, &'static str>,
    money: crate::money::MoneyFormat,
    currency: String,
}

fn in_browser(visit: &Visit, version: &Version) -> impl IntoView + use<> {
    let t = visit.text;
    let words = Words {
        language: t.language.tag(),
        words: t.recount_words().into_iter().collect(),
        money: t.money_format(&version.cycle.currency),
        currency: version.cycle.currency.clone(),
    };
    let words = serde_json::to_string(&words).expect("texts by name are always JSON");
    let published = serde_json::to_string(&version.published).expect("numbers and texts are always JSON");
    let results = format!("{}{}", visit.house.public_url, version.results());
    let bytes = version.files.iter().find(|file| file.path == ARCHIVE).map_or(0, |file| file.size_bytes);
    let script = format!("/pkg/{}/verify.js", visit.house.site);
    view! {
        <section class="verify" id="recount" data-words=words data-bundle=version.archive() data-bytes=bytes.to_string() data-published=published data-results=results>
            <h2>{t.verify_here()}</h2>
            <p>{t.verify_here_how()}</p>
            <p data-part="needs">{t.verify_needs_script()}</p>
            <div class="verify__ways" data-part="ways" hidden>
                <button class="button" type="button" data-part="start">{t.verify_now()}</button>
                <div class="field">
                    <label for="verify-file">{t.verify_file()}</label>
                    <p class="field__hint" id="verify-file-hint">{t.verify_file_hint()}</p>
                    <input type="file" id="verify-file" accept=".zip,application/zip" aria-describedby="verify-file-hint" data-part="file"/>
                </div>
            </div>
            <div class="progress" data-part="progress" hidden>
                <progress max="100" aria-labelledby="verify-status"></progress>
            </div>
            <div class="verify__status" role="status" id="verify-status" data-part="status"></div>
            <ul class="verify__files" role="list" data-part="files" hidden></ul>
            <script type="module" src=script></script>
        </section>
    }
}

fn elsewhere(visit: &Visit, version: &Version) -> impl IntoView + use<> {
    let t = visit.text;
    let command = format!("ecot verify {}{}", visit.house.public_url, version.archive());
    let program = format!("/pkg/{}/recount.py", visit.house.site);
    view! {
        <section>
            <h2>{t.verify_offline()}</h2>
            <p>{t.verify_offline_how()}</p>
            <pre class="verify__command" dir="ltr" tabindex="0"><code>{command}"\n"</code><code>"ecot verify bundle.zip"</code></pre>
            <ul class="downloads" role="list"><li><a href=version.archive() download>{icon("down")}{t.verify_get_bundle()}</a></li></ul>
        </section>
        <section>
            <h2>{t.verify_other_program()}</h2>
            <p>{t.verify_other_program_how()}</p>
            <pre class="verify__command" dir="ltr" tabindex="0"><code>"python3 recount.py bundle.zip"</code></pre>
            <ul class="downloads" role="list"><li><a href=program download>{icon("down")}{t.verify_get_program()}</a></li></ul>
        </section>
    }
}

/// What each file must be, for those who have one already.
fn hashes(t: Text, version: &Version) -> impl IntoView + use<> {
    let folder = format!("{}/results/v{}", version.base(), version.counted.version);
    let rows = version
        .files
        .iter()
        .map(|file| {
            let size = t.number(u64::try_from(file.size_bytes).unwrap_or_default());
            view! {
                <tr>
                    <th scope="row"><a href=format!("{folder}/{}", file.path) dir="ltr">{file.path.clone()}</a></th>
                    <td class="num" data-label=t.verify_column_size()>{size}</td>
                    <td class="verify__hash" data-label="SHA-256"><code dir="ltr">{file.sha256.clone()}</code></td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2 id="hashes">{t.verify_hashes()}</h2>
            <p>{t.verify_hashes_how()}</p>
            <table class="table table--stacked" aria-labelledby="hashes">
                <thead><tr>
                    <th scope="col">{t.verify_column_file()}</th>
                    <th scope="col" class="num">{t.verify_column_size()}</th>
                    <th scope="col">"SHA-256"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </section>
    }
}

/// Every version, where there is more than one.
fn versions(t: Text, version: &Version) -> Option<impl IntoView + use<>> {
    if version.all.len() < 2 {
        return None;
    }
    let items = version
        .all
        .iter()
        .rev()
        .map(|counted| {
            let href = format!("{}/verify?version={}", version.base(), counted.version);
            let here = (counted.version == version.counted.version).then_some("page");
            view! {
                <li>
                    <a href=href aria-current=here>{t.verify_version(&Version::number(t, counted))}</a>
                    <span class="meta">{version.day(t, counted)}</span>
                    {prose(t, &counted.reason)}
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section>
            <h2>{t.verify_versions()}</h2>
            <ul class="timeline" role="list">{items}</ul>
        </section>
    })
}
