//! All addresses in one list, and the layers around them, outermost last.

use app::access::{Framable, House, Nonce, visit};
use app::actions;
use app::answers;
use app::error::Error;
use app::pages::{citizen, office, public};
use app::shelf::shelve;
use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use std::any::Any;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{DefaultPredicate, NotForContentType, Predicate};
use tower_http::csrf::{CsrfLayer, ProtectionError};
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::TraceLayer;

use crate::{coding, site};

/// The largest form: a ballot over a thousand projects, or a project with all its texts.
const FORM_LIMIT_BYTES: usize = 256 * 1024;
/// The largest file: a roll of some two hundred thousand people.
const ROLL_LIMIT_BYTES: usize = 16 * 1024 * 1024;

/// Addresses that a town's slug must not take.
pub const RESERVED: &[&str] = &[
    "accessibility",
    "account",
    "api",
    "check",
    "claim",
    "compare",
    "data",
    "embed",
    "enter",
    "euros",
    "healthz",
    "holder",
    "language",
    "leave",
    "legal",
    "method",
    "oembed",
    "office",
    "pictures",
    "pkg",
    "privacy",
    "promises",
    "readyz",
    "share",
    "stop",
];

/// Everything that answers.
pub fn router(house: House) -> Router {
    let public = Router::new()
        .route("/", get(public::home::show))
        .route("/{town}", get(public::town::show))
        .route("/{town}/accent.css", get(public::town::accent))
        .route("/{town}/feed.xml", get(public::feed::of_town))
        .route("/{town}/{cycle}", get(public::cycle::show))
        .route("/{town}/{cycle}/map", get(public::map::show))
        .route("/{town}/{cycle}/rule_sheet.json", get(public::cycle::rule_sheet))
        .route("/{town}/{cycle}/projects/{project}", get(public::project::show))
        .route("/{town}/{cycle}/projects/{project}/feed.xml", get(public::feed::of_project))
        .route("/pictures/{file}", get(public::project::picture_file))
        .route("/language", post(actions::language::choose));
    let citizen = Router::new()
        .route("/enter", get(citizen::enter::show).post(actions::enter::by_code))
        .route("/enter/used", get(citizen::used::show).post(actions::enter::used))
        .route("/leave", post(actions::enter::leave))
        .route("/{town}/{cycle}/ballot", get(citizen::ballot::show).post(actions::ballot::check))
        .route("/{town}/{cycle}/ballot/check", get(actions::ballot::checking))
        .route("/{town}/{cycle}/ballot/receipt", post(actions::ballot::load))
        .route("/{town}/{cycle}/ballot/confirm", post(actions::ballot::confirm))
        .route("/{town}/{cycle}/mine", get(citizen::mine::show))
        .route("/{town}/{cycle}/mine/receipt.txt", get(citizen::mine::file))
        .route("/euros", get(citizen::euros::show).post(citizen::euros::read))
        .route("/euros/forget", post(citizen::euros::forget));
    let pages = public
        .merge(citizen)
        .merge(account())
        .merge(office())
        .merge(law())
        .merge(results())
        .merge(verification())
        .merge(office_of_projects())
        .merge(open_data())
        .merge(money())
        .fallback(async || Error::NotFound)
        .method_not_allowed_fallback(async || Error::NotFound)
        .with_state(house.clone());
    // Around the routes and not within each, so that a layer may ask with another method.
    let pages = Router::new()
        .fallback_service(pages)
        .layer(from_fn_with_state(house.clone(), answers::keep))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(FORM_LIMIT_BYTES))
        .layer(
            CsrfLayer::new().with_rejection_response(|_: ProtectionError| Error::CrossSite.into_response()),
        )
        .layer(from_fn_with_state(house.clone(), visit));
    let bare = Router::new()
        .route("/pkg/{hash}/{file}", get(site::file))
        .route("/healthz", get(async || "ok"))
        .route("/readyz", get(ready));
    bare.merge(crate::api::router(&house))
        .merge(elsewhere())
        .merge(pages)
        .layer(from_fn_with_state(house.clone(), shelve))
        .layer(CompressionLayer::new().compress_when(worth_compressing()))
        .layer(from_fn(coding::tag))
        .layer(from_fn_with_state(house.clone(), protect))
        .layer(CatchPanicLayer::new())
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, 2 * house.patience))
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request| {
            // The path and no more: no query, no header, no address of a visitor.
            tracing::info_span!("request", method = %request.method(), path = request.uri().path())
        }))
        .with_state(house)
}

