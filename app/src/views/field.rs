//! Form fields, each with its label, its hint and what is wrong with it, and the summary on top that leads to them.

use crate::form::Fields;
use crate::text::{Language, Text};
use axum::http::StatusCode;
use leptos::prelude::*;

/// What is wrong with a form: (id of the field, words), in the order of the fields. The words are the same in the
/// summary and at the field.
#[derive(Clone, Debug, Default)]
pub struct Problems(Vec<(String, String)>);

impl Problems {
    /// Notes that something is wrong with a field.
    pub fn add(&mut self, field: impl Into<String>, words: impl Into<String>) {
        self.0.push((field.into(), words.into()));
    }

    /// Everything that is wrong with this field.
    #[must_use]
    pub fn all_of(&self, field: &str) -> Vec<String> {
        self.0.iter().filter(|(id, _)| id == field).map(|(_, words)| words.clone()).collect()
    }

    /// Puts them in the order of the page: `place` tells where a field stands.
    pub fn sort_by_place(&mut self, place: impl Fn(&str) -> usize) {
        self.0.sort_by_key(|(id, _)| place(id));
    }

    /// Notes that a field holds more characters than it may.
    pub fn limit(&mut self, t: Text, form: &Fields, name: &str, longest: usize) {
        if form.trimmed(name).chars().count() > longest {
            self.add(name, t.too_long(&t.number(longest as u64)));
        }
    }

    /// The same, for a text that is asked in each language.
    pub fn limit_translated(&mut self, t: Text, form: &Fields, name: &str, longest: usize) {
        for language in Language::ALL {
            self.limit(t, form, &language.field(name), longest);
        }
    }

    /// The status of the page that says so: 200 when all is well, 422 (RFC 9110) when something is not.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        if self.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY }
    }

    /// Whether all is well.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What is wrong with this field.
    #[must_use]
    pub fn of(&self, field: &str) -> Option<String> {
        self.0.iter().find(|(id, _)| id == field).map(|(_, words)| words.clone())
    }

    /// The summary that stands above a form which records something; nothing when all is well.
    pub fn summary(&self, t: Text) -> impl IntoView + use<> {
        self.summary_under(t.error_summary())
    }

    /// The same, above a form that only asks: there nothing was to be recorded.
    pub fn summary_of_question(&self, t: Text) -> impl IntoView + use<> {
        self.summary_under(t.error_summary_of_question())
    }

    fn summary_under(&self, heading: &'static str) -> impl IntoView + use<> {
        let links: Vec<_> = self
            .0
            .iter()
            .map(|(id, words)| view! { <li><a href=format!("#{id}")>{words.clone()}</a></li> })
            .collect();
        (!links.is_empty()).then(|| {
            view! {
                <div class="error-summary" role="alert" tabindex="-1" autofocus>
                    <h2>{heading}</h2>
                    <ul>{links}</ul>
                </div>
            }
        })
    }
}

/// The fields of a text in each language; `field` makes one from its name and the language in words.
pub fn each_language(
    t: Text,
    name: &str,
    field: impl Fn(&str, &str) -> Field,
    problems: &Problems,
) -> Vec<AnyView> {
    let show = |language: Language| {
        field(&language.field(name), t.in_language(language)).lang(language).show(problems)
    };
    Language::ALL.into_iter().map(show).collect()
}

/// One of several answers to a question.
#[derive(Clone, Copy, Debug)]
pub struct Choice {
    /// What the form sends.
    pub value: &'static str,
    /// What people read.
    pub words: &'static str,
}

/// A question with one answer out of a few, all in sight. Its first answer bears the name as its id, so that what is
/// said of the question leads there.
pub fn choices(
    name: &str,
    question: &'static str,
    all: &[Choice],
    chosen: &str,
    problems: &Problems,
) -> AnyView {
    let problem = problems.of(name);
    let invalid = problem.as_ref().map(|_| "field--invalid");
    let described = problem.as_ref().map(|_| format!("{name}-error"));
    let answers: Vec<_> = all
        .iter()
        .enumerate()
        .map(|(place, &Choice { value, words })| {
            let id = if place == 0 { name.to_owned() } else { format!("{name}-{value}") };
            view! {
                <div class="choice">
                    <input type="radio" name=name.to_owned() id=id.clone() value=value checked={value == chosen}/>
                    <label for=id>{words}</label>
                </div>
            }
        })
        .collect();
    let error = problem.map(|words| view! { <p class="field__error" id=format!("{name}-error")>{words}</p> });
    view! {
        <fieldset class=format!("choices {}", invalid.unwrap_or_default()) aria-describedby=described>
            <legend>{question}</legend>
            {error}
            {answers}
        </fieldset>
    }
    .into_any()
}

