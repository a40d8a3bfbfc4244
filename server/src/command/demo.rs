//! `ecot demo`: a fictional town with last year's result and this year's vote, in a folder of its own.
//!
//! Everything goes the ways that a town hall's own cycles go; only the citizens are made up, from a fixed seed.

use super::officer;
use super::serve::{listen, until_stopped};
use crate::config::{Post, Storage};
use crate::failure::Failure;
use crate::post::Carrier;
use app::access::House;
use app::actions::project::slug_of;
use app::map::Map;
use app::record;
use app::text::zone;
use jiff::{Timestamp, ToSpan};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rust_embed::RustEmbed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use store::Translated;
use store::cycle::{Cycle, Load, Nature, Opening, Phase};
use store::delivery::Delivery;
use store::incident::Incident;
use store::legal_notice::LegalNotice;
use store::municipality::{Label, Municipality};
use store::project::{BudgetLine, Kind, NewProject, Point};
use store::roll::{Issued, issue};
use tally::bundle::Publication;
use tally::delivery::Step;
use tally::rule_sheet::{Rule, RuleSheet, Terms};
use tally::{Ballots, Fallback, Minor};

/// Make a fictional town and serve it.
#[derive(clap::Args)]
pub(super) struct Demo {
    /// The address to listen on
    #[arg(long, default_value = "127.0.0.1:3000")]
    addr: SocketAddr,
    /// Throw the old demo away and start anew
    #[arg(long)]
    fresh: bool,
    /// Where the demo lives
    #[arg(long, default_value = "var/demo")]
    folder: PathBuf,
}

/// What the demo prints at each start; kept in its folder because no database could tell it.
#[derive(Serialize, Deserialize)]
struct Secrets {
    town: String,
    codes: Vec<String>,
    mail: String,
    password: String,
}

/// The file that says that a folder is a demo's, and may be erased by the next one.
const MARK: &str = "ecot-demo";
const MAIL: &str = "mairie@aulnerive.example";
const ROLL: usize = 7_418;
const VOTERS_LAST_YEAR: usize = 3_000;
const VOTERS_THIS_YEAR: usize = 1_126;
const SEED: u64 = 2025;

impl Demo {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let listener = listen(self.addr).await?;
        let secrets_file = self.folder.join("demo.json");
        if self.fresh && secrets_file.exists() {
            self.erase()?;
        }
        let storage = Storage {
            database: format!("sqlite://{}", self.folder.join("ecot.db").display()),
            keys: self.folder.join("keys"),
        };
        let public_url: Arc<str> = format!("http://{}", self.addr).into();
        let opened = async || {
            Ok::<_, Failure>(House { public_url: public_url.clone(), ..storage.house(false).await? })
        };
        let house = if secrets_file.exists() {
            opened().await?
        } else {
            // Half a demo, from a start that was cut off, is of no use to anyone.
            self.erase()?;
            std::fs::create_dir_all(&self.folder)?;
            std::fs::write(self.folder.join(MARK), "A demo of Écot lives in this folder.\n")?;
            let house = opened().await?;
            let secrets = make(&house).await?;
            write_secrets(&secrets_file, &secrets)?;
            house
        };
        let text = std::fs::read_to_string(&secrets_file)?;
        let secrets: Secrets = serde_json::from_str(&text)
            .map_err(|error| Failure::trouble("demo.json cannot be read; try --fresh", error))?;
        // Nobody gets a mail from a demo: they lie in its folder, to be read there.
        let post = Post {
            smtp: None,
            mail_folder: Some(self.folder.join("mail")),
            mail_from: Some("Écot <ne-pas-repondre@aulnerive.example>".into()),
        };
        let carrier = Carrier::new(&post)?;
        let house = House { sends_mail: carrier.is_some(), ..house };
        print(&secrets, self.addr, &self.folder.join("mail"));
        until_stopped(listener, house, carrier).await
    }

    /// Erases a demo, by the names of its own files: whatever else lies in the folder stays.
    fn erase(&self) -> Result<(), Failure> {
        let own = |name: &str| name == "demo.json" || name.starts_with("ecot.db");
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Ok(()) };
        let names: Vec<_> =
            entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        if !names.iter().any(|name| name == MARK) && !names.is_empty() {
            return Err(Failure::Input(format!(
                "{} is not a demo's folder and is not empty; nothing was touched. Give another --folder",
                self.folder.display()
            )));
        }
        for name in names.iter().filter(|name| own(name)) {
            std::fs::remove_file(self.folder.join(name))?;
        }
        for folder in ["keys", "mail"].map(|name| self.folder.join(name)) {
            if folder.exists() {
                std::fs::remove_dir_all(folder)?;
            }
        }
        Ok(())
    }
}

