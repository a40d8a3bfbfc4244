//! Towns and cycles, made by the ways that an officer has: forms for everything, the store only for what the command
//! line does (a town, an officer).

use crate::app::TestApp;
use crate::browser::{Form, Page, Visitor};
use app::actions::enter::hash_password;
use jiff::Timestamp;
use serde_json::Value;
use std::ops::Deref;
use store::Translated;
use store::municipality::Municipality;
use store::officer::{Officer, Role};

pub(crate) const PASSWORD: &str = "une phrase de passe assez longue";

/// The hour at which cycles close unless a test says otherwise: 31 March 2026, 20:00 in Paris.
pub(crate) fn closing() -> Timestamp {
    "2026-03-31T18:00:00Z".parse().unwrap()
}

/// A town without cycles.
pub(crate) struct Town<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) slug: &'static str,
    id: String,
}

impl TestApp {
    /// The town of most tests.
    pub(crate) async fn town(&self) -> Town<'_> {
        self.town_called("laudry").await
    }

    pub(crate) async fn town_called(&self, slug: &'static str) -> Town<'_> {
        let town = Municipality {
            municipality_id: self.house.id(),
            slug: slug.into(),
            name: format!("Town of {slug}"),
            country: "FR".into(),
            time_zone: "Europe/Paris".into(),
            about: Translated::new("fr", "Une ville."),
            help_phone: "05 00 00 00 00".into(),
            help_mail: "mairie@laudry.example".into(),
            help_desk: Translated::new("fr", "À l’accueil."),
            accent: None,
        };
        assert!(store::municipality::add(&self.house.db, &town, self.house.now()).await.unwrap());
        Town { app: self, slug, id: town.municipality_id }
    }
}

impl<'a> Town<'a> {
    /// Adds somebody to the staff.
    pub(crate) async fn hire(&self, mail: &str, role: Role) {
        let house = &self.app.house;
        let officer = Officer { officer_id: house.id(), mail: mail.into(), name: "Camille".into() };
        let hash = hash_password(PASSWORD, house.bytes());
        store::officer::add(&house.db, &officer, &hash, (&self.id, role), house.now()).await.unwrap();
    }

    /// A manager, signed in.
    pub(crate) async fn officer(&self) -> Visitor {
        let mail = format!("camille@{}.example", self.slug);
        self.hire(&mail, Role::Manager).await;
        sign_in(self.app, &mail).await
    }

    /// A cycle with the usual three projects, three people and rules, open.
    pub(crate) async fn with_open_cycle(self) -> Cycle<'a> {
        self.plan().open().await
    }

    /// A cycle that a test changes before it is made.
    pub(crate) fn plan(self) -> Plan<'a> {
        self.plan_called("2026")
    }

    /// The same, at another address.
    pub(crate) fn plan_called(self, slug: &'static str) -> Plan<'a> {
        let project = |slug, floor, ceiling| Project { slug, floor, ceiling, kind: "grant" };
        Plan {
            town: self,
            slug,
            terms: Vec::new(),
            projects: vec![
                project("garden", "10", "300"),
                project("kiosk", "50", "1200"),
                project("lamps", "0", "80"),
            ],
            people: 3,
        }
    }
}

/// Signs in at the office's door.
pub(crate) async fn sign_in(app: &TestApp, mail: &str) -> Visitor {
    let visitor = app.visitor();
    let form = visitor
        .get("/office/enter")
        .await
        .form("/office/enter")
        .fill("mail", mail)
        .fill("password", PASSWORD);
    visitor.submit(&form).await.assert_redirect("/office");
    visitor
}

/// What a project is made of.
#[derive(Clone, Copy)]
pub(crate) struct Project {
    pub(crate) slug: &'static str,
    pub(crate) floor: &'static str,
    pub(crate) ceiling: &'static str,
    pub(crate) kind: &'static str,
}

impl Project {
    pub(crate) fn fill(self, form: Form) -> Form {
        form.fill("title.fr", format!("Le projet {}", self.slug))
            .fill("title.en", format!("The {}", self.slug))
            .fill("slug", self.slug)
            .fill("summary.fr", "Une phrase.")
            .fill("kind", self.kind)
            .fill("holder", "Association")
            .fill("floor", self.floor)
            .fill("ceiling", self.ceiling)
    }
}

