//! Every setting of an installation, by flag or environment variable.

use app::access::House;
use clap::Args;
use jiff::Timestamp;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use store::Db;
use store::keys::Keys;
use tokio::sync::Semaphore;

use crate::failure::Failure;
use crate::site;

/// Where the data lies.
#[derive(Args, Clone, Debug)]
pub struct Storage {
    /// The database: sqlite://PATH or postgres://USER@HOST/NAME
    #[arg(long, env = "ECOT_DATABASE", default_value = "sqlite://var/ecot.db", hide_env_values = true)]
    pub database: String,

    /// The folder of the key files. Back it up apart from the database, never with it
    #[arg(long, env = "ECOT_KEYS", default_value = "var/keys")]
    pub keys: PathBuf,
}

/// How the server is reached.
#[derive(Args, Clone, Debug)]
pub struct Reach {
    /// The address to listen on
    #[arg(long, env = "ECOT_ADDR", default_value = "127.0.0.1:3000")]
    pub addr: std::net::SocketAddr,

    /// The address that visitors use. Must be https:// unless it is this machine
    #[arg(long, env = "ECOT_PUBLIC_URL", default_value = "http://127.0.0.1:3000")]
    pub public_url: String,

    /// How many proxies stand before this server, each adding to X-Forwarded-For the address that it sees. 0: the header
    /// is not believed
    #[arg(long, env = "ECOT_PROXIES", default_value_t = 0)]
    pub proxies: u8,
}

/// How mails are sent. Without a way none are offered, and pages say so.
#[derive(Args, Clone, Debug, Default)]
pub struct Post {
    /// The server that takes mails: smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST:587?tls=required
    #[arg(long, env = "ECOT_SMTP", hide_env_values = true)]
    pub smtp: Option<String>,

    /// Instead of it: the folder into which mails are written, one a file, to try things out
    #[arg(long, env = "ECOT_MAIL_FOLDER")]
    pub mail_folder: Option<PathBuf>,

    /// The sender of all mails: "Écot <ne-pas-repondre@ville.example>"
    #[arg(long, env = "ECOT_MAIL_FROM")]
    pub mail_from: Option<String>,
}

impl Reach {
    /// Whether visitors come by https.
    ///
    /// # Errors
    /// When they would come from elsewhere without it: sessions could be read on the way.
    pub fn secure(&self) -> Result<bool, Failure> {
        if self.public_url.starts_with("https://") {
            return Ok(true);
        }
        let host = self.public_url.strip_prefix("http://").unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        if matches!(host, "127.0.0.1" | "localhost" | "[") && self.addr.ip().is_loopback() {
            Ok(false)
        } else {
            Err(Failure::Input(format!(
                "without https, only this machine itself may be served, and not {} on {}. Put a proxy with a certificate \
                 in front and give its https:// address (--public-url or ECOT_PUBLIC_URL)",
                self.public_url, self.addr
            )))
        }
    }
}

impl Storage {
    /// Opens the database and the keys, without migrating.
    ///
    /// # Errors
    /// When either cannot be opened.
    pub async fn open(&self) -> Result<(Db, Keys), Failure> {
        if let Some(path) = self.database.strip_prefix("sqlite://") {
            let path = path.split('?').next().unwrap_or(path);
            if let Some(folder) = PathBuf::from(path).parent() {
                std::fs::create_dir_all(folder).map_err(|error| {
                    Failure::Trouble(format!("cannot make the folder of {path}: {error}"))
                })?;
            }
        } else if !self.database.starts_with("postgres") {
            return Err(Failure::Input(format!(
                "the database must be sqlite://PATH or postgres://USER@HOST/NAME, not {}",
                self.database.split(':').next().unwrap_or_default()
            )));
        }
        let db = Db::open(&self.database)
            .await
            .map_err(|error| Failure::trouble("cannot open the database", error))?;
        let keys = Keys::open(&self.keys).map_err(|error| {
            Failure::Trouble(format!("cannot open the folder of keys {}: {error}", self.keys.display()))
        })?;
        Ok((db, keys))
    }

    /// Opens everything, brings the schema up to date, and makes the house that pages and commands work in.
    ///
    /// # Errors
    /// When something cannot be opened.
    pub async fn house(&self, secure: bool) -> Result<House, Failure> {
        let (db, keys) = self.open().await?;
        db.migrate()
            .await
            .map_err(|error| Failure::trouble("cannot bring the database up to date", error))?;
        house(db, keys, secure)
    }
}

/// How long an answer may take: nobody waits longer at a browser, and a proxy would give up too.
const PATIENCE: Duration = Duration::from_secs(60);

/// A house with this machine's clock and chance.
///
/// # Errors
/// When the roll's key cannot be read or made.
#[expect(clippy::disallowed_methods, reason = "the one place where the clock is read and chance is drawn")]
pub fn house(db: Db, keys: Keys, secure: bool) -> Result<House, Failure> {
    let chance = |bytes: &mut [u8]| {
        getrandom::fill(bytes).expect("the operating system gives randomness, or nothing here may go on");
    };
    let mut fresh = [0; 32];
    chance(&mut fresh);
    let roll_key =
        keys.roll(fresh).map_err(|error| Failure::Trouble(format!("cannot use roll.key: {error}")))?;
    Ok(House {
        db,
        keys,
        roll_key,
        clock: Arc::new(Timestamp::now),
        chance: Arc::new(chance),
        hashing: Arc::new(Semaphore::new(2)),
        secure,
        patience: PATIENCE,
        site: site::hash(),
        public_url: "".into(),
        sends_mail: false,
        proxies: 0,
        throttles: Arc::default(),
        shelf: Arc::default(),
        answers: Arc::default(),
    })
}