fn write_secrets(path: &Path, secrets: &Secrets) -> Result<(), Failure> {
    let json =
        serde_json::to_string_pretty(secrets).map_err(|error| Failure::trouble("cannot write", error))?;
    Ok(std::fs::write(path, json)?)
}

fn print(secrets: &Secrets, addr: SocketAddr, mails: &Path) {
    let [first, others @ ..] = secrets.codes.as_slice() else { return };
    println!();
    println!("  Écot is at        http://{addr}/");
    println!("  the demo town     http://{addr}/{}", secrets.town);
    println!("  vote with code    {first}   at http://{addr}/enter");
    println!("  more codes        {}", others.join("   "));
    println!("  the town hall     http://{addr}/office");
    println!("  sign in with      {}   {}", secrets.mail, secrets.password);
    println!("  mails are in      {}", mails.display());
    println!();
}

async fn make(house: &House) -> Result<Secrets, Failure> {
    let words: TownWords = json("town.json")?;
    let town = words.municipality(house);
    let today = house.now();
    last_year(house, &words, &town).await?;
    // The town now exists under the id that the first load gave it.
    let town = officer::town_at(house, &town.slug).await?;
    store::legal_notice::keep(&house.db, &town.municipality_id, &words.legal_notice(), today).await?;
    draw(house, &town).await?;
    tell(house, &town).await?;
    let codes = this_year(house, &words, &town, today).await?;
    let password = store::roll::Code::new(house.bytes()).print();
    officer::add(house, &town, (MAIL, "Camille Aubert"), &password).await?;
    last_years_incident(house, &words, &town).await?;
    deliver(house, &town).await?;
    Ok(Secrets { town: town.slug, codes, mail: MAIL.into(), password })
}

/// Last year's cycle: voted, closed, counted and published in 2025.
async fn last_year(house: &House, words: &TownWords, town: &Municipality) -> Result<(), Failure> {
    let at = |text: &str| -> Timestamp { text.parse().expect("the dates of the demo are written right") };
    let projects: Vec<ProjectWords> = json("projects-2025.json")?;
    let cycle = words.cycle(house, "2025", at("2025-06-15T21:59:00Z"))?;
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let weights: Vec<u32> = projects.iter().map(|project| project.popularity.max(1)).collect();
    let crowd = Crowd {
        roll: roll(house, &cycle, words),
        voters: VOTERS_LAST_YEAR,
        ballots: ballots(&mut chance, &weights, VOTERS_LAST_YEAR),
        opened: at("2025-05-18T06:00:00Z"),
    };
    load(house, (words, town), &cycle, &projects, &crowd).await?;
    store::cycle::close(
        &house.db,
        &house.keys,
        &cycle.cycle_id,
        || house.token(),
        at("2025-06-15T22:00:00Z"),
    )
    .await?;
    let closed = store::cycle::by_slug(&house.db, &town.slug, &cycle.slug, house.now()).await?;
    let closed = closed.and_then(|(_, cycle)| store::cycle::closed(cycle));
    let closed = closed.ok_or_else(|| Failure::Trouble("last year's cycle did not close".into()))?;
    store::outcome::count(&house.db, &closed, at("2025-06-16T08:00:00Z")).await?;
    record::publish(house, town, closed.cycle(), at("2025-06-20T16:00:00Z")).await?;
    Ok(())
}

