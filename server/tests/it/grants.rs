//! Grant data and the workbook of a published result; and the page that explains the rules.

use crate::app::TestApp;
use serde_json::json;

on_both! {
    async fn awarded_money_is_told_as_grant_data_and_what_is_missing_is_named(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12.00"), ("kiosk", "5")]).await;
        cycle.publish().await;
        let visitor = app.visitor();
        let json = visitor.get(cycle.at("/results/v1/grants-360giving.json")).await;
        json.assert_status(200);
        let package = json.json();
        assert_eq!(package["version"], "1.4");
        let [grant] = package["grants"].as_array().unwrap().as_slice() else { panic!("{package}") };
        for (field, value) in [
            ("id", json!("laudry/2026/garden")),
            ("title", json!("Le projet garden")),
            ("currency", json!("EUR")),
            ("amountAwarded", json!(12.0)),
            ("awardDate", json!("2026-03-02")),
            ("recipientOrganization", json!([{ "name": "Association" }])),
            ("fundingOrganization", json!([{ "name": "Town of laudry" }])),
        ] {
            assert_eq!(grant[field], value, "{field}");
        }
        let missing: Vec<_> = package["ecot"]["missing"].as_array().unwrap().iter().map(|one| one["field"].clone()).collect();
        assert_eq!(missing, ["id", "fundingOrganization.id", "recipientOrganization.id"]);

        let csv = visitor.get(cycle.at("/results/v1/subventions.csv")).await;
        let lines: Vec<_> = csv.body().split("\r\n").collect();
        assert_eq!(
            lines[0],
            "nomAttribuant,idAttribuant,dateConvention,referenceDecision,nomBeneficiaire,idBeneficiaire,rnaBeneficiaire,\
             objet,montant,nature,conditionsVersement,datesPeriodeVersement,idRAE,notificationUE,pourcentageSubvention,\
             dispositifAide"
        );
        assert_eq!(
            lines[1..],
            ["Town of laudry,,,,Association,,,Le projet garden,12.00,aide en numéraire,,,,,1,Budget 2026 (essai)", ""]
        );
        let read_me = visitor.get(cycle.at("/results/v1/README.md")).await;
        read_me.assert_says("`subventions.csv`").assert_says("laissés vides : SIRET");
        // Found where people look for the figures, and not only in the list of all files.
        for page in [cycle.at("/results"), "/data".to_owned()] {
            let links = visitor.get(&page).await.attributes(".downloads a", "href");
            assert!(links.contains(&cycle.at("/results/v1/results.xlsx")), "{page}: {links:?}");
        }
        let workbook = visitor.get(cycle.at("/results/v1/results.xlsx")).await;
        assert_eq!(
            workbook.header("content-type"),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        );
        assert!(workbook.bytes.starts_with(b"PK"));
    }

    /// Each rule gives its own answer to the same ballots, and says how it came to it.
    async fn the_rules_are_explained_on_one_example_that_is_counted(app: TestApp) {
        let page = app.visitor().get("/method").await;
        page.assert_status(200);
        assert_eq!(page.count(".method"), 6);
        assert_eq!(page.count(".method .bars > li"), 24);
        let mut given: Vec<_> = (1..=6)
            .map(|rule| page.texts(&format!(".method:nth-of-type({}) .bars__amount", rule + 1)).concat())
            .collect();
        assert!(given.iter().all(|amounts| amounts.contains('€')), "{given:?}");
        given.sort();
        given.dedup();
        assert_eq!(given.len(), 6, "{given:?}");
        let cycle = app.town().await.with_open_cycle().await;
        let link = app.visitor().get(cycle.at("")).await.attributes("#rules a", "href");
        assert!(link.contains(&"/method".to_owned()), "{link:?}");
        let arabic = app.visitor().reading("ar").get("/method").await;
        arabic.assert_says("كيف تُفرز الأوراق");
    }
}
