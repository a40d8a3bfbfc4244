//! One person, many requests at once: one ballot, within the envelope.

use crate::app::TestApp;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

const SUBMISSIONS: usize = 200;

/// Every fourth submission is one that was sent before, perhaps with other amounts.
fn mark(number: usize) -> String {
    let number = if number % 4 == 3 { number / 2 } else { number };
    format!("{number:064x}")
}

on_both! {
    async fn two_hundred_submissions_at_once_leave_one_ballot_within_the_envelope(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let garden = |number: usize| 1 + number % 19;
        let devices = [cycle.citizen(0).await, cycle.citizen(0).await];
        let mut forms = Vec::new();
        for device in &devices {
            forms.push(device.checked(&[("garden", "1"), ("kiosk", "1")]).await);
        }
        let visitors = devices.map(|device| Arc::new(device.visitor));
        let sent: Vec<_> = (0..SUBMISSIONS)
            .map(|number| {
                let garden = garden(number);
                // Without what warns a person of another tab: each is sent as if it were the only one.
                let form = forms[number % 2].clone().without("version").fill("submission", mark(number));
                let form = form.fill("amount.garden", garden.to_string()).fill("amount.kiosk", (20 - garden).to_string());
                let visitor = Arc::clone(&visitors[number % 2]);
                tokio::spawn(async move { visitor.submit(&form).await })
            })
            .collect();
        let mut recorded: HashMap<String, HashSet<usize>> = HashMap::new();
        let mut refused = 0;
        for (number, answer) in sent.into_iter().enumerate() {
            let answer = answer.await.unwrap();
            if answer.assert_status(303).header("location") == "/laudry/2026/mine" {
                recorded.entry(mark(number)).or_default().insert(garden(number));
            } else {
                // There it says that this form was used to vote before.
                answer.assert_redirect("/laudry/2026/ballot");
                refused += 1;
            }
        }
        let marks: HashSet<_> = (0..SUBMISSIONS).map(mark).collect();
        let distinct: HashSet<_> = (0..SUBMISSIONS).map(|number| (mark(number), garden(number))).collect();
        assert_eq!(refused, distinct.len() - marks.len(), "each mark is taken with one choice, and with no other");
        assert_eq!(recorded.len(), marks.len());
        assert!(recorded.values().all(|choices| choices.len() == 1), "{recorded:?}");
        let citizen = cycle.citizen(0).await;
        assert_eq!(citizen.version().await, Some(u32::try_from(marks.len()).unwrap()));
        assert_eq!(app.column("select count(*) from ballot").await, ["1"]);
        assert_eq!(app.column("select count(*) from ballot_version").await, [marks.len().to_string()]);
        let sums = "select cast(sum(amount_minor) as bigint) from ballot_line group by version";
        assert!(app.column(sums).await.iter().all(|sum| sum == "2000"), "no version is a mixture of two");
        let results = cycle.publish().await;
        assert_eq!((&results["ballots"], &results["voted"]), (&1.into(), &1.into()));
        assert_eq!(results["given_minor"], 2000);
    }

    async fn people_who_vote_at_once_do_not_disturb_each_other(app: TestApp) {
        let cycle = app.town().await.plan().people(30).open().await;
        let mut sent = Vec::new();
        for place in 0..30 {
            let citizen = cycle.citizen(place).await;
            let form = citizen.checked(&[("garden", "20")]).await;
            sent.push(tokio::spawn(async move { citizen.visitor.submit(&form).await }));
        }
        for answer in sent {
            answer.await.unwrap().assert_redirect("/mine");
        }
        let results = cycle.publish().await;
        assert_eq!((&results["ballots"], &results["voted"], &results["eligible"]), (&30.into(), &30.into(), &30.into()));
        assert_eq!(results["given_minor"], 60_000);
    }

    async fn a_close_among_submissions_takes_each_of_them_wholly_or_not_at_all(app: TestApp) {
        let cycle = app.town().await.plan().people(40).open().await;
        let close = cycle.officer.get(cycle.office("/close")).await.form("/close");
        let mut forms = Vec::new();
        for place in 0..40 {
            let citizen = cycle.citizen(place).await;
            let form = citizen.checked(&[("garden", "20")]).await;
            forms.push((citizen.visitor, form));
        }
        let sent: Vec<_> =
            forms.into_iter().map(|(visitor, form)| tokio::spawn(async move { visitor.submit(&form).await })).collect();
        cycle.officer.submit(&close).await.assert_redirect(&cycle.office(""));
        let mut taken = 0;
        for answer in sent {
            match answer.await.unwrap().status.as_u16() {
                303 => taken += 1,
                // Closed; or, when the close came between the look at the session and the ballot, no session any more.
                409 | 401 => {}
                other => panic!("{other}"),
            }
        }
        for step in ["count", "publish"] {
            cycle.take_step(step).await;
        }
        let results = app.visitor().get(cycle.at("/results.json")).await.json();
        assert_eq!((&results["ballots"], &results["voted"]), (&taken.into(), &taken.into()));
        assert_eq!(results["given_minor"], taken * 2000);
    }
}
