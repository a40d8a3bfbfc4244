//! What pages say, in each language: catalogs of words, and how numbers, amounts and dates are written.
//!
//! A key that a language lacks does not compile. Words are only here; pages hold none.

mod ar;
#[cfg(test)]
mod cldr;
mod en;
mod files;
mod findings;
mod fr;
mod reasons;
mod rules;
mod words;

use crate::money::{MoneyFormat, grouped};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
pub use reasons::Told;
use rust_decimal::Decimal;
use store::Translated;
use tally::Minor;
pub use words::Words;

/// A language that pages are written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// French, the first language.
    Fr,
    /// English.
    En,
    /// Arabic.
    Ar,
}

impl Language {
    /// All of them, in the order of the switch.
    pub const ALL: [Self; 3] = [Self::Fr, Self::En, Self::Ar];

    /// BCP 47.
    #[must_use]
    pub fn tag(self) -> &'static str {
        match self {
            Self::Fr => "fr",
            Self::En => "en",
            Self::Ar => "ar",
        }
    }

    /// Its name, in itself.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Fr => "Français",
            Self::En => "English",
            Self::Ar => "العربية",
        }
    }

    /// The direction it is written in, as HTML's `dir` has it.
    #[must_use]
    pub fn dir(self) -> &'static str {
        match self {
            Self::Fr | Self::En => "ltr",
            Self::Ar => "rtl",
        }
    }

    /// The name of the field of a form that holds a text in it: `title.fr`.
    #[must_use]
    pub fn field(self, name: &str) -> String {
        format!("{name}.{}", self.tag())
    }

    /// From a tag such as `en` or `en-GB`.
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| language.tag().eq_ignore_ascii_case(primary))
    }

    /// The best of an `Accept-Language` header (RFC 9110 §12.5.4), or French.
    #[must_use]
    pub fn negotiate(header: &str) -> Self {
        let weight = |range: &str| -> i64 {
            let q = range.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
            let thousandths = q.map_or(Some(Decimal::ONE), |q| q.trim().parse().ok()).unwrap_or_default();
            thousandths
                .checked_mul(Decimal::from(1000))
                .and_then(|weight| weight.try_into().ok())
                .unwrap_or(0)
        };
        let best = header
            .split(',')
            .filter_map(|range| Some((Self::parse(range.split(';').next()?.trim())?, weight(range))))
            .filter(|(_, weight)| *weight > 0)
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map_or(Self::Fr, |(language, _)| language)
    }
}

/// Everything a page needs in order to say something in one language.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    /// Which language.
    pub language: Language,
    words: &'static Words,
}

impl std::ops::Deref for Text {
    type Target = Words;

    fn deref(&self) -> &Words {
        self.words
    }
}

impl Text {
    /// The text of a language.
    #[must_use]
    pub fn of(language: Language) -> Self {
        let words = match language {
            Language::Fr => &fr::WORDS,
            Language::En => &en::WORDS,
            Language::Ar => &ar::WORDS,
        };
        Self { language, words }
    }

    /// How amounts of a currency are written. Currencies without a sign of their own here keep their ISO 4217 code.
    ///
    /// Arabic is written with the digits 0 to 9 and a decimal comma, as in the Maghreb (CLDR `ar-MA`, `ar-TN`) and as
    /// most who read Arabic in France are used to. Its marks of direction are CLDR's too: U+200F keeps digits and sign
    /// in the order of Arabic wherever an amount stands, U+200E keeps the minus at its digits.
    #[must_use]
    pub fn money_format(&self, currency: &str) -> MoneyFormat {
        let sign = match currency {
            "EUR" => "€",
            "PLN" => "zł",
            code => code,
        };
        match self.language {
            Language::Fr => MoneyFormat {
                before: String::new(),
                before_negative: "−".into(),
                after: format!("\u{a0}{sign}"),
                decimal: ',',
                group: '\u{202f}',
            },
            Language::En => {
                let before = if currency == "EUR" { "€".to_owned() } else { format!("{currency}\u{a0}") };
                MoneyFormat {
                    before_negative: format!("−{before}"),
                    before,
                    after: String::new(),
                    decimal: '.',
                    group: ',',
                }
            }
            Language::Ar => MoneyFormat {
                before: "\u{200f}".into(),
                before_negative: "\u{200f}\u{200e}-".into(),
                after: format!("\u{a0}{sign}"),
                decimal: ',',
                group: '.',
            },
        }
    }

    /// An amount with its cents.
    #[must_use]
    pub fn money(&self, amount: Minor, currency: &str) -> String {
        self.money_format(currency).write(amount.get())
    }

    /// An amount, its cents left out where there are none.
    #[must_use]
    pub fn money_short(&self, amount: Minor, currency: &str) -> String {
        self.money_format(currency).write_short(amount.get())
    }

