//! A town's own colour: from the one it asks for, all that the pages need of it, readable by day and by night.
//!
//! A colour is never refused for being too pale: it is darkened by day and lightened by night, no more than it takes for
//! 4.5 to 1 on every ground that text of this colour stands on (WCAG 2.2, 1.4.3), and the town sees what it gets.

#![expect(
    clippy::float_arithmetic,
    reason = "WCAG defines contrast by powers of fractions; no money is near"
)]

use std::fmt;
use std::str::FromStr;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour([u8; 3]);

/// What is no colour such as `#0b5f53`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAColour;

impl FromStr for Colour {
    type Err = NotAColour;

    fn from_str(text: &str) -> Result<Self, NotAColour> {
        let digits = text.trim().strip_prefix('#').filter(|digits| digits.len() == 6).ok_or(NotAColour)?;
        let channel = |at: usize| {
            let two = digits.get(at..at + 2).filter(|two| two.bytes().all(|digit| digit.is_ascii_hexdigit()));
            u8::from_str_radix(two.ok_or(NotAColour)?, 16).map_err(|_| NotAColour)
        };
        Ok(Self([channel(0)?, channel(2)?, channel(4)?]))
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl Colour {
    /// Of these parts of red, green and blue.
    #[must_use]
    pub const fn new(channels: [u8; 3]) -> Self {
        Self(channels)
    }

    /// This much of `other` in it, in hundredths.
    fn with(self, other: Colour, hundredths: u16) -> Self {
        let mix = |ours: u8, theirs: u8| {
            let sum = u16::from(ours) * (100 - hundredths) + u16::from(theirs) * hundredths;
            u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX)
        };
        Self(std::array::from_fn(|channel| mix(self.0[channel], other.0[channel])))
    }

    /// Relative luminance (WCAG 2.2).
    fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The contrast ratio of two colours (WCAG 2.2), from 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Colour) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// The first of ever more `towards` in it that is readable on all these grounds.
    fn readable(self, towards: Colour, grounds: &[Colour]) -> Self {
        (0..=100)
            .map(|hundredths| self.with(towards, hundredths))
            .find(|colour| grounds.iter().all(|&ground| colour.contrast(ground) >= LEAST_CONTRAST))
            .unwrap_or(towards)
    }
}

/// Of text and its ground, level AA.
const LEAST_CONTRAST: f64 = 4.5;

const WHITE: Colour = Colour([255; 3]);
const BLACK: Colour = Colour([0; 3]);

/// The grounds of style/tokens.css: --ground, --surface and --wash, by day.
const DAY: [Colour; 3] = [Colour([0xfc, 0xfd, 0xfb]), WHITE, Colour([0xef, 0xf4, 0xf0])];
/// The same by night.
const NIGHT: [Colour; 3] =
    [Colour([0x0f, 0x18, 0x16]), Colour([0x15, 0x21, 0x1d]), Colour([0x18, 0x25, 0x1f])];

/// The four tokens that a town may change, by day or by night.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accent {
    /// `--accent`: links, buttons, the confirmation.
    pub accent: Colour,
    /// `--accent-strong`: the same while it is pressed.
    pub strong: Colour,
    /// `--on-accent`: text on either.
    pub on: Colour,
    /// `--accent-wash`: a ground with a breath of it.
    pub wash: Colour,
}

impl Accent {
    /// By day.
    #[must_use]
    pub fn day(asked: Colour) -> Self {
        let wash = asked.with(WHITE, 86);
        let grounds = [DAY[0], DAY[1], DAY[2], wash];
        let accent = asked.readable(BLACK, &grounds);
        Self { accent, strong: accent.with(BLACK, 28), on: WHITE, wash }
    }

    /// By night.
    #[must_use]
    pub fn night(asked: Colour) -> Self {
        let wash = asked.with(NIGHT[1], 78);
        let grounds = [NIGHT[0], NIGHT[1], NIGHT[2], wash];
        let accent = asked.readable(WHITE, &grounds);
        let on = BLACK.with(asked, 12).readable(BLACK, &[accent]);
        Self { accent, strong: accent.with(WHITE, 35), on, wash }
    }

    fn tokens(self) -> String {
        let Self { accent, strong, on, wash } = self;
        format!("--accent:{accent};--accent-strong:{strong};--on-accent:{on};--accent-wash:{wash}")
    }
}

/// The town's style sheet.
#[must_use]
pub fn sheet(asked: Colour) -> String {
    let (day, night) = (Accent::day(asked).tokens(), Accent::night(asked).tokens());
    format!(":root{{{day}}}@media (prefers-color-scheme: dark){{:root{{{night}}}}}\n")
}

#[cfg(test)]
mod tests {
    use super::{Accent, BLACK, Colour, DAY, LEAST_CONTRAST, NIGHT, NotAColour, WHITE};

    #[test]
    fn every_colour_becomes_readable_by_day_and_by_night() {
        for red in (0..=255).step_by(17) {
            for green in (0..=255).step_by(17) {
                for blue in (0..=255).step_by(17) {
                    let asked = Colour([red, green, blue]);
                    for (tokens, grounds) in [(Accent::day(asked), DAY), (Accent::night(asked), NIGHT)] {
                        let Accent { accent, strong, on, wash } = tokens;
                        for ground in [grounds[0], grounds[1], grounds[2], wash] {
                            assert!(
                                accent.contrast(ground) >= LEAST_CONTRAST,
                                "{asked}: {accent} on {ground}"
                            );
                        }
                        for ground in [accent, strong] {
                            assert!(on.contrast(ground) >= LEAST_CONTRAST, "{asked}: {on} on {ground}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_readable_already_stays_as_it_is() {
        let verdigris: Colour = "#0b5f53".parse().unwrap();
        assert_eq!(Accent::day(verdigris).accent, verdigris);
    }

    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((WHITE.contrast(BLACK) - 21.0).abs() < 1e-9);
        let grey: Colour = "#777777".parse().unwrap();
        assert!((grey.contrast(WHITE) - 4.478).abs() < 1e-3);
    }

    #[test]
    fn only_six_digits_are_a_colour() {
        for wrong in ["", "red", "#fff", "#ggffff", "0b5f53", "#0b5f5", "#é5f53"] {
            assert_eq!(wrong.parse::<Colour>(), Err(NotAColour), "{wrong}");
        }
        assert_eq!(" #0B5F53 ".parse::<Colour>().unwrap().to_string(), "#0b5f53");
    }
}
