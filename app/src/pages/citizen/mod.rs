//! What a citizen does: enter with a code, spread the envelope, check, confirm, keep the receipt; ask the town for help.

pub mod account;
pub mod ballot;
pub mod claim;
pub mod enter;
pub mod euros;
pub mod mine;
pub mod password;
pub mod reminder;
pub mod used;
