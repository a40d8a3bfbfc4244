//! What a visitor asks of a cycle's projects: words, filters, and an order.
//!
//! No project is favoured: the usual order is drawn by lot, a new lot for each visitor. Its number is in the address and
//! on the page, so it stays while one reads, and whoever types it gets the same order. It is SHA-256 of `NUMBER:SLUG`,
//! ascending, which anyone can do again. Pure; nothing here asks what a project received.

use crate::access::{Visitor, hour};
use crate::text::Text;
use sha2::{Digest, Sha256};
use store::Translated;
use store::cycle::Cycle;
use store::project::{Kind, Project};
use tally::Minor;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How many characters of a search are read.
pub const LONGEST_SEARCH: usize = 100;
/// How many words of a search are looked for.
const MOST_WORDS: usize = 12;
/// The numbers of the orders that are drawn: four digits, easy to say on the telephone.
const ORDERS: std::ops::RangeInclusive<u32> = 1000..=9999;

/// In which order projects are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// Drawn by lot.
    #[default]
    Drawn,
    /// By the alphabet.
    Title,
    /// The cheapest first.
    CostUp,
    /// The dearest first.
    CostDown,
}

impl Sort {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Drawn, Self::Title, Self::CostUp, Self::CostDown];

    /// As in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Drawn => "",
            Self::Title => "title",
            Self::CostUp => "cost",
            Self::CostDown => "cost-desc",
        }
    }
}

/// What is asked, as the address says it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Browse {
    /// The words searched for, as typed.
    pub search: String,
    /// The slug of a category, or empty.
    pub category: String,
    /// The slug of a district, or empty.
    pub district: String,
    /// A way of funding.
    pub kind: Option<Kind>,
    /// A band of costs, as [`Band::value`] writes it, or empty.
    pub cost: String,
    /// In which order.
    pub sort: Sort,
    /// The number of the drawn order.
    pub order: u32,
}

impl Browse {
    /// Reads an address; `drawn` is the number of the order where it has none. What it cannot mean is left out.
    #[must_use]
    pub fn read(query: &[(String, String)], drawn: u32) -> Self {
        let of = |name: &str| query.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
        Self {
            search: of("q").chars().take(LONGEST_SEARCH).collect(),
            category: of("category").to_owned(),
            district: of("district").to_owned(),
            kind: Kind::parse(of("kind")),
            cost: of("cost").to_owned(),
            sort: Sort::ALL.into_iter().find(|sort| sort.as_str() == of("sort")).unwrap_or_default(),
            order: of("order").parse().ok().filter(|order| ORDERS.contains(order)).unwrap_or(drawn),
        }
    }

    /// The same as the end of an address, beginning with `?`; it reads back as itself.
    #[must_use]
    pub fn query(&self) -> String {
        let order = self.order.to_string();
        let fields = [
            ("q", self.search.as_str()),
            ("category", &self.category),
            ("district", &self.district),
            ("kind", self.kind.map_or("", Kind::as_str)),
            ("cost", &self.cost),
            ("sort", self.sort.as_str()),
            ("order", &order),
        ];
        let asked = fields.into_iter().filter(|(_, value)| !value.is_empty());
        format!("?{}", form_urlencoded::Serializer::new(String::new()).extend_pairs(asked).finish())
    }

    /// Nothing asked, in the same order.
    #[must_use]
    pub fn cleared(&self) -> Self {
        Self { order: self.order, ..Self::default() }
    }

    /// The same in another drawn order.
    #[must_use]
    pub fn drawn_again(&self, order: u32) -> Self {
        Self { order, sort: Sort::Drawn, ..self.clone() }
    }

    /// Whether some projects may be left out.
    #[must_use]
    pub fn is_narrowed(&self) -> bool {
        *self != Self { sort: self.sort, ..self.cleared() }
    }

