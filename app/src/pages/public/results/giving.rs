//! How concentrated the giving was, in one sentence, three figures and a curve.

use super::Results;
use crate::text::Text;
use crate::views::flow::lorenz;
use leptos::prelude::*;
use tally::figures::concentration;

pub(super) fn section(t: Text, results: &Results) -> Option<AnyView> {
    let found = concentration(&results.counted.outcome)?;
    let tenths = |figure: u64| t.decimal(figure, 1);
    let cents = |minor: tally::Minor| u64::try_from(minor.get()).unwrap_or(0);
    let top = t.percent(cents(found.top_minor), cents(found.given_minor));
    let all = t.number(found.projects);
    let sentence = t.giving_sentence(&top, &t.projects(found.top), &tenths(found.effective_tenths), &all);
    let gini = t.decimal(found.gini_thousandths, 3);
    let fact = |name: &'static str, value: String, of: String| {
        view! { <div><dt>{name}</dt><dd><span class="amount">{value}</span>" "<span class="meta">{of}</span></dd></div> }
    };
    let supported = found.projects - found.supported;
    Some(
        view! {
            <section id="giving">
                <h2>{t.giving_title()}</h2>
                <div class="giving">
                    <div class="giving__words">
                        <p>{sentence}</p>
                        <dl class="facts">
                            {fact(t.giving_per_ballot(), tenths(found.per_ballot_tenths), t.giving_per_ballot_of().to_owned())}
                            {fact(t.giving_effective(), tenths(found.effective_tenths), t.giving_of(&all))}
                            {fact(t.giving_gini(), gini.clone(), t.giving_gini_of().to_owned())}
                            {fact(t.giving_without(), t.number(supported), t.giving_of(&all))}
                        </dl>
                    </div>
                    <figure class="giving__curve">
                        {lorenz(t.language, &found.lorenz_thousandths, t.giving_curve(&gini))}
                        <figcaption class="meta">{t.giving_caption()}</figcaption>
                    </figure>
                </div>
                {results.data(t, &["totals.csv"])}
            </section>
        }
        .into_any(),
    )
}
