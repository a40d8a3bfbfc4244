//! Slowing down those who guess.
//!
//! Each network that tries something wrong again and again has to wait between its tries, at most a minute, so that nobody
//! can be locked out for good. Lives in memory alone: which address tried what is written nowhere. Knows no clock.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Mutex;

/// Where a visitor comes from, as far as it matters: an IPv4 address, or the /64 of an IPv6 address, which is what one
/// subscriber has (RFC 6177). Prints nothing of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(u128);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self(address.to_bits().into()),
            IpAddr::V6(address) => Self(address.to_bits() & !u128::from(u64::MAX) | 1 << 63),
        }
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network(…)")
    }
}

/// Tries that cost no waiting: everybody mistypes.
const FREE: u32 = 5;
/// The longest that anybody waits for the next try.
const LONGEST_SECONDS: u32 = 60;
/// After this long without a wrong try all is forgotten.
const FORGOTTEN_AFTER: SignedDuration = SignedDuration::from_mins(10);
/// How many networks are remembered. Whoever commands more than that is not slowed by any wait of ours.
const MOST_NETWORKS: usize = 1 << 16;

/// Who tried one kind of secret, and how often in vain.
#[derive(Debug, Default)]
pub struct Throttle(Mutex<HashMap<Network, Tries>>);

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Timestamp,
    wait_until: Timestamp,
}

impl Throttle {
    /// Notes a try before its outcome is known, so that many at once do not slip through together.
    ///
    /// # Errors
    /// The seconds to wait, when it is too early for another; then nothing was noted.
    pub fn try_once(&self, from: Network, now: Timestamp) -> Result<(), u32> {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if all.len() >= MOST_NETWORKS && !all.contains_key(&from) {
            all.retain(|_, tries| now < tries.last + FORGOTTEN_AFTER);
            if all.len() >= MOST_NETWORKS {
                all.clear();
            }
        }
        let tries = all.entry(from).or_insert(Tries { wrong: 0, last: now, wait_until: now });
        if now < tries.wait_until {
            let seconds = tries.wait_until.duration_since(now).as_millis().max(1) + 999;
            return Err(u32::try_from(seconds / 1000).unwrap_or(LONGEST_SECONDS).min(LONGEST_SECONDS));
        }
        if now >= tries.last + FORGOTTEN_AFTER {
            tries.wrong = 0;
        }
        tries.wrong = tries.wrong.saturating_add(1);
        tries.last = now;
        tries.wait_until = now + wait_after(tries.wrong);
        Ok(())
    }

    /// Takes a try back that turned out right.
    pub fn was_right(&self, from: Network) {
        let mut all = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(tries) = all.get_mut(&from) {
            tries.wrong = tries.wrong.saturating_sub(1);
            tries.wait_until = tries.last;
        }
    }
}

/// Nothing at first; then a second, and each time twice as long.
fn wait_after(wrong: u32) -> SignedDuration {
    let seconds = match wrong.checked_sub(FREE + 1) {
        None => 0,
        Some(doublings) => 1_u32.checked_shl(doublings).unwrap_or(LONGEST_SECONDS).min(LONGEST_SECONDS),
    };
    // A shift beyond the last bit gives 0 before `checked_shl` notices.
    let seconds = if seconds == 0 && wrong > FREE { LONGEST_SECONDS } else { seconds };
    SignedDuration::from_secs(seconds.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "192.0.2.1";

    fn network(address: &str) -> Network {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn after(start: Timestamp, millis: i64) -> Timestamp {
        start + SignedDuration::from_millis(millis)
    }

    fn start() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }

    /// How many tries are taken when one comes every so many milliseconds, for so many minutes.
    fn taken(every_millis: i64, minutes: i64) -> usize {
        let throttle = Throttle::default();
        let times = (0..minutes * 60_000 / every_millis).map(|turn| after(start(), turn * every_millis));
        times.filter(|now| throttle.try_once(network(HERE), *now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_cut_after_the_free_tries() {
        let throttle = Throttle::default();
        let taken = (0..1000).filter(|_| throttle.try_once(network(HERE), start()).is_ok()).count();
        assert_eq!(taken, 6, "five that cost nothing, and the one that costs the first second");
    }

    #[test]
    fn waits_double_and_never_pass_a_minute() {
        let throttle = Throttle::default();
        let mut now = start();
        let mut waits = Vec::new();
        for _ in 0..60 {
            match throttle.try_once(network(HERE), now) {
                Ok(()) => {}
                Err(seconds) => {
                    waits.push(seconds);
                    now += SignedDuration::from_secs(seconds.into());
                }
            }
        }
        assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(waits.iter().max(), Some(&60));
        for wrong in [0, 5, 6, 12, 37, 38, 39, 70, u32::MAX] {
            assert!(wait_after(wrong).as_secs() <= 60);
            assert!(wrong < 12 || wait_after(wrong).as_secs() == 60, "{wrong}");
        }
    }

    #[test]
    fn neither_floods_nor_slow_drips_get_more_than_about_one_try_a_minute() {
        for every_millis in [10, 1_000, 20_000, 59_000, 61_000, 599_000, 601_000] {
            let taken = taken(every_millis, 24 * 60);
            assert!(taken <= 24 * 60 + 20, "{taken} in a day, one tried every {every_millis} ms");
        }
    }

    #[test]
    fn nobody_else_waits() {
        let throttle = Throttle::default();
        for _ in 0..1000 {
            let _ = throttle.try_once(network(HERE), start());
        }
        for other in ["192.0.2.2", "2001:db8::1"] {
            assert_eq!(throttle.try_once(network(other), start()), Ok(()), "{other}");
        }
    }

    #[test]
    fn what_was_right_is_not_held_against_anybody() {
        let throttle = Throttle::default();
        for _ in 0..1000 {
            assert_eq!(throttle.try_once(network(HERE), start()), Ok(()));
            throttle.was_right(network(HERE));
        }
    }

    #[test]
    fn all_is_forgotten_after_a_while() {
        let throttle = Throttle::default();
        for turn in 0..20 {
            let _ = throttle.try_once(network(HERE), after(start(), turn * 61_000));
        }
        let later = after(start(), 20 * 61_000 + 10 * 60_000);
        let free = (0..10).filter(|_| throttle.try_once(network(HERE), later).is_ok()).count();
        assert_eq!(free, 6);
    }

    #[test]
    fn a_subscriber_is_one_network() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network(HERE));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert_ne!(network("0.0.0.0"), network("::"));
        assert!(!format!("{:?}", network(HERE)).contains("192"));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::default();
        for number in 0..200_000_u128 {
            let _ = throttle.try_once(Network(number), start());
            assert!(throttle.0.lock().unwrap().len() <= MOST_NETWORKS);
        }
    }
}
