//! `ecot serve`.

use crate::config::{Post, Reach, Storage};
use crate::failure::Failure;
use crate::post::{Carrier, deliver};
use crate::router::router;
use app::access::House;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpListener;

/// Serve the site.
#[derive(clap::Args)]
pub(super) struct Serve {
    #[command(flatten)]
    storage: Storage,
    #[command(flatten)]
    reach: Reach,
    #[command(flatten)]
    post: Post,
}

impl Serve {
    pub(super) async fn run(self) -> Result<(), Failure> {
        let secure = self.reach.secure()?;
        if secure && self.reach.proxies == 0 {
            tracing::warn!(
                "visitors come by https, so through a proxy, and all look like one: those who guess passwords slow everybody. \
                 Say how many proxies add to X-Forwarded-For (--proxies or ECOT_PROXIES)"
            );
        }
        let carrier = Carrier::new(&self.post)?;
        let house = House {
            public_url: self.reach.public_url.trim_end_matches('/').into(),
            sends_mail: carrier.is_some(),
            proxies: self.reach.proxies,
            ..self.storage.house(secure).await?
        };
        let listener = listen(self.reach.addr).await?;
        println!("Écot is at {} (listening on {})", self.reach.public_url, self.reach.addr);
        until_stopped(listener, house, carrier).await
    }
}

/// Takes the address.
pub(super) async fn listen(addr: SocketAddr) -> Result<TcpListener, Failure> {
    TcpListener::bind(addr).await.map_err(|error| {
        Failure::Input(format!("cannot listen on {addr}: {error}. Give another address with --addr"))
    })
}

/// Serves until SIGINT or SIGTERM; then lets requests under way end, at most ten seconds, and closes the database.
pub(super) async fn until_stopped(
    listener: TcpListener,
    house: House,
    carrier: Option<Carrier>,
) -> Result<(), Failure> {
    let db = house.db.clone();
    finish_closes(&house).await;
    let sweeper = tokio::spawn(sweep(house.clone()));
    let post = carrier.map(|carrier| tokio::spawn(deliver(house.clone(), carrier)));
    let (stopping, stop) = tokio::sync::watch::channel(false);
    let service = router(house).into_make_service_with_connect_info::<SocketAddr>();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move {
        asked_to_stop().await;
        stopping.send_replace(true);
    });
    let out_of_patience = async {
        let mut stop = stop.clone();
        // The sender lives as long as the server, which is awaited beside this.
        let _ = stop.wait_for(|stopping| *stopping).await;
        tokio::time::sleep(Duration::from_secs(10)).await;
    };
    tokio::select! {
        served = server => served?,
        () = out_of_patience => tracing::warn!("requests were still under way after ten seconds"),
    }
    sweeper.abort();
    if let Some(post) = post {
        post.abort();
    }
    db.close().await;
    Ok(())
}

async fn asked_to_stop() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            let _ = interrupt.await;
            return;
        };
        tokio::select! {
            _ = interrupt => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupt.await;
}

/// Finishes closes that were cut off, or that a reader kept from forgetting all they erased.
async fn finish_closes(house: &House) {
    match store::cycle::finish_closes(&house.db, &house.keys).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(
            "a reader keeps what a close erased in the database's log; trying again within the hour"
        ),
        Err(cause) => tracing::error!(%cause, "a close could not be finished"),
    }
}

/// Every hour: erases expired sessions and the claims of cycles long closed, finishes closes.
async fn sweep(house: House) {
    loop {
        if let Err(cause) = store::session::sweep(&house.db, house.now()).await {
            tracing::error!(%cause, "expired sessions could not be erased");
        }
        if let Err(cause) = store::claim::sweep(&house.db, house.now()).await {
            tracing::error!(%cause, "claims whose time is over could not be erased");
        }
        if let Err(cause) = store::account::sweep(&house.db, house.now()).await {
            tracing::error!(%cause, "expired sessions and links of accounts could not be erased");
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
        finish_closes(&house).await;
    }
}
