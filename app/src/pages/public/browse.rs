//! The form above a list of projects, how many it found, and the order they stand in.

use super::project::kind_words;
use crate::browse::{Band, Browse, LONGEST_SEARCH, Sort, bands};
use crate::text::Text;
use crate::views::field::{Field, Problems};
use leptos::prelude::*;
use store::Translated;
use store::project::{Kind, Project};

/// A list of projects and how it came about.
pub(super) struct Listing<'a> {
    /// What was asked.
    pub(super) browse: &'a Browse,
    /// Where the list is.
    pub(super) address: String,
    /// Of which currency the costs are.
    pub(super) currency: &'a str,
    /// All that there are.
    pub(super) all: &'a [Project],
    /// How many were found.
    pub(super) found: usize,
    /// A number by lot, for whoever wants another order.
    pub(super) another: u32,
}

impl Listing<'_> {
    /// The form. It asks by address, so that what was found can be sent on, and needs no script.
    pub(super) fn form(&self, t: Text) -> impl IntoView + use<> {
        let browse = self.browse;
        let fields = self.filters(t).into_iter().map(|field| field.show(&Problems::default())).collect_view();
        let is_used = Browse { search: String::new(), ..browse.clone() } != browse.cleared();
        view! {
            <form class="browse" method="get" action=format!("{}#projects", self.address) role="search">
                <div class="browse__search field">
                    <label for="q">{t.search_projects()}</label>
                    <input type="search" id="q" name="q" value=browse.search.clone() maxlength=LONGEST_SEARCH.to_string() dir="auto" autocomplete="off"/>
                    <button class="button button--secondary">{t.search()}</button>
                </div>
                <details class="details" open=is_used>
                    <summary>{t.filter_and_sort()}</summary>
                    <div class="filters">{fields}</div>
                    <p><button class="button button--secondary">{t.apply()}</button></p>
                </details>
                <input type="hidden" name="order" value=browse.order.to_string()/>
            </form>
        }
    }

    /// The filters that would tell some of the projects from others, and the order.
    fn filters(&self, t: Text) -> Vec<Field> {
        let browse = self.browse;
        let mut fields = Vec::new();
        let mut add = |name: &'static str,
                       label: &'static str,
                       value: &str,
                       any: &'static str,
                       options: Vec<(String, String)>| {
            if options.len() > 1 {
                let options = [(String::new(), any.to_owned())].into_iter().chain(options).collect();
                fields.push(Field::select(name, label, value, options));
            }
        };
        let categories =
            self.labels(t, |project| project.category_slug.as_ref().zip(project.category.as_ref()));
        add("category", t.category(), &browse.category, t.all_categories(), categories);
        let districts =
            self.labels(t, |project| project.district_slug.as_ref().zip(project.district.as_ref()));
        add("district", t.district(), &browse.district, t.all_districts(), districts);
        let kinds = Kind::ALL.into_iter().filter(|kind| self.all.iter().any(|project| project.kind == *kind));
        let kinds = kinds.map(|kind| (kind.as_str().to_owned(), kind_words(t, kind).0.to_owned())).collect();
        add("kind", t.kind(), browse.kind.map_or("", Kind::as_str), t.all_kinds(), kinds);
        let costs = bands(self.all).into_iter().map(|band| (band.value(), self.band(t, band))).collect();
        add("cost", t.cost(), &browse.cost, t.all_costs(), costs);
        let sorts = Sort::ALL.map(|sort| (sort.as_str().to_owned(), sort_words(t, sort).to_owned())).to_vec();
        fields.push(Field::select("sort", t.sort(), browse.sort.as_str(), sorts));
        fields
    }

    /// The (slug, name) of each label that a project has, by name.
    fn labels(
        &self,
        t: Text,
        of: impl Fn(&Project) -> Option<(&String, &Translated)>,
    ) -> Vec<(String, String)> {
        let pairs = self.all.iter().filter_map(of);
        let mut labels: Vec<_> = pairs.map(|(slug, name)| (slug.clone(), t.said(name).to_owned())).collect();
        labels.sort_by_cached_key(|(slug, name)| (crate::browse::fold(name), slug.clone()));
        labels.dedup();
        labels
    }

    fn band(&self, t: Text, band: Band) -> String {
        let money = |minor| t.money_short(minor, self.currency);
        match (band.from, band.below) {
            (None, Some(below)) => t.cost_below(&money(below)),
            (Some(from), Some(below)) => t.cost_between(&money(from), &money(below)),
            (Some(from), None) => t.cost_from(&money(from)),
            (None, None) => String::new(),
        }
    }

    /// How many were found, and the order they stand in.
    pub(super) fn summary(&self, t: Text) -> impl IntoView + use<> {
        let browse = self.browse;
        let all = self.all.len() as u64;
        let found = self.found as u64;
        let count = if browse.is_narrowed() {
            t.found_of(&t.projects(found), &t.number(all))
        } else {
            format!("{}.", t.projects(all))
        };
        let clear = browse.is_narrowed().then(|| {
            let href = format!("{}{}#projects", self.address, browse.cleared().query());
            view! { <a href=href>{t.clear_search()}</a> }
        });
        let drawn = (browse.sort == Sort::Drawn && found > 1).then(|| {
            let again = format!("{}{}#projects", self.address, browse.drawn_again(self.another).query());
            view! {
                <p class="meta browse__order">
                    {t.order_drawn(&browse.order.to_string())}" "{t.order_explained()}" "
                    <a href=again>{t.draw_again()}</a>
                </p>
            }
        });
        let nothing = (found == 0).then(|| view! { <p class="browse__nothing">{t.nothing_found()}</p> });
        view! {
            <div class="browse__found">
                <p><strong>{count}</strong>" "{clear}</p>
                {nothing}
                {drawn}
            </div>
        }
    }
}

fn sort_words(t: Text, sort: Sort) -> &'static str {
    match sort {
        Sort::Drawn => t.sort_drawn(),
        Sort::Title => t.sort_title(),
        Sort::CostUp => t.sort_cost_up(),
        Sort::CostDown => t.sort_cost_down(),
    }
}
