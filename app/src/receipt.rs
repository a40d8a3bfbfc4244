//! What a citizen keeps of a ballot: its version and what it says, as a code that can be printed, scanned and typed.
//!
//! The server stores no receipt. The code opens nothing and proves nothing; whoever reads it reads the choices, and the
//! pages that show one say so. A receipt of other projects, of another cycle, or mistyped is refused as such.

use data_encoding::{Encoding, Specification};
use fast_qr::ECL;
use fast_qr::convert::{Builder, Shape, svg::SvgBuilder};
use fast_qr::qr::QRBuilder;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;
use store::project::Project;
use tally::{Fallback, Minor};

/// Crockford's base 32, as in the code of the letter; 1 and 0 may be typed as the letters they look like.
static BASE_32: LazyLock<Encoding> = LazyLock::new(|| {
    let mut specification = Specification::new();
    specification.symbols.push_str("0123456789ABCDEFGHJKMNPQRSTVWXYZ");
    specification.translate.from.push_str("abcdefghjkmnpqrstvwxyzIiLlOo");
    specification.translate.to.push_str("ABCDEFGHJKMNPQRSTVWXYZ111100");
    specification.encoding().expect("the alphabet is one")
});

/// Bytes at the end that tell a slip of the pen, and a receipt of another cycle.
const CHECK_BYTES: usize = 3;

/// The longest code that is made and read: longer ones fit neither a cookie nor a patient person.
const LONGEST: usize = 1500;

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The version of the ballot.
    pub version: u32,
    /// What becomes of money that a project cannot use.
    pub fallback: Fallback,
    /// The place of each project by rising slug, and what it was given in steps; by rising place, nothing twice.
    pub lines: Vec<(u32, u32)>,
}

/// Why what was typed is not a receipt of this cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAReceipt {
    /// Nothing was typed.
    Empty,
    /// A character that no receipt has.
    Character(char),
    /// Something is missing or mistyped, or it is another cycle's.
    Check,
}

/// The slugs of a cycle's projects, rising: a receipt numbers projects by their place here, whatever order a page has.
#[must_use]
pub fn slugs(projects: &[Project]) -> Vec<&str> {
    let mut slugs: Vec<&str> = projects.iter().map(|project| project.slug.as_str()).collect();
    slugs.sort_unstable();
    slugs
}

impl Receipt {
    /// Of a ballot: project slugs and amounts, in a cycle with these projects and this step. None where an amount is not
    /// a number of steps or a project not one of the cycle.
    #[must_use]
    pub fn of(
        version: i64,
        fallback: Fallback,
        lines: &[(&str, Minor)],
        projects: &[Project],
        step: Minor,
    ) -> Option<Receipt> {
        let slugs = slugs(projects);
        let line = |&(slug, amount): &(&str, Minor)| {
            let place = slugs.binary_search(&slug).ok()?;
            let steps = (amount.get() % step.get() == 0).then_some(amount.get() / step.get())?;
            Some((u32::try_from(place).ok()?, u32::try_from(steps).ok()?))
        };
        let mut lines = lines.iter().map(line).collect::<Option<Vec<_>>>()?;
        lines.sort_unstable();
        Some(Receipt { version: u32::try_from(version).ok()?, fallback, lines })
    }

    /// The project slugs and amounts, in a cycle with these projects and this step.
    #[must_use]
    pub fn amounts<'p>(&self, projects: &'p [Project], step: Minor) -> Vec<(&'p str, Minor)> {
        let slugs = slugs(projects);
        let line = |&(place, steps): &(u32, u32)| {
            let amount = step.get().checked_mul(steps.into())?;
            Some((*slugs.get(usize::try_from(place).ok()?)?, Minor::new(amount)))
        };
        self.lines.iter().filter_map(line).collect()
    }

    /// As printed, in groups of four; none where it would be too long to be of use.
    #[must_use]
    pub fn print(&self, address: &str) -> Option<String> {
        let mut bytes = Vec::new();
        put(&mut bytes, self.version);
        put(&mut bytes, number_of(self.fallback));
        let mut next = 0;
        for &(place, steps) in &self.lines {
            put(&mut bytes, place - next);
            put(&mut bytes, steps);
            next = place + 1;
        }
        bytes.extend(check(address, &bytes));
        let code = BASE_32.encode(&bytes);
        (code.len() <= LONGEST).then(|| in_groups(&code))
    }

    /// The receipt in what a person typed, pasted or scanned, with its cycle's address before it or without.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn find(typed: &str, address: &str) -> Result<Receipt, NotAReceipt> {
        let typed = typed.trim();
        match typed.rsplit('/').next().unwrap_or(typed) {
            "" => Err(NotAReceipt::Empty),
            code => Receipt::parse(code, address),
        }
    }

    /// Reads a code: any case, dashes and spaces anywhere.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(typed: &str, address: &str) -> Result<Receipt, NotAReceipt> {
        let is_blank = |c: &char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '—' | '_');
        let code: String = typed.chars().filter(|c| !is_blank(c)).take(LONGEST + 1).collect();
        if let Some(strange) = code.chars().find(|c| !c.is_ascii_alphanumeric() || matches!(c, 'U' | 'u')) {
            return Err(NotAReceipt::Character(strange));
        }
        let bytes = BASE_32.decode(code.as_bytes()).map_err(|_| NotAReceipt::Check)?;
        let (said, checked) = bytes.split_last_chunk::<CHECK_BYTES>().ok_or(NotAReceipt::Check)?;
        if code.len() > LONGEST || check(address, said) != *checked {
            return Err(NotAReceipt::Check);
        }
        Receipt::read(said).ok_or(NotAReceipt::Check)
    }

    fn read(mut bytes: &[u8]) -> Option<Receipt> {
        let version = take(&mut bytes)?;
        let fallback = take(&mut bytes)?;
        let fallback = FALLBACKS.into_iter().find(|&known| number_of(known) == fallback)?;
        let mut lines = Vec::new();
        let mut next = 0_u32;
        while !bytes.is_empty() {
            let place = next.checked_add(take(&mut bytes)?)?;
            lines.push((place, take(&mut bytes)?));
            next = place.checked_add(1)?;
        }
        Some(Receipt { version, fallback, lines })
    }
}