/// Something that went wrong last year, so that its page has something to tell.
async fn last_years_incident(house: &House, words: &TownWords, town: &Municipality) -> Result<(), Failure> {
    let missing = || Failure::Trouble("last year's cycle or its officer is missing".into());
    let (_, cycle) =
        store::cycle::by_slug(&house.db, &town.slug, "2025", house.now()).await?.ok_or_else(missing)?;
    let (officer, _) = store::officer::by_mail(&house.db, MAIL).await?.ok_or_else(missing)?;
    let told_at = "2025-05-27T15:20:00Z".parse().expect("the dates of the demo are written right");
    let incident = Incident { body: words.incident.translated(), told_at };
    store::incident::tell(&house.db, &house.id(), &cycle.cycle_id, &incident, &officer.officer_id).await?;
    Ok(())
}

/// What became of last year's money.
async fn deliver(house: &House, town: &Municipality) -> Result<(), Failure> {
    let missing = || Failure::Trouble("last year's cycle or its officer is missing".into());
    let (officer, _) = store::officer::by_mail(&house.db, MAIL).await?.ok_or_else(missing)?;
    let (_, cycle) =
        store::cycle::by_slug(&house.db, &town.slug, "2025", house.now()).await?.ok_or_else(missing)?;
    for told in json::<Vec<DeliveryWords>>("deliveries.json")? {
        let found = store::project::by_slug(&house.db, &cycle.cycle_id, &told.project).await?;
        let (project, _) = found.ok_or_else(|| Failure::Trouble(format!("no project {}", told.project)))?;
        for step in told.steps {
            let delivery = step.delivery(house)?;
            let by = &officer.officer_id;
            if !store::delivery::tell(&house.db, &cycle, &project.project_id, &delivery, by).await? {
                return Err(Failure::Trouble("last year's result is not public".into()));
            }
        }
    }
    Ok(())
}

/// This year's cycle, open for three more weeks; the codes of a few who have not voted.
async fn this_year(
    house: &House,
    words: &TownWords,
    town: &Municipality,
    today: Timestamp,
) -> Result<Vec<String>, Failure> {
    let trouble = |error| Failure::trouble("this year's dates", error);
    let zoned = today.to_zoned(zone(&town.time_zone));
    let last = zoned.checked_add(21.days()).and_then(|day| day.with().hour(23).minute(59).second(0).build());
    let projects: Vec<ProjectWords> = json("projects-2026.json")?;
    let cycle = words.cycle(house, "2026", last.map_err(trouble)?.timestamp())?;
    let mut chance = ChaCha8Rng::seed_from_u64(SEED + 1);
    let weights: Vec<u32> = projects.iter().map(|_| chance.random_range(20..100)).collect();
    let crowd = Crowd {
        roll: roll(house, &cycle, words),
        voters: VOTERS_THIS_YEAR,
        ballots: ballots(&mut chance, &weights, VOTERS_THIS_YEAR),
        opened: zoned.checked_sub(9.days()).map_err(trouble)?.timestamp(),
    };
    load(house, (words, town), &cycle, &projects, &crowd).await?;
    Ok(crowd.roll.iter().skip(crowd.voters).take(3).map(|issued| issued.code.print()).collect())
}

/// Gives the town its outline, by the way that the office goes.
async fn draw(house: &House, town: &Municipality) -> Result<(), Failure> {
    let file = Words::get("map.geojson")
        .ok_or_else(|| Failure::Trouble("map.geojson is not in this binary".into()))?;
    let map =
        Map::read(&file.data).map_err(|problem| Failure::Trouble(format!("map.geojson: {problem:?}")))?;
    store::municipality::set_map(&house.db, &town.municipality_id, Some(&map.to_json()), house.now()).await?;
    Ok(())
}

