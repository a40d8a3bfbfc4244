//! Tests of the count through its public door: properties, slow twins, real elections, and files that are wrong.

#![expect(clippy::unwrap_used, reason = "a test fails where it panics")]

mod ballot_law;
mod bundle;
mod columns;
mod explain;
mod flow;
mod fuzz;
mod pabulib;
mod peers;
mod properties;
mod real_elections;
mod recounted;
mod rule_sheet;
mod some;
mod twin;
mod written;
