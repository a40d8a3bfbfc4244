//! How amounts are written and read, the same in a page and in an island.
//!
//! Holds no amount and rounds nothing: integers of minor units go in and come out. Refuses what is not plainly an amount.

use serde::{Deserialize, Serialize};

/// How amounts look in one language and currency: `1 234,50 €` or `€1,234.50`.
///
/// Arabic needs marks of direction around the digits, and a minus within them; they are part of the texts here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoneyFormat {
    /// Stands before the digits.
    pub before: String,
    /// The same, of an amount below zero, with its minus.
    pub before_negative: String,
    /// Stands after the digits, with its space.
    pub after: String,
    /// Between units and cents.
    pub decimal: char,
    /// Between groups of three digits.
    pub group: char,
}

impl MoneyFormat {
    /// An amount with its cents and its currency.
    #[must_use]
    pub fn write(&self, minor: i64) -> String {
        let before = if minor < 0 { &self.before_negative } else { &self.before };
        format!("{before}{}{}", self.digits(minor), self.after)
    }

    /// The sign of the currency by itself.
    #[must_use]
    pub fn sign(&self) -> String {
        let around = [&self.before, &self.after].map(|text| text.trim_matches(is_space_or_mark));
        around.concat()
    }

    /// The same, without cents where there are none: `20 €`.
    #[must_use]
    pub fn write_short(&self, minor: i64) -> String {
        let full = self.write(minor);
        if minor % 100 == 0 { full.replacen(&format!("{}00", self.decimal), "", 1) } else { full }
    }

    fn digits(&self, minor: i64) -> String {
        let minor = minor.unsigned_abs();
        format!("{}{}{:02}", grouped(minor / 100, self.group), self.decimal, minor % 100)
    }

    /// An amount as a person would type it: no grouping, no currency, cents only where there are some.
    #[must_use]
    pub fn typed(&self, minor: i64) -> String {
        match (minor / 100, minor % 100) {
            (units, 0) => units.to_string(),
            (units, cents) => format!("{units}{}{cents:02}", self.decimal),
        }
    }
}

/// A whole number with its digits in groups of three; four digits stay together only where the group is a comma or
/// dot, never here: `1 234`.
#[must_use]
pub fn grouped(number: u64, group: char) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    text
}

/// Space, or a mark of direction (Unicode Standard Annex 9), which nobody sees.
fn is_space_or_mark(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2066}'..='\u{2069}')
}

/// The digit that an Arabic or Persian keyboard writes for 0 to 9, as 0 to 9.
fn latin_digit(c: char) -> char {
    let offset = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return c,
    };
    char::from_digit(offset, 10).unwrap_or(c)
}

/// Reads what a person typed as an amount: `12`, `12,5`, `12.50 €`, `1 234`, `−3`, `١٢٫٥`. Nothing at all is zero.
///
/// None when it is not plainly an amount: letters, three decimals, two separators, more than 12 digits.
#[must_use]
pub fn parse(typed: &str) -> Option<i64> {
    let plain: String =
        typed.chars().filter(|&c| !is_space_or_mark(c) && c != '€').map(latin_digit).collect();
    let (sign, plain) = match plain.strip_prefix(['-', '−']) {
        Some(rest) => (-1, rest.to_owned()),
        None => (1, plain),
    };
    if plain.is_empty() {
        return (sign == 1).then_some(0);
    }
    let (units, cents) = plain.split_once([',', '.', '٫']).unwrap_or((&plain, ""));
    if units.len() > 12 || cents.len() > 2 || (units.is_empty() && cents.is_empty()) {
        return None;
    }
    let number =
        |digits: &str| digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse::<i64>().unwrap_or(0));
    let cents = if cents.len() == 1 { number(cents)? * 10 } else { number(cents)? };
    Some(sign * (number(units)? * 100 + cents))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn french() -> MoneyFormat {
        MoneyFormat {
            before: String::new(),
            before_negative: "−".into(),
            after: "\u{a0}€".into(),
            decimal: ',',
            group: '\u{202f}',
        }
    }

    #[test]
    fn amounts_are_written_with_groups_and_cents() {
        assert_eq!(french().write(123_456_789), "1\u{202f}234\u{202f}567,89\u{a0}€");
        assert_eq!(french().write(5), "0,05\u{a0}€");
        assert_eq!(french().write(-150), "−1,50\u{a0}€");
        assert_eq!(french().write_short(2000), "20\u{a0}€");
        assert_eq!(french().write_short(2050), "20,50\u{a0}€");
    }

    #[test]
    fn what_people_type_is_read() {
        for (typed, minor) in [
            ("", 0),
            ("12", 1200),
            ("12,5", 1250),
            ("12.50 €", 1250),
            ("1 234", 123_400),
            (",5", 50),
            ("−3", -300),
            ("7.", 700),
            ("١٢٫٥", 1250),
            ("۲۰", 2000),
            ("\u{200f}\u{200e}-3,00\u{a0}€", -300),
        ] {
            assert_eq!(parse(typed), Some(minor), "{typed:?}");
        }
    }

    #[test]
    fn what_is_not_plainly_an_amount_is_refused() {
        for typed in ["douze", "1,234", "1.2.3", "-", "1e3", "9999999999999", "³", "१"] {
            assert_eq!(parse(typed), None, "{typed:?}");
        }
    }

    #[test]
    fn what_is_typed_back_is_read_as_the_same() {
        for minor in [0, 5, 100, 1250, 200_000] {
            assert_eq!(parse(&french().typed(minor)), Some(minor));
        }
    }
}
