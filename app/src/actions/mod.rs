//! What forms do: who may, parse, one store call, redirect.
//!
//! Plain `POST` handlers and not server functions: a refused form is answered by its own page with the input in place,
//! with or without script (docs/decisions.md).

pub mod account;
pub mod ballot;
pub mod claim;
pub mod correction;
pub mod cycle;
pub mod delivery;
pub mod enter;
pub mod incident;
pub mod language;
pub mod legal_notice;
pub mod look;
pub mod map;
pub mod picture;
pub mod project;
pub mod release;
pub mod reminder;
pub mod roll;
pub mod update;