/// What the town has told about last year's projects since, a correction among it.
async fn tell(house: &House, town: &Municipality) -> Result<(), Failure> {
    let found = store::cycle::by_slug(&house.db, &town.slug, "2025", house.now()).await?;
    let (_, cycle) = found.ok_or_else(|| Failure::Trouble("last year's cycle is not there".into()))?;
    for told in json::<Vec<UpdateWords>>("updates.json")? {
        let found = store::project::by_slug(&house.db, &cycle.cycle_id, &told.project).await?;
        let (project, _) = found.ok_or_else(|| Failure::Trouble(format!("no project {}", told.project)))?;
        let update_id = house.id();
        let [first, corrections @ ..] = told.versions.as_slice() else { continue };
        store::update::publish(
            &house.db,
            &cycle,
            &project.project_id,
            (&update_id, &first.words()),
            first.at(),
        )
        .await?;
        for version in corrections {
            let corrected = (update_id.as_str(), &version.words());
            store::update::correct(&house.db, &cycle, &project.project_id, corrected, version.at()).await?;
        }
    }
    Ok(())
}

/// Made-up citizens and what they say.
struct Crowd {
    roll: Vec<Issued>,
    /// How many have voted: the first of the roll.
    voters: usize,
    /// Theirs.
    ballots: Ballots,
    /// When they could begin to.
    opened: Timestamp,
}

/// Loads a cycle with its crowd, and opens it.
async fn load(
    house: &House,
    (words, town): (&TownWords, &Municipality),
    cycle: &Cycle,
    projects: &[ProjectWords],
    crowd: &Crowd,
) -> Result<(), Failure> {
    let key = house.keys.make_cycle(&cycle.cycle_id, house.bytes())?;
    let projects: Vec<_> =
        projects.iter().map(|project| project.new_project(house, words)).collect::<Result<_, Failure>>()?;
    let entries: Vec<_> = crowd.roll.iter().map(|issued| issued.entry.clone()).collect();
    let first_day = crowd.opened.to_zoned(zone(&town.time_zone)).date();
    let days = (0..9_i64).cycle().map(|day| (first_day + day.days()).to_string());
    let participation: Vec<_> = (0..crowd.voters).zip(days).collect();
    let mut voting = entries.iter().map(|entry| key.ballot_id(&entry.roll_entry_id));
    let load = Load {
        town,
        cycle: cycle.clone(),
        projects: &projects,
        roll: &entries,
        participation: &participation,
        ballots: &crowd.ballots,
    };
    let next = || voting.next().expect("there are more people on the roll than ballots");
    store::cycle::load(&house.db, load, next, |_| {}, crowd.opened).await?;
    match store::cycle::open(&house.db, &house.keys, &cycle.cycle_id, house.bytes(), crowd.opened).await? {
        Opening::Opened => Ok(()),
        refused => Err(Failure::Trouble(format!("the demo's cycle did not open: {refused:?}"))),
    }
}

/// A roll of made-up references, spread over the districts.
fn roll(house: &House, cycle: &Cycle, words: &TownWords) -> Vec<Issued> {
    let rows = (0..ROLL).map(|place| {
        let district = &words.districts[place % words.districts.len()];
        (format!("AUL-{place:05}"), Some(district.label(house)))
    });
    issue(&house.roll_key, &cycle.cycle_id, rows, || house.token(), || house.bytes())
}

/// Ballots of 20 steps or a little less: each citizen likes one to seven projects, by their weight, and some more than others.
fn ballots(chance: &mut ChaCha8Rng, weights: &[u32], count: usize) -> Ballots {
    let mut ballots = Ballots::new();
    for _ in 0..count {
        let mut left: Vec<u32> = weights.to_vec();
        let liked = chance.random_range(1..=7);
        let mut coins: i64 = if chance.random_ratio(1, 9) { chance.random_range(8..20) } else { 20 };
        let mut lines: BTreeMap<u16, i64> = BTreeMap::new();
        for still in (1..=liked).rev() {
            let project = drawn(chance, &left);
            left[usize::from(project)] = 0;
            let given =
                if still == 1 { coins } else { chance.random_range(1..=(coins - still + 1).clamp(1, 9)) };
            coins -= given;
            lines.insert(project, given * 100);
        }
        let lines: Vec<_> = lines.into_iter().map(|(project, given)| (project, Minor::new(given))).collect();
        ballots.push(&lines, Fallback::Others).expect("lines are above zero and name each project once");
    }
    ballots
}

