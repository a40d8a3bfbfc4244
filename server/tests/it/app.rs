//! The router of the house with a database, keys, clock and chance of a test's own.

use crate::browser::{HOST, Visitor};
use crate::databases::{Folder, PostgresDatabase, connect};
use crate::letter::Letter;
use app::access::House;
use axum::Router;
use jiff::{SignedDuration, Timestamp};
use rand::{RngCore, SeedableRng};
use rand_chacha::ChaCha8Rng;
use server::config::Post;
use server::post::Carrier;
use sqlx::{AssertSqlSafe, Row};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use store::Db;
use store::keys::Keys;
use tokio::sync::Semaphore;

/// A house of a test's own.
pub(crate) struct TestApp {
    pub(crate) house: House,
    pub(crate) clock: Clock,
    pub(crate) database_url: String,
    pub(crate) folder: Folder,
    router: Router,
    // Dropped last: it is what the others use.
    _postgres: Option<PostgresDatabase>,
}

/// What time it is for the house.
#[derive(Clone)]
pub(crate) struct Clock {
    micros: Arc<AtomicI64>,
    micros_per_look: Arc<AtomicI64>,
}

impl Clock {
    fn new() -> Self {
        let clock = Self { micros: Arc::default(), micros_per_look: Arc::default() };
        clock.set("2026-03-02T08:00:00Z".parse().unwrap());
        clock
    }

    pub(crate) fn set(&self, to: Timestamp) {
        self.micros.store(to.as_microsecond(), Ordering::SeqCst);
    }

    pub(crate) fn advance(&self, by: SignedDuration) {
        self.micros.fetch_add(i64::try_from(by.as_micros()).unwrap(), Ordering::SeqCst);
    }

    /// Each look at it takes this long.
    pub(crate) fn pass_with_each_look(&self, micros: i64) {
        self.micros_per_look.store(micros, Ordering::SeqCst);
    }

    fn look(&self) -> Timestamp {
        let micros = self.micros.fetch_add(self.micros_per_look.load(Ordering::SeqCst), Ordering::SeqCst);
        Timestamp::from_microsecond(micros).unwrap()
    }
}

impl TestApp {
    pub(crate) async fn on_sqlite() -> Self {
        let folder = Folder::new();
        let url = format!("sqlite://{}", folder.join("ecot.db").display());
        Self::new(url, folder, None).await
    }

    /// None where there is no server for tests.
    pub(crate) async fn on_postgres() -> Option<Self> {
        let postgres = PostgresDatabase::migrated().await?;
        Some(Self::new(postgres.url.clone(), Folder::new(), Some(postgres)).await)
    }