/// How officers prepare a cycle, open it, close it, count it, release its result and correct it.
fn office() -> Router<House> {
    let roll =
        get(office::roll::show).post(actions::roll::upload).layer(DefaultBodyLimit::max(ROLL_LIMIT_BYTES));
    Router::new()
        .route("/office", get(office::home::show))
        .route("/office/enter", get(office::enter::show).post(actions::enter::sign_in))
        .route("/office/leave", post(actions::enter::sign_out))
        .route("/office/{town}/look", get(office::look::show).post(actions::look::save))
        .route("/office/{town}/new", get(office::edit::new).post(actions::cycle::create))
        .route("/office/{town}/{cycle}", get(office::cycle::show))
        .route("/office/{town}/{cycle}/edit", get(office::edit::edit).post(actions::cycle::save))
        .route("/office/{town}/{cycle}/roll", roll)
        .route("/office/{town}/{cycle}/open", get(office::step::open).post(actions::cycle::open))
        .route("/office/{town}/{cycle}/close", get(office::step::close).post(actions::cycle::close))
        .route("/office/{town}/{cycle}/count", post(actions::cycle::count))
        .route("/office/{town}/{cycle}/publish", get(office::release::show).post(actions::release::publish))
        .route("/office/{town}/{cycle}/publish/withdraw", post(actions::release::withdraw))
        .route(
            "/office/{town}/{cycle}/corrections",
            get(office::correction::show).post(actions::correction::count),
        )
        .route("/office/{town}/{cycle}/corrections/publish", post(actions::correction::publish))
        .route("/office/{town}/{cycle}/corrections/discard", post(actions::correction::discard))
}

/// Who answers for the pages, what went wrong in a cycle, and what people ask of the town; with their office.
fn law() -> Router<House> {
    Router::new()
        .route("/{town}/{cycle}/status", get(public::status::show))
        .route("/privacy", get(public::legal::privacy_of_site))
        .route("/privacy/{town}", get(public::legal::privacy_of_town))
        .route("/legal", get(public::legal::legal_of_site))
        .route("/legal/{town}", get(public::legal::legal_of_town))
        .route("/accessibility", get(public::accessibility::of_site))
        .route("/accessibility/{town}", get(public::accessibility::of_town))
        .route("/claim", get(citizen::claim::which))
        .route("/{town}/{cycle}/claim", get(citizen::claim::show).post(actions::claim::make))
        .route("/{town}/{cycle}/claim/{claim}", get(citizen::claim::one))
        .route("/office/legal/{town}", get(office::legal_notice::show).post(actions::legal_notice::save))
        .route("/office/{town}/{cycle}/claims", get(office::claims::show))
        .route("/office/{town}/{cycle}/claims/{claim}", post(actions::claim::settle))
        .route("/office/{town}/{cycle}/incidents", get(office::incidents::show).post(actions::incident::tell))
}

/// What other sites show of ours. Outside the layer that reads cookies, so that these answers are the same for everybody.
fn elsewhere() -> Router<House> {
    Router::new()
        .route("/embed/{town}/{cycle}", get(public::embed::cycle))
        .route("/embed/{town}/{cycle}/results/{version}", get(public::embed::version))
        .route("/embed/{town}/{cycle}/projects/{project}", get(public::embed::project))
        .route("/oembed", get(public::embed::oembed))
        .route("/share/{language}/{key}/{town}", get(public::share::town))
        .route("/share/{language}/{key}/{town}/{cycle}", get(public::share::cycle))
        .route("/share/{language}/{key}/{town}/{cycle}/projects/{project}", get(public::share::project))
        .route("/robots.txt", get(public::crawl::robots))
        .route("/sitemap.xml", get(public::crawl::sitemap))
        .route("/data.ttl", get(public::data::turtle))
        .route("/data.jsonld", get(public::data::json_ld))
}

/// What programs and spreadsheets follow a town by.
fn open_data() -> Router<House> {
    Router::new()
        .route("/api", get(crate::api::page))
        .route("/data", get(public::data::show))
        .route("/{town}/feed.json", get(public::feed::of_town))
        .route("/{town}/{cycle}/feed.json", get(public::feed::of_cycle))
        .route("/{town}/{cycle}/projects/{project}/feed.json", get(public::feed::of_project))
        .route("/{town}/{cycle}/projects.csv", get(public::table::projects))
        .route("/{town}/{cycle}/turnout.csv", get(public::turnout::csv))
        .route("/{town}/{cycle}/turnout.xml", get(public::feed::of_turnout))
        .route("/{town}/{cycle}/turnout.json", get(public::feed::of_turnout))
}

/// What is compressed while it is sent: all but what is so already.
fn worth_compressing() -> impl Predicate {
    DefaultPredicate::new()
        .and(NotForContentType::const_new("application/zip"))
        .and(NotForContentType::const_new("application/vnd.openxmlformats"))
}

/// What came out, version by version, and beside what came out elsewhere.
fn results() -> Router<House> {
    Router::new()
        .route("/{town}/{cycle}/results", get(public::results::show))
        .route("/{town}/{cycle}/results/{version}", get(public::results::show_version))
        .route("/{town}/{cycle}/results/{version}/{*path}", get(public::bundle::file))
        .route("/{town}/{cycle}/results.csv", get(public::results::csv))
        .route("/{town}/{cycle}/results.json", get(public::results::json))
        .route("/compare", get(public::compare::show))
        .route("/compare.csv", get(public::compare::csv))
}

/// Counting a published result again.
fn verification() -> Router<House> {
    Router::new().route("/{town}/{cycle}/verify", get(public::verify::show))
}

