//! What forms do: who may, parse, one store call, redirect.
//!
//! Plain `POST` handlers and not server functions: a refused form is answered by its own page with the input in place,
//! with or without script (docs/decisions.md).

pub mod ballot;
pub mod cycle;
pub mod enter;
pub mod language;
pub mod look;
pub mod map;
pub mod news;
pub mod picture;
pub mod project;
pub mod roll;
