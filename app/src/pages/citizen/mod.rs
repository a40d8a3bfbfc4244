//! What a citizen does: enter with a code, spread the envelope, check, confirm, keep the receipt.

pub mod ballot;
pub mod enter;
pub mod euros;
pub mod mine;