/// A panic becomes the page of an error like any other; its cause is in the log.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands over what it caught")]
fn panicked(cause: Box<dyn Any + Send>) -> Response {
    let cause = cause.downcast_ref::<String>().map(String::as_str);
    tracing::error!(cause = cause.unwrap_or("without words"), "a handler panicked");
    Error::Broken.into_response()
}

/// What officers do with projects: their texts, places, pictures and updates.
fn office_of_projects() -> Router<House> {
    // Room for a file that is too large, so that its form can say so.
    let map = get(office::map::show)
        .post(actions::map::save)
        .layer(DefaultBodyLimit::max(2 * app::map::LARGEST_BYTES));
    let picture = get(office::picture::show)
        .post(actions::picture::save)
        .layer(DefaultBodyLimit::max(3 * app::photo::LARGEST_BYTES));
    Router::new()
        .route("/office/{town}/map", map)
        .route("/office/{town}/map/remove", post(actions::map::remove))
        .route("/office/{town}/{cycle}/projects/new", get(office::project::new).post(actions::project::add))
        .route(
            "/office/{town}/{cycle}/projects/{project}",
            get(office::project::edit).post(actions::project::save),
        )
        .route("/office/{town}/{cycle}/projects/{project}/remove", post(actions::project::remove))
        .route("/office/{town}/{cycle}/projects/{project}/picture", picture)
        .route("/office/{town}/{cycle}/projects/{project}/picture/remove", post(actions::picture::remove))
        .route(
            "/office/{town}/{cycle}/projects/{project}/updates",
            get(office::updates::show).post(actions::update::publish),
        )
        .route(
            "/office/{town}/{cycle}/projects/{project}/updates/{update}",
            get(office::updates::edit).post(actions::update::correct),
        )
}

/// What became of the money, and how the rules work.
fn money() -> Router<House> {
    Router::new()
        .route("/method", get(public::method::show))
        .route("/{town}/{cycle}/feed.xml", get(public::feed::of_cycle))
        .route("/office/{town}/{cycle}/delivery", get(office::delivery::list))
        .route(
            "/office/{town}/{cycle}/projects/{project}/delivery",
            get(office::delivery::show).post(actions::delivery::tell),
        )
}

/// What a citizen may have besides a code: an account, and reminders.
fn account() -> Router<House> {
    Router::new()
        .route("/account", get(citizen::account::show))
        .route("/account/enter", get(citizen::account::show_enter).post(actions::account::sign_in))
        .route("/account/leave", post(actions::account::sign_out))
        .route("/account/link", get(citizen::password::show_ask).post(actions::account::send_link))
        .route("/account/link/sent", get(citizen::password::sent))
        .route(
            "/account/password",
            get(citizen::password::show_choose).post(actions::account::choose_password),
        )
        .route(
            "/account/password/change",
            get(citizen::password::show_change).post(actions::account::change_password),
        )
        .route("/account/attach", post(actions::account::attach))
        .route("/account/detach", post(actions::account::detach))
        .route("/account/vote", post(actions::account::vote))
        .route("/account/receipts", post(actions::account::keep_receipt))
        .route("/account/receipts/remove", post(actions::account::drop_receipt))
        .route("/account/data.json", get(actions::account::export))
        .route("/account/delete", get(citizen::account::show_delete).post(actions::account::delete))
        .route("/account/deleted", get(citizen::account::deleted))
        .route("/{town}/{cycle}/reminder", get(citizen::reminder::show).post(actions::reminder::ask))
        .route("/stop", get(citizen::reminder::show_stop).post(actions::reminder::stop))
}

/// Whether the database answers with the schema that this program was built for.
async fn ready(State(house): State<House>) -> Response {
    match house.db.ready().await {
        Ok(true) => "ready".into_response(),
        Ok(false) => (StatusCode::SERVICE_UNAVAILABLE, "the database awaits `ecot migrate`").into_response(),
        Err(cause) => {
            tracing::error!(%cause, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "the database does not answer").into_response()
        }
    }
}

/// Writes the security headers of every answer, with a nonce of its own for its scripts.
///
/// A file that brings a stricter policy (a picture) keeps it.
async fn protect(State(house): State<House>, mut request: Request, next: Next) -> Response {
    let nonce = store::hex(&house.bytes::<16>());
    request.extensions_mut().insert(Nonce(nonce.as_str().into()));
    let mut response = next.run(request).await;
    let framable = response.extensions().get::<Framable>().is_some();
    let headers = response.headers_mut();
    let policy = format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
         connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    headers
        .entry(header::CONTENT_SECURITY_POLICY)
        .or_insert_with(|| HeaderValue::from_str(&policy).expect("a nonce is hexadecimal"));
    for (name, value) in SECURITY_HEADERS {
        if framable && *name == "x-frame-options" {
            // No value of it means "anybody"; `frame-ancestors *` says so instead.
            continue;
        }
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if house.secure {
        let a_year = HeaderValue::from_static("max-age=31536000");
        headers.entry(header::STRICT_TRANSPORT_SECURITY).or_insert(a_year);
    }
    response
}

const SECURITY_HEADERS: &[(&str, &str)] = &[
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("referrer-policy", "same-origin"),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
];
