//! The picture that others show of a page when somebody passes its address on: 1200 by 630 pixels, with the page's own
//! figures.
//!
//! Drawn as SVG, with fonts that travel in the binary (`fonts/`), and kept as PNG under the name of its content: a figure
//! that changes makes another address. Draws what it is told and computes no figure.

use crate::accent::{Accent, Colour};
use crate::text::Language;
use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

/// How wide a picture is.
pub const WIDTH_PX: u32 = 1200;
/// How high it is.
pub const HEIGHT_PX: u32 = 630;

/// What a picture shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// In which language its words are.
    pub language: Language,
    /// The town's colour, where it has one.
    pub accent: Option<Colour>,
    /// Whose it is, in a few words above the title.
    pub above: String,
    /// The title.
    pub title: String,
    /// The figures, in a sentence.
    pub says: String,
    /// A part of a whole, as a bar.
    pub bar: Option<(u64, u64)>,
}

const FONTS: [&[u8]; 4] = [
    include_bytes!("../fonts/latin-bold.ttf"),
    include_bytes!("../fonts/latin-regular.ttf"),
    include_bytes!("../fonts/arabic-bold.ttf"),
    include_bytes!("../fonts/arabic-regular.ttf"),
];

/// Écot's coin with one piece taken out: the shapes of `style/public/logo.svg`, in its colours by day.
const COIN: &str = "<g stroke-width=\"1.5\" stroke-linejoin=\"round\" stroke-linecap=\"round\">\
    <path fill=\"#e8b93f\" stroke=\"#855c0e\" d=\"M14.5 17.5L26.7 14.9A12.5 12.5 0 1 1 16.2 5.1Z\"/>\
    <path fill=\"none\" stroke=\"#855c0e\" stroke-width=\"1.2\" d=\"M23.1 16.9A8.6 8.6 0 1 1 14.5 8.9\"/>\
    <path fill=\"#0b5f53\" stroke=\"#0b5f53\" d=\"M16.6 15.2L18.3 2.8A12.5 12.5 0 0 1 28.8 12.6Z\"/></g>";

/// From the edge to the words.
const MARGIN: u32 = 72;

/// Letters that fit in a line of the title, and of the sentence under it.
const TITLE_LETTERS: usize = 27;
const SENTENCE_LETTERS: usize = 58;

impl Picture {
    /// The name of its content: whatever it shows is part of it.
    #[must_use]
    pub fn key(&self) -> String {
        store::hex(&Sha256::digest(self.svg()))[..16].to_owned()
    }

    /// The same in words, for those who do not see it.
    #[must_use]
    pub fn alt(&self) -> String {
        [&self.above, &self.title, &self.says].map(String::as_str).join(". ")
    }

    /// The drawing.
    fn svg(&self) -> String {
        let asked = self.accent.unwrap_or(OWN);
        let Accent { accent, wash, .. } = Accent::day(asked);
        let right_to_left = self.language == Language::Ar;
        let (x, anchor) = if right_to_left { (WIDTH_PX - MARGIN, "end") } else { (MARGIN, "start") };
        let (display, text) = if right_to_left { (ARABIC_DISPLAY, ARABIC_TEXT) } else { (DISPLAY, TEXT) };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH_PX}\" height=\"{HEIGHT_PX}\">\
             <rect width=\"{WIDTH_PX}\" height=\"{HEIGHT_PX}\" fill=\"{wash}\"/>\
             <rect width=\"{WIDTH_PX}\" height=\"14\" fill=\"{accent}\"/>"
        );
        let mut line = |y: u32, size: u32, look: &str, fill: &str, words: &str| {
            // Signs at the ends of an Arabic line belong to it (Unicode Standard Annex 9: U+200F).
            let mark = if right_to_left { "\u{200f}" } else { "" };
            let words = format!("{mark}{}{mark}", escape(words));
            let _ = write!(
                svg,
                "<text x=\"{x}\" y=\"{y}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{fill}\" {look}>{words}</text>"
            );
        };
        line(118, 34, text, "#4b5b55", &shortened(&self.above, SENTENCE_LETTERS));
        let title = wrapped(&self.title, TITLE_LETTERS, 2);
        let mut y = 208;
        for words in &title {
            line(y, 72, display, "#13211d", words);
            y += 86;
        }
        for words in wrapped(&self.says, SENTENCE_LETTERS, 2) {
            line(y, 36, text, "#13211d", &words);
            y += 52;
        }
        if let Some((part, whole)) = self.bar {
            svg.push_str(&bar(part, whole, right_to_left, &accent.to_string()));
        }
        svg.push_str(&signature(right_to_left));
        svg.push_str("</svg>");
        svg
    }

    fn draw(&self) -> Option<Vec<u8>> {
        let mut options = Options::default();
        for font in FONTS {
            options.fontdb_mut().load_font_source(fontdb::Source::Binary(Arc::new(font)));
        }
        let drawn = Tree::from_str(&self.svg(), &options)
            .map_err(|cause| tracing::error!(%cause, "a share picture could not be read"))
            .ok()?;
        let mut pixels = Pixmap::new(WIDTH_PX, HEIGHT_PX)?;
        resvg::render(&drawn, Transform::identity(), &mut pixels.as_mut());
        pixels
            .encode_png()
            .map_err(|cause| tracing::error!(%cause, "a share picture could not be written"))
            .ok()
    }
}