/// A cycle to be made.
pub(crate) struct Plan<'a> {
    town: Town<'a>,
    slug: &'static str,
    terms: Vec<(&'static str, &'static str)>,
    projects: Vec<Project>,
    people: usize,
}

impl<'a> Plan<'a> {
    /// Writes into a field of the cycle's form.
    pub(crate) fn with(mut self, field: &'static str, value: &'static str) -> Self {
        self.terms.push((field, value));
        self
    }

    pub(crate) fn projects(self, projects: &[Project]) -> Self {
        Self { projects: projects.to_vec(), ..self }
    }

    pub(crate) fn people(self, people: usize) -> Self {
        Self { people, ..self }
    }

    /// Makes the cycle, and leaves it a draft.
    pub(crate) async fn draft(self) -> Cycle<'a> {
        let officer = self.town.officer().await;
        self.draft_by(officer).await
    }

    /// The same, by an officer who has signed in already.
    pub(crate) async fn draft_by(self, officer: Visitor) -> Cycle<'a> {
        let new = format!("/office/{}/new", self.town.slug);
        let form = officer.get(&new).await.form(&new).fill("slug", self.slug);
        let form = form
            .fill("title.fr", format!("Budget {}", self.slug))
            .fill("closes_date", "2026-03-31")
            .fill("closes_time", "20:00");
        let form = self.terms.iter().fold(form, |form, (field, value)| form.fill(field, *value));
        let office = format!("/office/{}/{}", self.town.slug, self.slug);
        officer.submit(&form).await.assert_redirect(&office);
        let mut cycle =
            Cycle { app: self.town.app, town: self.town, slug: self.slug, officer, codes: Vec::new() };
        for project in self.projects {
            cycle.add_project(project).await;
        }
        if self.people > 0 {
            let references: String = (1..=self.people).map(|number| format!("REF-{number:04};\n")).collect();
            let page = cycle.import_roll(&format!("reference;district\n{references}")).await;
            cycle.codes = codes(&page).into_iter().map(|(_, code)| code).collect();
        }
        cycle
    }

    /// Makes the cycle and opens it.
    pub(crate) async fn open(self) -> Cycle<'a> {
        let cycle = self.draft().await;
        cycle.take_step("open").await;
        cycle
    }
}

/// The (reference, code) of each letter, from the table that an import answers with.
#[track_caller]
pub(crate) fn codes(table: &Page) -> Vec<(String, String)> {
    table.assert_status(200);
    assert_eq!(table.header("content-type"), "text/csv; charset=utf-8; header=present", "{}", table.words());
    let mut reader = csv::Reader::from_reader(table.body().as_bytes());
    assert_eq!(reader.headers().unwrap(), vec!["reference", "code"]);
    reader.records().map(|row| row.unwrap()).map(|row| (row[0].to_owned(), row[1].to_owned())).collect()
}

/// A cycle, with an officer who is signed in and the codes of its letters.
pub(crate) struct Cycle<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) town: Town<'a>,
    pub(crate) slug: &'static str,
    pub(crate) officer: Visitor,
    pub(crate) codes: Vec<String>,
}

