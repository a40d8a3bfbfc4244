//! Nothing before the publication: no address shows any amount to anybody.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::routes;
use crate::town::{Cycle, Project};

/// What two ballots give to one project, 700 and 537, as any of our languages or formats would write it.
const PLANTED: &[&str] = &[
    "1237",
    "1\u{202f}237",
    "1\u{a0}237",
    "1 237",
    "1,237",
    "1.237",
    "123700",
    "700.00",
    "700,00",
    "70000",
    "537.00",
    "537,00",
    "53700",
    "€700",
    "€537",
    "700\u{a0}€",
    "537\u{a0}€",
];

/// Digits within a hash, a token or a larger number are not the planted ones.
fn shows(page: &Page, planted: &str) -> bool {
    let body = page.body();
    let touches = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit());
    body.match_indices(planted).any(|(at, found)| {
        !touches(body[..at].chars().next_back()) && !touches(body[at + found.len()..].chars().next())
    })
}

async fn search(cycle: &Cycle<'_>, visitor: &Visitor, phase: &str) {
    for route in routes::all().into_iter().filter(|route| route.answers_get) {
        let page = visitor.get(route.at("laudry", "2026", "kiosk")).await;
        assert_ne!(page.status.as_u16(), 500, "{}", page.path);
        // The officers who release a result see it before, and nobody else does.
        if page.path.ends_with("/publish") && page.status == 200 {
            page.assert_says("Only you see it");
            continue;
        }
        for planted in PLANTED {
            assert!(!shows(&page, planted), "{} shows {planted:?} while {phase}: {}", page.path, page.body());
        }
        assert_eq!(
            page.headers.get("content-encoding"),
            None,
            "a compressed answer would hide what it shows"
        );
    }
    let api = visitor.get("/api/v1/openapi.json").await.json();
    for path in api["paths"].as_object().unwrap().keys() {
        let path = path.replace("{town}", "laudry").replace("{cycle}", "2026").replace("{project}", "kiosk");
        let answer = visitor.get(path.replace("{version}", "latest")).await;
        assert_ne!(answer.status.as_u16(), 500, "{path}");
        for planted in PLANTED {
            assert!(!shows(&answer, planted), "{path} shows {planted:?} while {phase}: {}", answer.body());
        }
        assert_eq!(answer.status.as_u16() == 404, path.contains("/results"), "{path} while {phase}");
    }
    for results in ["/results", "/results.csv", "/results.json"] {
        visitor.get(cycle.at(results)).await.assert_status(404);
    }
}

on_both! {
    /// Promise 9.
    async fn no_address_shows_an_amount_to_anybody_before_the_publication(app: TestApp) {
        let kiosk = Project { slug: "kiosk", floor: "0", ceiling: "3000", kind: "grant" };
        let lamps = Project { slug: "lamps", floor: "0", ceiling: "2500", kind: "grant" };
        let plan = app.town().await.plan().with("envelope", "2000").projects(&[kiosk, lamps]);
        let cycle = plan.open().await;
        let citizen = cycle.citizen(0).await;
        citizen.vote(&[("kiosk", "700")]).await;
        // What a browser knows of its own vote for ten minutes is nobody else's amount.
        citizen.set_cookie("receipt", "");
        cycle.citizen(1).await.vote(&[("kiosk", "537")]).await;
        let nobody = app.visitor();
        let reading_french = app.visitor().reading("fr");
        let visitors = [&nobody, &reading_french, &citizen.visitor, &cycle.officer];
        for phase in ["allocating", "closed", "counted"] {
            for visitor in visitors {
                search(&cycle, visitor, phase).await;
            }
            match phase {
                "allocating" => cycle.take_step("close").await,
                "closed" => cycle.take_step("count").await,
                _ => cycle.take_step("publish").await,
            }
        }
        let page = nobody.get(cycle.at("/results")).await;
        assert!(shows(&page, "1,237"), "what was searched for is what the results show");
        assert!(shows(&reading_french.get(cycle.at("/results")).await, "1\u{202f}237"));
        assert!(shows(&nobody.get(cycle.at("/results.csv")).await, "123700"));
    }
}