    /// The projects that are asked for, in their order.
    #[must_use]
    pub fn choose(&self, t: Text, projects: Vec<Project>) -> Vec<Project> {
        let band = bands(&projects).into_iter().find(|band| band.value() == self.cost);
        let words = wanted(&self.search);
        let mut chosen: Vec<_> = projects
            .into_iter()
            .filter(|project| {
                self.filters_let(project) && band.is_none_or(|band| band.holds(project.ceiling))
            })
            .filter(|project| words.is_empty() || says(project, &words))
            .collect();
        match self.sort {
            Sort::Drawn => in_drawn_order(&mut chosen, self.order, |project| &project.slug),
            Sort::Title => chosen.sort_by_cached_key(|project| fold(t.said(&project.title))),
            Sort::CostUp => chosen.sort_by_key(|project| project.ceiling),
            Sort::CostDown => chosen.sort_by_key(|project| std::cmp::Reverse(project.ceiling)),
        }
        chosen
    }

    fn filters_let(&self, project: &Project) -> bool {
        let is = |asked: &str, slug: &Option<String>| asked.is_empty() || slug.as_deref() == Some(asked);
        is(&self.category, &project.category_slug)
            && is(&self.district, &project.district_slug)
            && self.kind.is_none_or(|kind| kind == project.kind)
    }
}

/// The number of the order in which a visitor sees the projects when the address does not name one. Whoever came in with
/// a code has one of their own, so that the ballot has the order of the list; everybody else has one of several, which are
/// drawn anew each hour.
#[must_use]
pub fn draw(visit: &Visitor, cycle: &Cycle) -> u32 {
    let key = &visit.house.roll_key;
    let mark = match &visit.citizen {
        Some(citizen) if citizen.cycle_id == cycle.cycle_id => {
            key.mark(&["order", &cycle.cycle_id, &citizen.roll_entry_id])
        }
        _ => key.mark(&["order of", &cycle.cycle_id, &hour(visit.now), &visit.draw.to_string()]),
    };
    number(&Sha256::digest(mark))
}

/// A number by lot.
#[must_use]
pub fn draw_again(visit: &Visitor) -> u32 {
    number(&visit.house.bytes::<8>())
}

/// The number of an order, from eight bytes of chance; the rest of the division is too small to matter.
fn number(chance: &[u8]) -> u32 {
    let chance = chance.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    let orders = u64::from(ORDERS.end() - ORDERS.start() + 1);
    ORDERS.start() + u32::try_from(chance % orders).unwrap_or(0)
}

/// Puts what has a slug into the drawn order of this number.
pub fn in_drawn_order<T>(items: &mut [T], order: u32, slug: impl Fn(&T) -> &str) {
    items.sort_by_cached_key(|item| Sha256::digest(format!("{order}:{}", slug(item))));
}

/// A band of costs: from here, up to but not reaching there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Band {
    /// None for the lowest.
    pub from: Option<Minor>,
    /// None for the highest.
    pub below: Option<Minor>,
}

impl Band {
    /// As in addresses: `-200000`, `200000-500000`, `500000-`.
    #[must_use]
    pub fn value(self) -> String {
        let end = |end: Option<Minor>| end.map(|minor| minor.get().to_string()).unwrap_or_default();
        format!("{}-{}", end(self.from), end(self.below))
    }

    fn holds(self, cost: Minor) -> bool {
        self.from.is_none_or(|from| cost >= from) && self.below.is_none_or(|below| cost < below)
    }
}

/// Three bands of costs with round ends, made from the projects themselves, because towns differ; none where their
/// costs are too much alike.
#[must_use]
pub fn bands(projects: &[Project]) -> Vec<Band> {
    let mut costs: Vec<i64> = projects.iter().map(|project| project.ceiling.get()).collect();
    costs.sort_unstable();
    let (Some(least), Some(most)) = (costs.first(), costs.last()) else { return Vec::new() };
    let mut ends: Vec<i64> = [costs.len() / 3, 2 * costs.len() / 3].map(|place| round(costs[place])).to_vec();
    ends.dedup();
    ends.retain(|end| least < end && end <= most);
    if ends.is_empty() {
        return Vec::new();
    }
    let ends: Vec<_> = ends.into_iter().map(|end| Some(Minor::new(end))).collect();
    let from = [None].into_iter().chain(ends.iter().copied());
    let below = ends.iter().copied().chain([None]);
    from.zip(below).map(|(from, below)| Band { from, below }).collect()
}