impl Cycle<'_> {
    /// An address of the cycle's public part.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("/{}/{}{path}", self.town.slug, self.slug)
    }

    /// An address of the cycle's office.
    pub(crate) fn office(&self, path: &str) -> String {
        format!("/office/{}/{}{path}", self.town.slug, self.slug)
    }

    pub(crate) async fn add_project(&self, project: Project) {
        let new = self.office("/projects/new");
        let form = project.fill(self.officer.get(&new).await.form(&new));
        self.officer.submit(&form).await.assert_redirect(&self.office(""));
    }

    pub(crate) async fn import_roll(&self, table: &str) -> Page {
        self.officer.submit(&self.roll_form().await.attach("file", table)).await
    }

    pub(crate) async fn roll_form(&self) -> Form {
        let roll = self.office("/roll");
        self.officer.get(&roll).await.form(&roll)
    }

    /// Presses the button of the office's page for the next step.
    pub(crate) async fn take_step(&self, step: &str) {
        let desk = self.officer.get(self.office("")).await;
        let address = self.office(&format!("/{step}"));
        // What cannot be undone is asked on a page of its own.
        let form = if step == "count" {
            desk.form(&address)
        } else {
            let offered = desk.attributes("main a", "href");
            assert!(offered.contains(&address), "{address} is not among {offered:?}");
            self.officer.get(&address).await.form(&address)
        };
        self.officer.submit(&form).await.assert_redirect(&self.office(""));
    }

    /// Closes, counts and publishes; what `results.json` then says.
    pub(crate) async fn publish(&self) -> Value {
        for step in ["close", "count", "publish"] {
            self.take_step(step).await;
        }
        let page = self.app.visitor().get(self.at("/results.json")).await;
        page.assert_status(200);
        page.json()
    }

    /// Counts again without the ballots of these numbers, and publishes that.
    pub(crate) async fn correct(&self, void: &str) {
        let address = self.office("/corrections");
        let form = self.officer.get(&address).await.form(&address);
        let form = form.fill("reason.fr", "Un bulletin en double.").fill("void", void);
        self.officer.submit(&form).await.assert_redirect(&address);
        let waiting = self.officer.get(&address).await;
        waiting.assert_says("Un bulletin en double.");
        let publish = waiting.form(&self.office("/corrections/publish"));
        self.officer.submit(&publish).await.assert_redirect(&address);
    }

    /// The person whose letter has the code at this place, with a browser, come in.
    pub(crate) async fn citizen(&self, place: usize) -> Citizen<'_> {
        let visitor = self.app.visitor();
        enter(&visitor, &self.codes[place]).await.assert_redirect(&self.at("/ballot"));
        Citizen { cycle: self, visitor }
    }
}

/// Types a code at the door.
pub(crate) async fn enter(visitor: &Visitor, code: &str) -> Page {
    let form = visitor.get("/enter").await.form("/enter").fill("code", code);
    visitor.submit(&form).await
}

/// Sends a spread ballot, and follows to "check your choices".
pub(crate) async fn check(visitor: &Visitor, cycle: &Cycle<'_>, spread: &Form) -> Page {
    let address = cycle.at("/ballot/check");
    visitor.submit(spread).await.assert_redirect(&address);
    let page = visitor.get(&address).await;
    page.assert_status(200);
    page
}

/// Somebody who came in with their code.
pub(crate) struct Citizen<'a> {
    pub(crate) cycle: &'a Cycle<'a>,
    pub(crate) visitor: Visitor,
}

impl Deref for Citizen<'_> {
    type Target = Visitor;

    fn deref(&self) -> &Visitor {
        &self.visitor
    }
}

impl Citizen<'_> {
    /// The ballot with these amounts typed in.
    pub(crate) async fn spread(&self, amounts: &[(&str, &str)]) -> Form {
        let address = self.cycle.at("/ballot");
        let form = self.get(&address).await.form(&address);
        amounts.iter().fold(form, |form, (slug, amount)| form.fill(&format!("amount.{slug}"), *amount))
    }

    /// The form of "check your choices" for these amounts, about to be confirmed.
    pub(crate) async fn checked(&self, amounts: &[(&str, &str)]) -> Form {
        let form = self.spread(amounts).await;
        let page = self.check(&form).await;
        page.form(&self.cycle.at("/ballot/confirm")).press("confirm", "yes")
    }

    /// Sends a spread ballot, and follows to "check your choices".
    pub(crate) async fn check(&self, spread: &Form) -> Page {
        check(&self.visitor, self.cycle, spread).await
    }

    /// Sends a form of the ballot, which leads back to the allocator, and looks there.
    pub(crate) async fn allocate(&self, form: &Form) -> Page {
        let address = self.cycle.at("/ballot");
        self.submit(form).await.assert_redirect(&address);
        self.get(&address).await
    }

    /// Spreads, checks, confirms.
    pub(crate) async fn vote(&self, amounts: &[(&str, &str)]) {
        let form = self.checked(amounts).await;
        self.submit(&form).await.assert_redirect(&self.cycle.at("/mine"));
    }

    /// The version of their ballot that the page says is in the urn.
    pub(crate) async fn version(&self) -> Option<u32> {
        let page = self.get(self.cycle.at("/ballot")).await;
        let alerts = page.texts(".alert");
        let version = alerts.iter().find_map(|words| words.strip_prefix("Version "));
        version.map(|rest| rest.split(' ').next().unwrap().parse().unwrap())
    }
}
