//! Bundles: what is written, that it is always the same, and that nothing can be altered unnoticed.

mod town;
mod written;
mod zipped;