/// A place, drawn by weight.
fn drawn(chance: &mut ChaCha8Rng, weights: &[u32]) -> u16 {
    let mut at = chance.random_range(0..weights.iter().sum::<u32>());
    for (weight, place) in weights.iter().zip(0..) {
        if at < *weight {
            return place;
        }
        at -= weight;
    }
    unreachable!("the draw is below the sum of the weights")
}

/// The words and pictures of the demo, written by hand.
#[derive(RustEmbed)]
#[folder = "demo"]
struct Words;

fn json<T: for<'a> Deserialize<'a>>(name: &str) -> Result<T, Failure> {
    let file = Words::get(name).ok_or_else(|| Failure::Trouble(format!("{name} is not in this binary")))?;
    serde_json::from_slice(&file.data).map_err(|error| Failure::trouble(name, error))
}

#[derive(Deserialize)]
struct Said {
    fr: String,
    en: String,
    /// Left out in places, as by a town that translates what it can.
    #[serde(default)]
    ar: String,
}

impl Said {
    fn translated(&self) -> Translated {
        Translated::new("fr", &*self.fr).with("en", &*self.en).with("ar", &*self.ar)
    }
}

#[derive(Deserialize)]
struct BothBodies {
    fr: Vec<String>,
    en: Vec<String>,
}

#[derive(Deserialize)]
struct TownWords {
    slug: String,
    name: String,
    country: String,
    time_zone: String,
    about: Said,
    help: Help,
    districts: Vec<DistrictWords>,
    categories: Vec<CategoryWords>,
    cycles: Vec<CycleWords>,
    legal_notice: LegalNoticeWords,
    incident: Said,
}

#[derive(Deserialize)]
struct LegalNoticeWords {
    body: String,
    address: String,
    director: String,
    data_protection: String,
    host: String,
}

#[derive(Deserialize)]
struct Help {
    phone: String,
    mail: String,
    desk: Said,
}

#[derive(Deserialize)]
struct DistrictWords {
    id: String,
    name: String,
}

impl DistrictWords {
    fn label(&self, house: &House) -> Label {
        Label { label_id: house.id(), slug: slug_of(&self.name), name: Translated::new("fr", &*self.name) }
    }
}

#[derive(Deserialize)]
struct CategoryWords {
    id: String,
    name: Said,
}

#[derive(Deserialize)]
struct CycleWords {
    slug: String,
    title: Said,
    intro: Said,
}

impl TownWords {
    fn legal_notice(&self) -> LegalNotice {
        let LegalNoticeWords { body, address, director, data_protection, host } = &self.legal_notice;
        LegalNotice {
            body: body.clone(),
            address: address.clone(),
            director: director.clone(),
            data_protection: data_protection.clone(),
            host: host.clone(),
        }
    }

    fn municipality(&self, house: &House) -> Municipality {
        Municipality {
            municipality_id: house.id(),
            slug: self.slug.clone(),
            name: self.name.clone(),
            country: self.country.clone(),
            time_zone: self.time_zone.clone(),
            about: self.about.translated(),
            help_phone: self.help.phone.clone(),
            help_mail: self.help.mail.clone(),
            help_desk: self.help.desk.translated(),
            accent: None,
        }
    }

    fn cycle(&self, house: &House, slug: &str, closes_at: Timestamp) -> Result<Cycle, Failure> {
        let words = self.cycles.iter().find(|cycle| cycle.slug == slug);
        let words = words.ok_or_else(|| Failure::Trouble(format!("town.json has no cycle {slug}")))?;
        Ok(Cycle {
            cycle_id: house.id(),
            municipality_id: String::new(),
            slug: slug.to_owned(),
            title: words.title.translated(),
            intro: words.intro.translated(),
            nature: Nature::Practice,
            source: String::new(),
            phase: Phase::Draft,
            currency: "EUR".to_owned(),
            sheet: RuleSheet::new(Terms::usual(Rule::default())).expect("the usual terms are valid"),
            key_hash: None,
            closes_at,
            opened_at: None,
            closed_at: None,
            published_at: None,
            publication: Publication::Ballots,
            residents: None,
        })
    }
}

