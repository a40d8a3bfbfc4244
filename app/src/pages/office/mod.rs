//! What officers do: prepare a cycle, open it, close it, count it, publish it. Plain and complete.

pub mod cycle;
pub mod edit;
pub mod enter;
pub mod home;
pub mod look;
pub mod project;
pub mod roll;
