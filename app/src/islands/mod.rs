//! Interactive comfort in the browser.
//!
//! An island adds to what its HTML already does and never replaces it: with no script the same form works. Its words
//! and formats come in as props, so that the browser loads no catalog.

pub mod allocator;
