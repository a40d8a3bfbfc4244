//! Files that others write and read.
//!
//! A file is data from strangers: readers here bound what they hold, say the line where something is wrong and what to
//! do about it, and never panic.

pub mod pabulib;
pub mod roll;