/// Écot's verdigris, `--accent` of style/tokens.css.
const OWN: Colour = Colour::new([0x0b, 0x5f, 0x53]);

const DISPLAY: &str = "font-family=\"Noto Serif, Ecot Naskh\" font-weight=\"700\"";
const TEXT: &str = "font-family=\"Noto Sans, Ecot Naskh\"";
/// One font for all letters of an Arabic line, so that no run of it is left to another.
const ARABIC_DISPLAY: &str = "font-family=\"Ecot Naskh\" font-weight=\"700\"";
const ARABIC_TEXT: &str = "font-family=\"Ecot Naskh\"";

/// A part of a whole, in brass, as coins are.
fn bar(part: u64, whole: u64, right_to_left: bool, accent: &str) -> String {
    let length = u64::from(WIDTH_PX - 2 * MARGIN);
    let filled = u128::from(part.min(whole)) * u128::from(length) / u128::from(whole.max(1));
    let start = if right_to_left { u128::from(WIDTH_PX - MARGIN) - filled } else { u128::from(MARGIN) };
    format!(
        "<rect x=\"{MARGIN}\" y=\"448\" width=\"{length}\" height=\"44\" rx=\"8\" fill=\"#ffffff\" stroke=\"{accent}\" stroke-width=\"3\"/>\
         <rect x=\"{start}\" y=\"448\" width=\"{filled}\" height=\"44\" rx=\"8\" fill=\"#e8b93f\" stroke=\"#875e10\" stroke-width=\"3\"/>"
    )
}

/// The coin and the name, where the line ends.
fn signature(right_to_left: bool) -> String {
    let x = if right_to_left { MARGIN } else { WIDTH_PX - MARGIN - 190 };
    let words = x + 74;
    format!(
        "<g transform=\"translate({x} 526) scale(2)\">{COIN}</g><text x=\"{words}\" y=\"576\" font-size=\"48\" fill=\"#13211d\" {DISPLAY}>Écot</text>"
    )
}

fn escape(text: &str) -> String {
    let plain: String = text.chars().filter(|c| !c.is_control()).collect();
    plain.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// At most so many letters, the last of them an ellipsis where more are left out.
fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    let kept: String = text.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

/// A text in lines of at most so many letters, broken between words; what does not fit in so many lines is left out.
fn wrapped(text: &str, letters: usize, lines: usize) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    // Not at the spaces that hold a number and its unit together.
    for word in text.split([' ', '\n', '\t']).filter(|word| !word.is_empty()) {
        match all.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= letters => {
                line.push(' ');
                line.push_str(word);
            }
            _ => all.push(word.to_owned()),
        }
    }
    if all.len() > lines {
        let rest = all.split_off(lines - 1).join(" ");
        all.push(rest);
    }
    all.iter().map(|line| shortened(line, letters)).collect()
}

/// The last pictures that were drawn, some 40 kB each. The shelf keeps more of them, but not for whoever comes with a
/// cookie, and a made-up cookie must not have the same picture drawn again and again.
static DRAWN: Mutex<Vec<(String, Arc<[u8]>)>> = Mutex::new(Vec::new());
const KEPT: usize = 64;

/// The picture as a PNG; none where it cannot be drawn, which the log tells. Takes a tenth of a second where it has to be
/// drawn, so it belongs on a thread that may wait; only one is drawn at a time, whoever asks.
#[must_use]
pub fn png(picture: &Picture) -> Option<Arc<[u8]>> {
    let key = picture.key();
    let mut drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((_, png)) = drawn.iter().find(|(known, _)| *known == key) {
        return Some(png.clone());
    }
    let png: Arc<[u8]> = picture.draw()?.into();
    if drawn.len() == KEPT {
        drawn.remove(0);
    }
    drawn.push((key, png.clone()));
    Some(png)
}

#[cfg(test)]
mod tests {
    use super::{Picture, png, wrapped};
    use crate::text::Language;

    fn picture(title: &str) -> Picture {
        Picture {
            language: Language::Fr,
            accent: None,
            above: "Laudry".into(),
            title: title.into(),
            says: "12 projets sur 25".into(),
            bar: Some((1, 3)),
        }
    }

    #[test]
    fn a_picture_has_its_size_and_a_name_of_its_content() {
        let drawn = png(&picture("Un banc & <deux> arbres")).unwrap();
        let read = image::load_from_memory(&drawn).unwrap();
        assert_eq!((read.width(), read.height()), (super::WIDTH_PX, super::HEIGHT_PX));
        assert_ne!(picture("a").key(), picture("b").key());
        assert_eq!(picture("a").key(), picture("a").key());
    }

    #[test]
    fn long_texts_are_cut_at_their_end() {
        assert_eq!(wrapped("un deux trois", 7, 2), ["un deux", "trois"]);
        assert_eq!(wrapped("un deux trois quatre", 7, 2), ["un deux", "trois…"]);
        assert_eq!(wrapped("anticonstitutionnellement", 7, 2), ["antico…"]);
    }
}