/// The next of 1, 2, 3, 5 and their tens above or at a sum.
fn round(sum: i64) -> i64 {
    let mut ten = 1_i64;
    while ten.saturating_mul(10) <= sum {
        ten = ten.saturating_mul(10);
    }
    let steps = [1, 2, 3, 5, 10].map(|step| ten.saturating_mul(step));
    steps.into_iter().find(|round| *round >= sum).unwrap_or(sum)
}

/// The words of a search, each as its plain beginning.
fn wanted(search: &str) -> Vec<String> {
    fold(search).split(' ').filter(|word| !word.is_empty()).take(MOST_WORDS).map(stem).collect()
}

/// A word without the ending of its plural, so that "bancs" finds "banc"; without its article in Arabic.
fn stem(word: &str) -> String {
    if is_arabic(word) {
        let bare = word.strip_prefix("ال").filter(|rest| rest.chars().count() > 2);
        return bare.unwrap_or(word).to_owned();
    }
    let bare = word.strip_suffix(['s', 'x']).filter(|rest| rest.len() > 2);
    bare.unwrap_or(word).to_owned()
}

fn is_arabic(word: &str) -> bool {
    word.starts_with(|letter| matches!(letter, '\u{600}'..='\u{6ff}'))
}

/// Whether a project says each of these words, in any language: it begins one of its words, or, in Arabic, where small
/// words are written on to the next, stands in one.
fn says(project: &Project, words: &[String]) -> bool {
    let texts = [&project.title, &project.summary, &project.body, &project.place_name];
    let labels = [&project.category, &project.district].into_iter().flatten();
    let said: Vec<String> = texts.into_iter().chain(labels).map(all_languages).collect();
    let said = format!(" {} {}", said.join(" "), fold(&project.holder));
    words.iter().all(
        |word| {
            if is_arabic(word) { said.contains(word) } else { said.contains(&format!(" {word}")) }
        },
    )
}

fn all_languages(text: &Translated) -> String {
    text.languages().map(|language| fold(text.exactly(language))).collect::<Vec<_>>().join(" ")
}

/// A text as it is searched: small letters without accents, the letters of Arabic in one form each, without vowel marks
/// and tatweel, figures as 0 to 9, single spaces between words.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for letter in text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase) {
        match letter {
            // Tatweel stretches a word; hamza alone is often left out.
            '\u{640}' | 'ء' => {}
            'ٱ' => folded.push('ا'),
            'ى' | 'ی' => folded.push('ي'),
            'ة' => folded.push('ه'),
            'ک' => folded.push('ك'),
            '٠'..='٩' => folded.extend(digit(letter, '٠')),
            '۰'..='۹' => folded.extend(digit(letter, '۰')),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            'ı' => folded.push('i'),
            _ if letter.is_alphanumeric() => folded.push(letter),
            _ if folded.ends_with(' ') => {}
            _ => folded.push(' '),
        }
    }
    folded.trim().to_owned()
}