    /// A whole number.
    #[must_use]
    pub fn number(&self, number: u64) -> String {
        grouped(number, self.money_format("EUR").group)
    }

    /// `part` of `whole` as a percentage with one decimal; empty when there is no whole.
    #[must_use]
    pub fn percent(&self, part: u64, whole: u64) -> String {
        if whole == 0 {
            return String::new();
        }
        let percent = (Decimal::from(part) * Decimal::from(100) / Decimal::from(whole)).round_dp(1);
        let digits = format!("{percent:.1}");
        match self.language {
            Language::Fr => format!("{}\u{202f}%", digits.replace('.', ",")),
            Language::En => format!("{digits}%"),
            Language::Ar => format!("{}\u{200e}%\u{200e}", digits.replace('.', ",")),
        }
    }

    /// A moment in the town's time: `dimanche 14 juin 2026, 23:59`.
    #[must_use]
    pub fn moment(&self, at: Timestamp, time_zone: &str) -> String {
        let (day, time) = (self.day(at, time_zone), self.time(at, time_zone));
        match self.language {
            Language::Fr | Language::En => format!("{day}, {time}"),
            Language::Ar => format!("{day}، الساعة {time}"),
        }
    }

    /// The day of a moment: `dimanche 14 juin 2026`.
    #[must_use]
    pub fn day(&self, at: Timestamp, time_zone: &str) -> String {
        self.date(at.to_zoned(zone(time_zone)).date())
    }

    /// A day: `dimanche 14 juin 2026`.
    #[must_use]
    pub fn date(&self, date: Date) -> String {
        let weekday = self.weekdays()[usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
        let month = self.months()[usize::from(date.month().unsigned_abs()) - 1];
        let day = match (self.language, date.day()) {
            (Language::Fr, 1) => "1er".to_owned(),
            (_, day) => day.to_string(),
        };
        format!("{weekday} {day} {month} {}", date.year())
    }

    /// A figure of so many decimals, given without its point: 93 with one is `9,3`.
    #[must_use]
    pub fn decimal(&self, figure: u64, decimals: u32) -> String {
        let unit = 10_u64.pow(decimals);
        let mark = self.money_format("EUR").decimal;
        format!("{}{mark}{:0width$}", self.number(figure / unit), figure % unit, width = decimals as usize)
    }

    /// The length of a file, by thousands of bytes (IEC 80000-13).
    #[must_use]
    pub fn size(&self, bytes: u64) -> String {
        let units = match self.language {
            Language::Fr => ["o", "ko", "Mo"],
            Language::En => ["bytes", "kB", "MB"],
            Language::Ar => ["بايت", "كيلوبايت", "ميغابايت"],
        };
        let (figure, unit) = match bytes {
            0..1_000 => (self.number(bytes), units[0]),
            1_000..1_000_000 => (self.number(bytes.div_ceil(1_000)), units[1]),
            _ => (self.decimal(bytes.div_ceil(100_000), 1), units[2]),
        };
        format!("{figure}\u{a0}{unit}")
    }

    /// The time of day of a moment: `12:03`.
    #[must_use]
    pub fn time(&self, at: Timestamp, time_zone: &str) -> String {
        let local = at.to_zoned(zone(time_zone));
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// "In French", "in English" and so on.
    #[must_use]
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::Fr => self.in_fr(),
            Language::En => self.in_en(),
            Language::Ar => self.in_ar(),
        }
    }

    /// What a town says, in this language or else in the one it has.
    #[must_use]
    pub fn said<'a>(&self, text: &'a Translated) -> &'a str {
        text.read(self.language.tag()).0
    }

    fn weekdays(&self) -> [&'static str; 7] {
        match self.language {
            Language::Fr => ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
            Language::En => ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
            Language::Ar => ["الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت", "الأحد"],
        }
    }

    fn months(&self) -> [&'static str; 12] {
        match self.language {
            Language::Fr => [
                "janvier",
                "février",
                "mars",
                "avril",
                "mai",
                "juin",
                "juillet",
                "août",
                "septembre",
                "octobre",
                "novembre",
                "décembre",
            ],
            Language::En => [
                "January",
                "February",
                "March",
                "April",
                "May",
                "June",
                "July",
                "August",
                "September",
                "October",
                "November",
                "December",
            ],
            // The names that all Arabic countries understand; the Maghreb has others, and not the same ones.
            Language::Ar => [
                "يناير",
                "فبراير",
                "مارس",
                "أبريل",
                "مايو",
                "يونيو",
                "يوليو",
                "أغسطس",
                "سبتمبر",
                "أكتوبر",
                "نوفمبر",
                "ديسمبر",
            ],
        }
    }
}

/// The town's time zone; UTC where its name is not one (imported files do not give any).
#[must_use]
pub fn zone(name: &str) -> TimeZone {
    TimeZone::get(name).unwrap_or(TimeZone::UTC)
}
