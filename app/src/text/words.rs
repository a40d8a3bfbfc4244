//! The keys of the catalogs, and the typed functions made from them.

/// A text that depends on a number, by the plural categories that CLDR gives French and English.
#[derive(Debug)]
pub(super) struct Plural {
    pub(super) one: &'static str,
    pub(super) other: &'static str,
}

/// Puts `arguments` into the places `{name}` of a text.
fn fill(text: &str, arguments: &[(&str, &str)]) -> String {
    arguments.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

macro_rules! words {
    (plain { $($plain:ident)* } filled { $($filled:ident($($argument:ident),+))* } counted { $($counted:ident)* }) => {
        /// Everything pages say in one language.
        #[derive(Debug)]
        pub struct Words {
            $(pub(super) $plain: &'static str,)*
            $(pub(super) $filled: &'static str,)*
            $(pub(super) $counted: Plural,)*
        }

        #[expect(missing_docs, reason = "the words themselves, in fr.rs and en.rs, say what each is")]
        impl Words {
            $(#[must_use] pub fn $plain(&self) -> &'static str { self.$plain })*
            $(#[must_use] pub fn $filled(&self, $($argument: &str),+) -> String {
                fill(self.$filled, &[$((stringify!($argument), $argument)),+])
            })*
        }

        impl super::Text {
            $(
                /// The words for this many.
                #[must_use]
                pub fn $counted(&self, number: u64) -> String {
                    let one = match self.language {
                        super::Language::Fr => number < 2,
                        super::Language::En => number == 1,
                    };
                    let text = if one { self.words.$counted.one } else { self.words.$counted.other };
                    fill(text, &[("n", &self.number(number))])
                }
            )*
        }
    };
}
