//! A text that a town says in one or more languages.
//!
//! Refuses to guess: where a language is missing the town's own text is given, and the caller is told so.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Language (BCP 47) → text. Stored as a JSON object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Translated(BTreeMap<String, String>);

impl Translated {
    /// A text in one language.
    #[must_use]
    pub fn new(language: &str, text: impl Into<String>) -> Self {
        Self::default().with(language, text)
    }

    /// The same with one more language; an empty text counts as absent.
    #[must_use]
    pub fn with(mut self, language: &str, text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() {
            self.0.remove(language);
        } else {
            self.0.insert(language.to_owned(), text);
        }
        self
    }

    /// Whether it says nothing in any language.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The text in `language`, or an empty one.
    #[must_use]
    pub fn exactly(&self, language: &str) -> &str {
        self.0.get(language).map_or("", String::as_str)
    }

    /// The text for a reader of `language`, and the language it really is in: `language` itself, else French,
    /// else whichever there is.
    #[must_use]
    pub fn read<'a>(&'a self, language: &'a str) -> (&'a str, &'a str) {
        let found = self.0.get_key_value(language).or_else(|| self.0.get_key_value("fr"));
        found.or_else(|| self.0.iter().next()).map_or(("", language), |(lang, text)| (text, lang))
    }

    /// The languages it is said in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// As stored.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("a map of strings is always JSON")
    }

    /// From the database; a text that is not JSON is an error of the row, not of the reader.
    pub(crate) fn from_json(json: &str) -> crate::Result<Self> {
        serde_json::from_str(json).map_err(|error| crate::Error::Decode(error.into()))
    }
}