fn digit(letter: char, nought: char) -> Option<char> {
    char::from_digit(u32::from(letter) - u32::from(nought), 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_case_do_not_matter() {
        for (text, folded) in [
            ("Un abri à vélos, devant l’École !", "un abri a velos devant l ecole"),
            ("ŒUVRES du cœur", "oeuvres du coeur"),
            ("Łódź  2023", "lodz 2023"),
            ("e\u{301}te\u{301}", "ete"),
            ("Straße", "strasse"),
            ("", ""),
            (" — ", ""),
        ] {
            assert_eq!(fold(text), folded, "{text:?}");
        }
    }

    #[test]
    fn the_forms_of_an_arabic_letter_are_one() {
        for (one, other) in [
            ("أشجار", "اشجار"),
            ("إنارة", "اناره"),
            ("آلة", "اله"),
            ("ٱلسوق", "السوق"),
            ("مَكْتَبَة", "مكتبه"),
            ("حـــديـقة", "حديقه"),
            ("مؤسسة", "موسسه"),
            ("بيئة", "بييه"),
            ("مستشفى", "مستشفي"),
            ("ماء", "ما"),
            ("٢٠٢٦", "2026"),
            ("۲۰۲۶", "2026"),
            // As some keyboards send it: lam and alef in one sign.
            ("ﻻ", "لا"),
        ] {
            assert_eq!(fold(one), other, "{one:?}");
        }
    }

    #[test]
    fn plurals_and_articles_are_left_out_of_what_is_sought() {
        assert_eq!(wanted("Bancs, DES vélos"), ["banc", "des", "velo"]);
        assert_eq!(wanted("الحديقة"), ["حديقه"]);
        assert_eq!(wanted(&"mot ".repeat(40)).len(), MOST_WORDS);
        assert!(wanted("!?").is_empty());
    }

    #[test]
    fn an_address_reads_back_as_what_was_asked() {
        let asked = Browse {
            search: "vélo & café = 100 %".into(),
            category: "nature".into(),
            district: "la-gare".into(),
            kind: Some(Kind::Monthly),
            cost: "200000-500000".into(),
            sort: Sort::CostDown,
            order: 4821,
        };
        let query = asked.query();
        let fields: Vec<(String, String)> =
            form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect();
        assert_eq!(Browse::read(&fields, 1234), asked);
        assert_eq!(asked.cleared().query(), "?order=4821");
        assert!(asked.is_narrowed() && !asked.cleared().is_narrowed());
        assert!(
            !Browse { sort: Sort::Title, ..asked.cleared() }.is_narrowed(),
            "an order leaves nothing out"
        );
    }

    #[test]
    fn what_an_address_cannot_mean_is_left_out() {
        for order in ["", "0", "999", "10000", "-4821", "4e3", "quatre"] {
            let asked = Browse::read(&[("order".into(), order.into())], 1234);
            assert_eq!(asked, Browse { order: 1234, ..Browse::default() }, "{order:?}");
        }
        let long = Browse::read(&[("q".into(), "é".repeat(1000))], 1234);
        assert_eq!(long.search.chars().count(), LONGEST_SEARCH);
    }

    #[test]
    fn the_same_number_gives_the_same_order_whatever_came_before() {
        let drawn = |mut slugs: Vec<&'static str>, order| {
            in_drawn_order(&mut slugs, order, |slug| slug);
            slugs
        };
        let slugs = vec!["bench", "garden", "kiosk", "lamps", "mural"];
        let backwards: Vec<_> = slugs.iter().rev().copied().collect();
        assert_eq!(drawn(slugs.clone(), 4821), drawn(backwards, 4821));
        // `printf 4821:SLUG | sha256sum`, sorted.
        assert_eq!(drawn(slugs.clone(), 4821), ["bench", "kiosk", "garden", "lamps", "mural"]);
        let rest: Vec<_> = drawn(slugs.clone(), 4821).into_iter().filter(|slug| *slug != "kiosk").collect();
        assert_eq!(drawn(vec!["bench", "garden", "lamps", "mural"], 4821), rest, "one less moves no other");
    }

    #[test]
    fn every_project_comes_first_about_equally_often() {
        let slugs = ["bench", "garden", "kiosk", "lamps"];
        let mut firsts = [0_u32; 4];
        for order in ORDERS {
            let mut places = [0_usize, 1, 2, 3];
            in_drawn_order(&mut places, order, |place| slugs[*place]);
            firsts[places[0]] += 1;
        }
        // 2250 each, give or take five standard deviations.
        assert!(firsts.iter().all(|first| (2045..=2455).contains(first)), "{firsts:?}");
    }

    #[test]
    fn numbers_have_four_digits() {
        assert_eq!(number(&[0; 8]), 1000);
        assert_eq!(number(&8999_u64.to_be_bytes()), 9999);
        assert_eq!(number(&9000_u64.to_be_bytes()), 1000);
    }

    #[test]
    fn ends_of_bands_are_round() {
        for (sum, expected) in
            [(1, 1), (150_000, 200_000), (290_000, 300_000), (500_000, 500_000), (720_000, 1_000_000)]
        {
            assert_eq!(round(sum), expected);
        }
    }
}