    async fn new(database_url: String, folder: Folder, postgres: Option<PostgresDatabase>) -> Self {
        // The causes of what went wrong, beside the output of the test that failed. Only the first can set this up.
        let _ = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::ERROR)
            .with_ansi(false)
            .with_test_writer()
            .try_init();
        let db = Db::open(&database_url).await.unwrap();
        db.migrate().await.unwrap();
        let keys = Keys::open(&folder.join("keys")).unwrap();
        let clock = Clock::new();
        let looked_at = clock.clone();
        let chance = Mutex::new(ChaCha8Rng::seed_from_u64(1_901));
        let house = House {
            db,
            roll_key: keys.roll([7; 32]).unwrap(),
            keys,
            clock: Arc::new(move || looked_at.look()),
            chance: Arc::new(move |bytes: &mut [u8]| chance.lock().unwrap().fill_bytes(bytes)),
            secure: true,
            patience: Duration::from_secs(60),
            site: "none".into(),
            hashing: Arc::new(Semaphore::new(2)),
            public_url: format!("https://{HOST}").into(),
            sends_mail: true,
            proxies: 1,
            throttles: Arc::default(),
            shelf: Arc::default(),
            answers: Arc::default(),
        };
        let router = server::router::router(house.clone());
        Self { house, clock, database_url, folder, router, _postgres: postgres }
    }

    /// Somebody with a new browser, who reads English.
    pub(crate) fn visitor(&self) -> Visitor {
        Visitor::new(self.router.clone())
    }

    pub(crate) fn is_sqlite(&self) -> bool {
        self.database_url.starts_with("sqlite:")
    }

    /// Prepares reminders and carries the mails that are due; those that arrived now, in the order of their recipients.
    pub(crate) async fn mails(&self) -> Vec<Letter> {
        let folder = self.folder.join("mail");
        let post = Post {
            smtp: None,
            mail_folder: Some(folder.clone()),
            mail_from: Some("Écot <ecot@laudry.example>".into()),
        };
        let carrier = Carrier::new(&post).unwrap().unwrap();
        app::mail::remind(&self.house).await.unwrap();
        carrier.carry_all(&self.house).await.unwrap();
        let files = folder.read_dir().unwrap().map(|file| file.unwrap().path());
        let mut letters = Vec::new();
        for file in files {
            letters.push(Letter::read(&std::fs::read_to_string(&file).unwrap()));
            std::fs::remove_file(file).unwrap();
        }
        letters.sort_by(|a, b| a.header("To").cmp(b.header("To")));
        letters
    }

    /// The same house, which sends no mail.
    pub(crate) fn visitor_without_mail(&self) -> Visitor {
        Visitor::new(server::router::router(House { sends_mail: false, ..self.house.clone() }))
    }

    /// What lies in the database, as text; for tests about what is stored.
    pub(crate) async fn rows(&self, sql: &str) -> Vec<Vec<String>> {
        let mut connection = connect(&self.database_url).await;
        let rows = sqlx::query(AssertSqlSafe(sql.to_owned())).fetch_all(&mut connection).await.unwrap();
        let cell = |row: &sqlx::any::AnyRow, at: usize| match row.try_get::<String, _>(at) {
            Ok(text) => text,
            Err(_) => row.try_get::<i64, _>(at).unwrap().to_string(),
        };
        rows.iter().map(|row| (0..row.len()).map(|at| cell(row, at)).collect()).collect()
    }

    /// The first column of [`TestApp::rows`].
    pub(crate) async fn column(&self, sql: &str) -> Vec<String> {
        self.rows(sql).await.into_iter().map(|mut row| row.swap_remove(0)).collect()
    }

    pub(crate) fn keys_folder(&self) -> PathBuf {
        self.folder.join("keys")
    }

    /// Runs `ecot` on this database and these keys.
    pub(crate) fn ecot(&self, arguments: &[&str]) -> Run {
        self.ecot_told(arguments, "")
    }

    /// The same, with something on its standard input.
    pub(crate) fn ecot_told(&self, arguments: &[&str], input: &str) -> Run {
        let keys = self.keys_folder();
        let storage = ["--database", &self.database_url, "--keys", keys.to_str().unwrap()];
        run_ecot(&[arguments, &storage].concat(), input)
    }
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) said: String,
    pub(crate) complained: String,
}

impl Run {
    #[track_caller]
    pub(crate) fn assert_code(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self:?}");
        self
    }
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            said: String::from_utf8(output.stdout).unwrap(),
            complained: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The `ecot` of this build, away from any settings of whoever runs the tests.
pub(crate) fn ecot(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_ecot"));
    for variable in [
        "ECOT_DATABASE",
        "ECOT_KEYS",
        "ECOT_ADDR",
        "ECOT_PUBLIC_URL",
        "ECOT_PROXIES",
        "ECOT_SMTP",
        "ECOT_MAIL_FOLDER",
        "ECOT_MAIL_FROM",
        "ECOT_LOG",
    ] {
        command.env_remove(variable);
    }
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs it to its end.
pub(crate) fn run_ecot(arguments: &[&str], input: &str) -> Run {
    use std::io::Write;
    let mut child = ecot(arguments).spawn().unwrap();
    // A command that reads nothing may have ended before this is written.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap().into()
}