const FALLBACKS: [Fallback; 3] = [Fallback::Others, Fallback::Everyone, Fallback::Back];

/// As receipts number it, for good.
fn number_of(fallback: Fallback) -> u32 {
    match fallback {
        Fallback::Others => 0,
        Fallback::Everyone => 1,
        Fallback::Back => 2,
    }
}

/// Adds a number, seven bits a byte, the lowest first (LEB128).
fn put(bytes: &mut Vec<u8>, mut number: u32) {
    while number > 0x7f {
        bytes.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    bytes.push(number.to_le_bytes()[0]);
}

/// Takes such a number off the front.
fn take(bytes: &mut &[u8]) -> Option<u32> {
    let mut number = 0_u64;
    for shift in (0..35).step_by(7) {
        let (&first, rest) = bytes.split_first()?;
        *bytes = rest;
        number |= u64::from(first & 0x7f) << shift;
        if first < 0x80 {
            return u32::try_from(number).ok();
        }
    }
    None
}

fn check(address: &str, said: &[u8]) -> [u8; CHECK_BYTES] {
    let digest =
        Sha256::new().chain_update("receipt of ").chain_update(address).chain_update([0]).chain_update(said);
    let digest = digest.finalize();
    [digest[0], digest[1], digest[2]]
}

fn in_groups(code: &str) -> String {
    code.chars().enumerate().fold(String::new(), |mut text, (place, letter)| {
        if place > 0 && place % 4 == 0 {
            text.push('-');
        }
        text.push(letter);
        text
    })
}

/// A text as a QR code (ISO/IEC 18004), drawn as SVG; none where it is too long for one.
#[must_use]
pub fn qr(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().ok()?;
    Some(SvgBuilder::default().shape(Shape::Square).margin(2).to_str(&code))
}

#[cfg(test)]
mod tests {
    use super::{NotAReceipt, Receipt, qr};
    use tally::Fallback;

    const HERE: &str = "aulnerive/2026";

    fn receipt() -> Receipt {
        Receipt {
            version: 3,
            fallback: Fallback::Everyone,
            lines: vec![(0, 5), (7, 12), (130, 300), (131, 1)],
        }
    }

    #[test]
    fn a_receipt_is_read_as_it_was_printed_and_as_people_type_it() {
        let code = receipt().print(HERE).unwrap();
        let typed = [
            code.clone(),
            code.to_lowercase(),
            code.replace('-', ""),
            code.replace('-', " – ").replace('0', "o").replace('1', "l"),
            format!("https://example.org/{HERE}/{code}"),
        ];
        for typed in typed {
            assert_eq!(Receipt::find(&typed, HERE), Ok(receipt()), "{typed}");
        }
        assert!(qr(&code).unwrap().starts_with("<svg"));
    }

    #[test]
    fn what_is_mistyped_or_of_another_cycle_is_refused() {
        let code = receipt().print(HERE).unwrap();
        assert_eq!(Receipt::find("  ", HERE), Err(NotAReceipt::Empty));
        assert_eq!(Receipt::find("7K3M-U", HERE), Err(NotAReceipt::Character('U')));
        assert_eq!(Receipt::find(&code, "aulnerive/2025"), Err(NotAReceipt::Check));
        for place in (0..code.len()).filter(|&place| code.as_bytes()[place] != b'-') {
            let mut wrong = code.clone();
            let other = if &wrong[place..=place] == "7" { "8" } else { "7" };
            wrong.replace_range(place..=place, other);
            // The last character may hold bits that say nothing.
            assert!(Receipt::find(&wrong, HERE) != Ok(receipt()) || place + 1 == code.len(), "{wrong}");
            let shorter: String = code.chars().take(place).collect();
            assert!(Receipt::find(&shorter, HERE).is_err());
        }
        assert_eq!(Receipt::find(&"7".repeat(5000), HERE), Err(NotAReceipt::Check));
    }

    #[test]
    fn what_is_too_long_to_be_kept_is_not_printed() {
        let long = Receipt { lines: (0..2000).map(|place| (place, 1)).collect(), ..receipt() };
        assert_eq!(long.print(HERE), None);
    }
}
