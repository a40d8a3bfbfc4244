//! The whole way of a citizen in Arabic: the direction, the words, and what stays from left to right.

use crate::app::TestApp;
use crate::browser::{Page, Visitor};
use crate::town::{check, enter};

/// The text without the marks of direction and with plain spaces, as a person sees it.
fn seen(text: &str) -> String {
    text.replace(['\u{200e}', '\u{200f}', '\u{2068}', '\u{2069}'], "").replace('\u{a0}', " ")
}

#[track_caller]
fn assert_arabic(page: &Page) {
    assert_eq!(page.attributes("html", "lang"), ["ar"], "{}", page.path);
    assert_eq!(page.attributes("html", "dir"), ["rtl"], "{}", page.path);
}

#[track_caller]
fn assert_seen(page: &Page, words: &str) {
    assert!(seen(&page.words()).contains(words), "{}: no {words:?} in: {}", page.path, page.words());
}

fn reading_arabic(app: &TestApp) -> Visitor {
    app.visitor().reading("ar-TN, fr;q=0.8, en;q=0.5")
}

on_both! {
    async fn a_citizen_votes_in_arabic_from_the_code_to_the_receipt(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        let citizen = reading_arabic(&app);
        let door = enter(&citizen, "7K3M").await;
        assert_arabic(&door);
        door.assert_refused("في الرمز ستة عشر حرفًا ورقمًا؛ وما كتبتموه عدده 4.");
        assert!(door.text("title").starts_with("خطأ: "), "{}", door.text("title"));

        enter(&citizen, &cycle.codes[0]).await.assert_redirect("/laudry/2026/ballot");
        let ballot = citizen.get(cycle.at("/ballot")).await;
        assert_arabic(&ballot);
        assert_eq!(seen(&ballot.text("h1")), "توزيع حصتي: 20 €");
        assert_seen(&ballot, "حتى يوم الثلاثاء 31 مارس 2026، الساعة 20:00.");
        assert_eq!(ballot.attributes(".allocator__title a", "lang"), ["fr"; 3], "the town has not translated its projects");
        assert_eq!(ballot.count(".untranslated"), 1);

        let spread = ballot.form("/ballot").fill("amount.garden", "١٢").fill("amount.lamps", "٥٫٥");
        citizen.submit(&spread).await.assert_redirect(&cycle.at("/ballot"));
        let refused = citizen.get(cycle.at("/ballot")).await;
        refused.assert_status(422);
        assert_eq!(seen(&refused.text(".error-summary li")), "«Le projet lamps»: امنحوا مبلغًا من مضاعفات 1,00 €.");
        assert_eq!(refused.value_of("amount.lamps"), "٥٫٥");

        let check = check(&citizen, &cycle, &refused.form("/ballot").fill("amount.lamps", "5")).await;
        assert_arabic(check.assert_status(200));
        let mut rows: Vec<_> = check.texts(".summary-list > div").iter().map(|row| seen(row)).collect();
        rows[..2].sort();
        assert_eq!(rows, [
            "Le projet garden 12,00 € تغيير Le projet garden",
            "Le projet lamps 5,00 € تغيير Le projet lamps",
            "غير موزَّع 3,00 € تغيير غير موزَّع",
        ]);
        assert!(check.body().contains("\u{200f}12,00\u{a0}€"), "the sign stays where Arabic has it");

        app.clock.set("2026-03-02T09:41:00Z".parse().unwrap());
        citizen.submit(&check.form("/ballot/confirm").press("confirm", "yes")).await.assert_redirect("/mine");
        let mine = citizen.get(cycle.at("/mine")).await;
        assert_arabic(&mine);
        mine.assert_says("سُجّلت ورقة تصويتكم");
        mine.assert_says("أُرسلت يوم الاثنين 2 مارس 2026، الساعة 10:41، النسخة 1.");
    }

    async fn results_are_told_in_arabic_with_its_plurals(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        cycle.citizen(0).await.vote(&[("garden", "12"), ("lamps", "5")]).await;
        cycle.citizen(1).await.vote(&[("garden", "8")]).await;
        cycle.publish().await;
        let page = reading_arabic(&app).get(cycle.at("/results")).await;
        assert_arabic(page.assert_status(200));
        assert_eq!(seen(&page.text(".answer")), "مُوِّل مشروعان من أصل 3، منها مشروعان جزئيًا، بمبلغ 25 €. عدد المصوّتين: شخصان.");
        assert_eq!(seen(&page.texts(".bars__note > span:last-child")[0]), "داعمان، 20,00 €؛ المطلوب 300,00 €");
        assert_eq!(seen(&page.texts(".bars__why")[0]), "دعمه (20 €) يتيح له الانطلاق من دون بلوغ كلفته الكاملة (300 €). كان يلزمه 280 € إضافية ليُدفع كله.");
        assert_eq!(page.attributes("#totals tbody bdi", "dir"), ["ltr"; 3], "titles in French keep their direction");
    }

    async fn a_town_says_in_arabic_what_it_translates(app: TestApp) {
        let cycle = app.town().await.plan().draft().await;
        let form = cycle.officer.get(cycle.office("/projects/garden")).await.form("/projects/garden");
        let form = form.fill("title.ar", "الحديقة").fill("summary.ar", "جملة واحدة.").fill("line.0.ar", "أشجار");
        cycle.officer.submit(&form.fill("line.0.amount", "300")).await.assert_redirect(&cycle.office(""));
        let saved = cycle.officer.get(cycle.office("/projects/garden")).await;
        assert_eq!((saved.value_of("title.ar"), saved.value_of("line.0.ar")), ("الحديقة".into(), "أشجار".into()));
        let fields = |name: &str| saved.attributes(&format!("[name^='{name}.']"), "dir");
        assert_eq!((fields("title"), fields("body")), (vec!["ltr".into(), "ltr".into(), "rtl".into()], vec!["ltr".into(), "ltr".into(), "rtl".into()]));

        cycle.take_step("open").await;
        let page = reading_arabic(&app).get(cycle.at("/projects/garden")).await;
        assert_arabic(page.assert_status(200));
        assert_eq!(page.text("h1"), "الحديقة");
        assert_eq!(page.attributes("h1 bdi", "dir"), ["rtl"]);
        assert_eq!(page.count(".untranslated"), 0);
        let other = reading_arabic(&app).get(cycle.at("/projects/kiosk")).await;
        assert_eq!(other.text(".untranslated"), "غير مترجَم: بعض نصوص هذه الصفحة معروضة بلغتها الأصلية.");
        assert_eq!((other.attributes("h1 bdi", "lang"), other.attributes("h1 bdi", "dir")), (vec!["fr".into()], vec!["ltr".into()]));
        let english = app.visitor().get(cycle.at("/projects/garden")).await;
        assert_eq!((english.attributes("html", "dir"), english.text("h1")), (vec!["ltr".into()], "The garden".into()));
    }

    async fn the_page_of_an_error_and_the_office_are_arabic_too(app: TestApp) {
        let cycle = app.town().await.with_open_cycle().await;
        for path in ["/nothing".to_owned(), cycle.at("/ballot"), cycle.at("/results"), cycle.office("")] {
            let page = reading_arabic(&app).get(&path).await;
            assert_arabic(&page);
            assert!(page.text("title").starts_with("خطأ: "), "{path}");
        }
        cycle.officer.set_cookie("language", "ar");
        for path in ["", "/roll"] {
            assert_arabic(cycle.officer.get(cycle.office(path)).await.assert_status(200));
        }
        assert_eq!(cycle.officer.get("/office").await.text(".language button[aria-current]"), "العربية");
    }
}