/// A field of a form.
#[derive(Clone, Debug)]
pub struct Field {
    id: String,
    label: String,
    hint: Option<String>,
    value: String,
    kind: Kind,
    class: &'static str,
    autocomplete: &'static str,
    lang: Option<&'static str>,
    dir: Option<&'static str>,
    required: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Input { kind: &'static str, mode: Option<&'static str> },
    Area { rows: u8 },
    Select { options: Vec<(String, String)> },
}

impl Field {
    /// A line of text; its name is its id.
    #[must_use]
    pub fn line(id: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            label: label.into(),
            hint: None,
            value: value.into(),
            kind: Kind::Input { kind: "text", mode: None },
            class: "field",
            autocomplete: "off",
            lang: None,
            dir: None,
            required: false,
        }
    }

    /// An amount, typed.
    #[must_use]
    pub fn amount(id: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        let kind = Kind::Input { kind: "text", mode: Some("decimal") };
        Self { kind, class: "field field--short", ..Self::line(id, label, value) }
    }

    /// The code of a letter, typed.
    #[must_use]
    pub fn code(id: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { class: "field field--code", ..Self::line(id, label, value) }
    }

    /// An input of another HTML type.
    #[must_use]
    pub fn input(
        kind: &'static str,
        id: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
    ) -> Self {
        Self { kind: Kind::Input { kind, mode: None }, ..Self::line(id, label, value) }
    }

    /// Several lines of text.
    #[must_use]
    pub fn area(id: impl Into<String>, label: impl Into<String>, value: impl Into<String>, rows: u8) -> Self {
        Self { kind: Kind::Area { rows }, ..Self::line(id, label, value) }
    }

    /// A choice from a list of (value, words).
    #[must_use]
    pub fn select(
        id: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
        options: Vec<(String, String)>,
    ) -> Self {
        Self { kind: Kind::Select { options }, ..Self::line(id, label, value) }
    }

    /// With a hint under the label.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// With what the browser may fill in (HTML `autocomplete`).
    #[must_use]
    pub fn autocomplete(self, autocomplete: &'static str) -> Self {
        Self { autocomplete, ..self }
    }

    /// Holding words of this language.
    #[must_use]
    pub fn lang(self, language: Language) -> Self {
        Self { lang: Some(language.tag()), dir: Some(language.dir()), ..self }
    }

    /// Holding what is written from left to right in every language: an address, a password.
    #[must_use]
    pub fn ltr(self) -> Self {
        Self { dir: Some("ltr"), ..self }
    }

    /// That must be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self { required: true, ..self }
    }

    /// The field, with what is wrong with it.
    pub fn show(self, problems: &Problems) -> AnyView {
        let problem = problems.of(&self.id);
        let id = self.id.clone();
        let described = [
            self.hint.as_ref().map(|_| format!("{id}-hint")),
            problem.as_ref().map(|_| format!("{id}-error")),
        ]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
        let described = (!described.is_empty()).then_some(described);
        let invalid = problem.as_ref().map(|_| "true");
        let class =
            if problem.is_some() { format!("{} field--invalid", self.class) } else { self.class.to_owned() };
        let hint = self.hint.map(|hint| view! { <p class="field__hint" id=format!("{id}-hint")>{hint}</p> });
        let error =
            problem.map(|words| view! { <p class="field__error" id=format!("{id}-error")>{words}</p> });
        let (lang, dir, value) = (self.lang, self.dir, self.value);
        let control = match self.kind {
            Kind::Input { kind, mode } => view! {
                <input id=id.clone() name=id.clone() type=kind inputmode=mode value=value lang=lang dir=dir required=self.required
                    autocomplete=self.autocomplete aria-describedby=described aria-invalid=invalid/>
            }
            .into_any(),
            Kind::Area { rows } => view! {
                <textarea id=id.clone() name=id.clone() rows=rows lang=lang dir=dir required=self.required
                    aria-describedby=described aria-invalid=invalid>{value}</textarea>
            }
            .into_any(),
            Kind::Select { options } => {
                let options: Vec<_> = options
                    .into_iter()
                    .map(|(option, words)| {
                        let selected = option == value;
                        view! { <option value=option selected=selected>{words}</option> }
                    })
                    .collect();
                view! {
                    <select id=id.clone() name=id.clone() aria-describedby=described aria-invalid=invalid>{options}</select>
                }
                .into_any()
            }
        };
        view! { <div class=class><label for=id>{self.label}</label>{hint}{error}{control}</div> }.into_any()
    }
}