#[derive(Deserialize)]
struct ProjectWords {
    slug: String,
    kind: String,
    category: String,
    district: String,
    place: PlaceWords,
    holder: String,
    floor_minor: i64,
    ceiling_minor: i64,
    title: Said,
    summary: Said,
    body: BothBodies,
    budget: Vec<BudgetWords>,
    picture_alt: Said,
    #[serde(default)]
    popularity: u32,
}

#[derive(Deserialize)]
struct PlaceWords {
    name: Said,
    latitude_microdegrees: i64,
    longitude_microdegrees: i64,
}

#[derive(Deserialize)]
struct UpdateWords {
    project: String,
    /// What was said first, then its corrections.
    versions: Vec<VersionWords>,
}

#[derive(Deserialize)]
struct DeliveryWords {
    project: String,
    /// In the order in which they were told.
    steps: Vec<StepWords>,
}

#[derive(Deserialize)]
struct StepWords {
    step: String,
    amount_minor: i64,
    day: String,
    #[serde(default)]
    document: String,
    #[serde(default)]
    note: Option<Said>,
}

impl StepWords {
    /// Told at noon of its day.
    fn delivery(self, house: &House) -> Result<Delivery, Failure> {
        let wrong = || Failure::Trouble(format!("deliveries.json: {} {}", self.step, self.day));
        let told_at = format!("{}T11:00:00Z", self.day).parse().map_err(|_| wrong())?;
        Ok(Delivery {
            delivery_id: house.id(),
            step: Step::parse(&self.step).ok_or_else(wrong)?,
            amount: Minor::new(self.amount_minor),
            note: self.note.map(|note| note.translated()).unwrap_or_default(),
            day: self.day,
            document: self.document,
            told_at,
        })
    }
}

#[derive(Deserialize)]
struct VersionWords {
    at: String,
    title: Said,
    body: Said,
}

impl VersionWords {
    fn at(&self) -> Timestamp {
        self.at.parse().expect("the dates of the demo are written right")
    }

    fn words(&self) -> store::update::Words {
        store::update::Words { title: self.title.translated(), body: self.body.translated() }
    }
}

#[derive(Deserialize)]
struct BudgetWords {
    label: Said,
    amount_minor: i64,
}

impl ProjectWords {
    fn new_project(&self, house: &House, words: &TownWords) -> Result<NewProject, Failure> {
        let wrong = |what: &str| Failure::Trouble(format!("{}: its {what} is not one", self.slug));
        let category = words.categories.iter().find(|category| category.id == self.category);
        let category = category.ok_or_else(|| wrong("category"))?;
        let district = words.districts.iter().find(|district| district.id == self.district);
        let district = district.ok_or_else(|| wrong("district"))?;
        let picture = Words::get(&format!("pictures/{}.svg", self.slug));
        Ok(NewProject {
            project_id: house.id(),
            slug: self.slug.clone(),
            count_id: self.slug.clone(),
            kind: Kind::parse(&self.kind).ok_or_else(|| wrong("kind"))?,
            category: Some(Label {
                label_id: house.id(),
                slug: slug_of(&category.name.fr),
                name: category.name.translated(),
            }),
            district: Some(district.label(house)),
            place_name: self.place.name.translated(),
            point: Some(Point {
                latitude_microdegrees: self.place.latitude_microdegrees,
                longitude_microdegrees: self.place.longitude_microdegrees,
            }),
            holder: self.holder.clone(),
            floor: Minor::new(self.floor_minor),
            ceiling: Minor::new(self.ceiling_minor),
            title: self.title.translated(),
            summary: self.summary.translated(),
            body: Translated::new("fr", self.body.fr.join("\n\n")).with("en", self.body.en.join("\n\n")),
            picture_svg: picture.map(|file| file.data.into_owned()),
            picture_alt: self.picture_alt.translated(),
            budget: self
                .budget
                .iter()
                .map(|line| BudgetLine {
                    label: line.label.translated(),
                    amount: Minor::new(line.amount_minor),
                })
                .collect(),
            official: None,
        })
    }
}
