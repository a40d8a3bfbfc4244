//! Bundles: what is written, that it is always the same, and that nothing can be altered unnoticed.

mod mutated;
mod town;
mod verified;
mod written;
mod zipped;
