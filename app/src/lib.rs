//! What people see: pages, islands and forms.
//!
//! | module | holds |
//! | --- | --- |
//! | [`islands`] | interactive comfort in the browser: the allocator |
//! | [`money`] | how amounts are written and read, by pages and islands alike |
//! | `accent` | a town's own colour, readable by day and by night |
//! | `access` | who is asking, and who may do what |
//! | `actions` | what forms do: who may, parse, one store call, redirect |
//! | `browse` | what a visitor asks of a list of projects: words, filters, order |
//! | `done` | what an officer has just done, said once |
//! | `error` | the closed list of what can go wrong in front of a visitor |
//! | `form` | reading what a form sends |
//! | `map` | the town's map, read from GeoJSON |
//! | `mail` | addresses, and what the mails say |
//! | `pages` | pages by audience: public, citizen, office |
//! | `photo` | photographs, written anew from their pixels |
//! | `record` | the public record of a result, put together |
//! | `receipt` | what a citizen keeps of a ballot, as a code |
//! | `share` | the pictures that others show of pages |
//! | `shelf` | answers that many people ask for, kept ready |
//! | `text` | the words, in each language |
//! | `throttle` | slowing down those who guess |
//! | `views` | small shared pieces of pages |
//! | `waiting` | choices that wait to be checked, in the browser of whoever made them |
//!
//! The server compiles it with `ssr`, the browser with `hydrate`; these are the only lines that tell them apart.

// A page is one type made of all its elements.
#![recursion_limit = "512"]

pub mod islands;
pub mod money;

#[cfg(feature = "ssr")]
pub mod accent;
#[cfg(feature = "ssr")]
pub mod access;
#[cfg(feature = "ssr")]
pub mod actions;
#[cfg(feature = "ssr")]
pub mod answers;
#[cfg(feature = "ssr")]
pub mod browse;
#[cfg(feature = "ssr")]
pub mod done;
#[cfg(feature = "ssr")]
pub mod error;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
pub mod mail;
#[cfg(feature = "ssr")]
pub mod map;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod photo;
#[cfg(feature = "ssr")]
pub mod receipt;
#[cfg(feature = "ssr")]
pub mod record;
#[cfg(feature = "ssr")]
pub mod share;
#[cfg(feature = "ssr")]
pub mod shelf;
#[cfg(feature = "ssr")]
pub mod text;
#[cfg(feature = "ssr")]
pub mod throttle;
#[cfg(feature = "ssr")]
pub mod views;
#[cfg(feature = "ssr")]
pub mod waiting;

/// What the page's script calls first: prepares the browser for the islands.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
