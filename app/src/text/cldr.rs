//! Whether numbers, amounts, days and times are written as CLDR has them, by the word of the ICU crates, and where not,
//! why not.

use super::{Language, Text};
use icu_datetime::fieldsets::{T, YMDE};
use icu_datetime::input::{Date, Time};
use icu_datetime::preferences::HourCycle;
use icu_datetime::{DateTimeFormatter, DateTimeFormatterPreferences, NoCalendarFormatter};
use icu_decimal::DecimalFormatter;
use icu_decimal::input::Decimal;
use icu_experimental::dimension::currency::formatter::CurrencyFormatter;
use icu_locale_core::preferences::extensions::unicode::keywords::currency;
use icu_locale_core::{Locale, locale};
use jiff::civil;
use jiff::tz::TimeZone;
use tally::Minor;

/// Where the numbers of each language are from. Those of Arabic are the Maghreb's: see [`Text::money_format`].
fn locale_of_numbers(language: Language) -> Locale {
    match language {
        Language::Fr => locale!("fr"),
        Language::En => locale!("en-GB"),
        Language::Ar => locale!("ar-MA"),
    }
}

/// Where the dates of each language are from: British, because we write the day first; and Arabic as all countries
/// read it, because the Maghreb has names of months of its own, and Morocco others than Tunisia.
fn locale_of_dates(language: Language) -> Locale {
    match language {
        Language::Fr => locale!("fr"),
        Language::En => locale!("en-GB"),
        Language::Ar => locale!("ar-u-nu-latn"),
    }
}

fn texts() -> impl Iterator<Item = (Text, Language)> {
    Language::ALL.into_iter().map(|language| (Text::of(language), language))
}

const AMOUNTS: [i64; 10] =
    [0, 5, 100, 2_000, 2_050, 99_999, 123_456, 100_000_000, 123_456_789, 999_999_999_999];

/// An amount of minor units, as ICU takes it.
fn decimal(minor: i64) -> Decimal {
    let mut decimal = Decimal::from(minor);
    decimal.multiply_pow10(-2);
    decimal
}

#[test]
fn numbers_are_grouped_as_in_cldr() {
    for (t, language) in texts() {
        let format =
            DecimalFormatter::try_new(locale_of_numbers(language).into(), Default::default()).unwrap();
        for number in [0, 7, 999, 1_000, 1_234, 12_345, 123_456, 1_000_000, 4_294_967_295, u64::MAX] {
            assert_eq!(t.number(number), format.format(&Decimal::from(number)).to_string());
        }
    }
}

#[test]
fn decimals_are_written_as_in_cldr() {
    for (t, language) in texts() {
        let format =
            DecimalFormatter::try_new(locale_of_numbers(language).into(), Default::default()).unwrap();
        for (figure, decimals) in [(93, 1), (5, 1), (123_456, 1), (178, 3), (1_750, 3)] {
            let mut theirs = Decimal::from(figure);
            theirs.multiply_pow10(-i16::try_from(decimals).unwrap());
            theirs.pad_start(1);
            assert_eq!(
                t.decimal(figure, decimals),
                format.format(&theirs).to_string(),
                "{figure} {decimals}"
            );
        }
    }
}

/// One difference: in French and English a true minus (U+2212) stands where CLDR has a hyphen, which is shorter than the
/// digits are wide. In Arabic we keep the hyphen, since CLDR's marks of direction are made for it.
#[test]
fn amounts_are_written_as_in_cldr() {
    for (t, language) in texts() {
        let format = CurrencyFormatter::try_new_symbol(
            locale_of_numbers(language).into(),
            currency!("EUR"),
            Default::default(),
        )
        .unwrap();
        for minor in AMOUNTS.into_iter().flat_map(|minor| [minor, -minor]) {
            let ours = t.money(Minor::new(minor), "EUR").replace('−', "-");
            assert_eq!(ours, format.format_fixed_decimal(&decimal(minor)).to_string(), "{minor}");
        }
    }
}

/// Polish cities are known by their sign even where CLDR writes PLN; English keeps the code.
#[test]
fn amounts_of_other_currencies_are_written_as_in_cldr_with_the_sign_of_the_country() {
    for (t, language) in texts() {
        let prefs = locale_of_numbers(language).into();
        let zloty = currency!("PLN");
        let format = match language {
            Language::Fr | Language::Ar => {
                CurrencyFormatter::try_new_symbol_narrow(prefs, zloty, Default::default())
            }
            Language::En => CurrencyFormatter::try_new_symbol(prefs, zloty, Default::default()),
        };
        let format = format.unwrap();
        for minor in AMOUNTS {
            let theirs = format.format_fixed_decimal(&decimal(minor)).to_string();
            assert_eq!(t.money(Minor::new(minor), "PLN"), theirs, "{minor}");
        }
    }
}

/// Two differences. No comma after the day of the week, which CLDR has in Arabic and lately in British English: days stand
/// in the middle of sentences here, and newspapers write them without. And the first of a month is "1er" in French, as
/// everybody writes it; CLDR's patterns cannot.
#[test]
fn days_are_written_as_in_cldr_but_for_a_comma_and_the_french_first() {
    for (t, language) in texts() {
        let format = DateTimeFormatter::try_new(locale_of_dates(language).into(), YMDE::long()).unwrap();
        for month in 1..=12 {
            for day in [1, 2, 9, 14, 28] {
                let at = civil::date(2026, month, day).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap();
                let (month, day) = (u8::try_from(month).unwrap(), u8::try_from(day).unwrap());
                let theirs = format.format(&Date::try_new_iso(2026, month, day).unwrap()).to_string();
                let ours = t.day(at.timestamp(), "UTC").replace(" 1er ", " 1 ");
                assert_eq!(ours, theirs.replace([',', '،'], ""));
            }
        }
    }
}

/// By the clock of 24 hours, as everything official in France.
#[test]
fn times_are_written_as_in_cldr() {
    for (t, language) in texts() {
        let mut prefs = DateTimeFormatterPreferences::from(locale_of_dates(language));
        prefs.hour_cycle = Some(HourCycle::H23);
        let format = NoCalendarFormatter::try_new(prefs, T::hm()).unwrap();
        for (hour, minute) in [(0, 5), (9, 0), (12, 30), (23, 59)] {
            let at = civil::date(2026, 6, 14).at(hour, minute, 0, 0).to_zoned(TimeZone::UTC).unwrap();
            let (hour, minute) = (u8::try_from(hour).unwrap(), u8::try_from(minute).unwrap());
            let theirs = format.format(&Time::try_new(hour, minute, 0, 0).unwrap()).to_string();
            assert_eq!(t.time(at.timestamp(), "UTC"), theirs);
        }
    }
}
