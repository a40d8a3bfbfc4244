//! A database for each test, gone when the test is.

use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use std::future::Future;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of a test's own.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ecot-it-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A database of a test's own on the server for tests.
pub(crate) struct PostgresDatabase {
    name: String,
    pub(crate) url: String,
}

const TEMPLATE: &str = "ecot_it_template";

/// Held while the template is made or copied, because PostgreSQL copies no database that somebody is connected to.
const LOCK: &str = "select pg_advisory_lock(20190711)";

impl PostgresDatabase {
    /// With the schema in it; none where there is no server.
    pub(crate) async fn migrated() -> Option<Self> {
        static TEMPLATE_IS_MADE: OnceLock<()> = OnceLock::new();
        let server = server()?;
        // The first test makes the template while the others wait for it; each has a runtime of its own.
        tokio::task::block_in_place(|| {
            TEMPLATE_IS_MADE.get_or_init(|| on_a_thread(make_template(server.clone())))
        });
        Some(Self::create(&server, &format!(" template {TEMPLATE}")).await)
    }

    /// With nothing in it; none where there is no server.
    pub(crate) async fn empty() -> Option<Self> {
        Some(Self::create(&server()?, "").await)
    }

    async fn create(server: &str, options: &str) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("ecot_it_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let mut admin = connect(server).await;
        admin.execute(LOCK).await.unwrap();
        admin.execute(AssertSqlSafe(format!("create database {name}{options}"))).await.unwrap();
        admin.close().await.unwrap();
        Self { url: at(server, &name), name }
    }
}

impl Drop for PostgresDatabase {
    fn drop(&mut self) {
        let drop = format!("drop database if exists {} with (force)", self.name);
        on_a_thread(async move {
            let Some(server) = server() else { return };
            let mut admin = connect(&server).await;
            if let Err(error) = admin.execute(AssertSqlSafe(drop)).await {
                let _ = writeln!(std::io::stderr(), "a database of a test is left behind: {error}");
            }
        });
    }
}

async fn make_template(server: String) {
    let mut admin = connect(&server).await;
    for statement in [
        LOCK.to_owned(),
        format!("drop database if exists {TEMPLATE} with (force)"),
        format!("create database {TEMPLATE}"),
    ] {
        admin.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    let db = store::Db::open(&at(&server, TEMPLATE)).await.unwrap();
    db.migrate().await.unwrap();
    db.close().await;
    admin.close().await.unwrap();
}

/// A connection that sees what the house sees.
pub(crate) async fn connect(url: &str) -> AnyConnection {
    sqlx::any::install_default_drivers();
    AnyConnection::connect(url).await.unwrap()
}

/// Where the server for tests is; says what is skipped where there is none.
fn server() -> Option<String> {
    let server = std::env::var("ECOT_TEST_POSTGRES").ok();
    if server.is_none() {
        // Not println!, which the test harness would keep to itself.
        let _ = writeln!(
            std::io::stdout(),
            "skipped: no PostgreSQL; set ECOT_TEST_POSTGRES to the URL of a server"
        );
    }
    server
}

fn at(server: &str, database: &str) -> String {
    let (host, _) = server.rsplit_once('/').unwrap();
    format!("{host}/{database}")
}

fn on_a_thread(work: impl Future<Output = ()> + Send + 'static) {
    let runtime = || tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    // A panic there was printed by that thread, and another one here, in a `drop`, would abort the process.
    let _ = std::thread::spawn(move || runtime().block_on(work)).join();
}
