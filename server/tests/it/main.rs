//! The whole house through its public doors: the router, as a browser would use it, and the command line.
//!
//! Every scenario of pages runs on SQLite and on PostgreSQL. For the latter `ECOT_TEST_POSTGRES` names a server on which
//! databases may be made (`cargo xtask test` starts one); without it those tests say `skipped:` and pass.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

/// Makes two tests of each scenario: `NAME::sqlite` and `NAME::postgres`.
macro_rules! on_both {
    ($($(#[$about:meta])* async fn $name:ident($app:ident: TestApp) $body:block)+) => { $(
        $(#[$about])*
        mod $name {
            #[allow(unused_imports, clippy::allow_attributes, reason = "no scenario needs all that its neighbours need")]
            use super::*;

            async fn scenario($app: TestApp) $body

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                scenario(TestApp::on_sqlite().await).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(app) = TestApp::on_postgres().await {
                    scenario(app).await;
                }
            }
        }
    )+ };
}

mod app;
mod browser;
mod databases;
mod letter;
mod routes;
mod town;

mod account;
mod api;
mod arabic;
mod citizen;
mod command;
mod concurrency;
mod count;
mod delivery;
mod elections;
mod grants;
mod law;
mod look;
mod officer;
mod projects;
mod reader;
mod receipt;
mod record;
mod reminder;
mod results;
mod secrecy;
mod security;
mod shown;
mod storage;
mod throttle;
mod verify;
