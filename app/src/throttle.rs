//! Slowing down those who guess.
//!
//! Wrong tries cost nothing at first, then a wait before the next one: a second, then each time twice as long, at most a
//! minute, so that nobody can be locked out for good. They are forgiven one by one as time passes. Lives in memory alone:
//! which address tried what is written nowhere. Knows no clock.

use jiff::{SignedDuration, Timestamp};
use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Where a visitor comes from, as far as it matters: an IPv4 address, or the /64 of an IPv6 address, which is what one
/// subscriber has (RFC 6177). Prints nothing of itself.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
            v4 @ IpAddr::V4(_) => v4,
        })
    }
}

impl std::fmt::Debug for Network {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Network(…)")
    }
}

/// What is counted, each by itself. A network may be a house or the thousands of a telephone company, so it has room for
/// the mistakes of many; one person's mistakes at one network are counted closer.
#[derive(Debug)]
pub struct Throttles {
    /// Wrong codes, by network.
    pub codes: Throttle,
    /// Wrong passwords, by network.
    pub passwords: Throttle,
    /// Wrong passwords, by network and mail address.
    pub sign_ins: Throttle,
    /// Links that were mailed, by network.
    pub mails: Throttle,
    /// What was asked of a town, by network.
    pub claims: Throttle,
}

impl Default for Throttles {
    fn default() -> Self {
        Self {
            codes: Throttle::new(20, 20),
            passwords: Throttle::new(100, 10),
            sign_ins: Throttle::new(5, 120),
            mails: Throttle::new(30, 60),
            claims: Throttle::new(10, 60),
        }
    }
}

/// The longest that anybody waits for the next try.
const LONGEST_SECONDS: i64 = 60;
/// How many are remembered. Whoever commands more networks than that is not slowed by any wait of ours.
const MOST_REMEMBERED: usize = 1 << 16;

/// Who tried one kind of secret, and how often in vain.
#[derive(Debug)]
pub struct Throttle {
    free: i64,
    forgiven_after: SignedDuration,
    /// A hash with a key of this process: not even in memory does it say who.
    hasher: RandomState,
    tries: Mutex<HashMap<u64, Tries>>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: i64,
    /// Since when the time counts towards forgiving the next one.
    since: Timestamp,
    wait_until: Timestamp,
}

impl Throttle {
    /// So many wrong tries are free, and one is forgiven after each so many seconds.
    #[must_use]
    pub fn new(free: u16, forgiven_after_seconds: u16) -> Self {
        Self {
            free: free.into(),
            forgiven_after: SignedDuration::from_secs(forgiven_after_seconds.into()),
            hasher: RandomState::new(),
            tries: Mutex::default(),
        }
    }

    /// Notes a try before its outcome is known, so that many at once do not slip through together.
    ///
    /// # Errors
    /// The seconds to wait, when it is too early for another; then nothing was noted.
    pub fn try_once(&self, who: impl Hash, now: Timestamp) -> Result<(), u32> {
        let who = self.hasher.hash_one(who);
        let mut all = self.tries();
        if all.len() >= MOST_REMEMBERED && !all.contains_key(&who) {
            all.retain(|_, tries| self.forgive(*tries, now).wrong > 0);
            if all.len() >= MOST_REMEMBERED {
                all.clear();
            }
        }
        let before = all.get(&who).copied().unwrap_or(Tries { wrong: 0, since: now, wait_until: now });
        let mut tries = self.forgive(before, now);
        if now < tries.wait_until {
            let seconds = (tries.wait_until.duration_since(now).as_millis() + 999) / 1000;
            return Err(u32::try_from(seconds.clamp(1, LONGEST_SECONDS.into())).unwrap_or(1));
        }
        tries.wrong += 1;
        tries.wait_until = now + wait(tries.wrong - self.free);
        all.insert(who, tries);
        Ok(())
    }

    /// Takes a try back that turned out right.
    pub fn was_right(&self, who: impl Hash, now: Timestamp) {
        if let Some(tries) = self.tries().get_mut(&self.hasher.hash_one(who)) {
            tries.wrong = (tries.wrong - 1).max(0);
            tries.wait_until = now;
        }
    }

    fn forgive(&self, tries: Tries, now: Timestamp) -> Tries {
        let passed = now.duration_since(tries.since).as_secs().max(0);
        let each = self.forgiven_after.as_secs().max(1);
        let forgiven = (passed / each).min(tries.wrong);
        let since = if forgiven == tries.wrong {
            now
        } else {
            tries.since + SignedDuration::from_secs(forgiven * each)
        };
        Tries { wrong: tries.wrong - forgiven, since, ..tries }
    }

    fn tries(&self) -> MutexGuard<'_, HashMap<u64, Tries>> {
        // Each entry is whole at any time, whoever panicked.
        self.tries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Nothing while tries are free; then a second, and each time twice as long.
fn wait(beyond_free: i64) -> SignedDuration {
    let seconds = match beyond_free {
        ..=0 => 0,
        1..=6 => 1 << (beyond_free - 1),
        _ => LONGEST_SECONDS,
    };
    SignedDuration::from_secs(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: &str = "192.0.2.1";

    fn network(address: &str) -> Network {
        address.parse::<IpAddr>().unwrap().into()
    }

    fn start() -> Timestamp {
        "2026-03-02T08:00:00Z".parse().unwrap()
    }

    fn after(millis: i64) -> Timestamp {
        start() + SignedDuration::from_millis(millis)
    }

    fn taken_at_once(throttle: &Throttle, who: Network, now: Timestamp) -> usize {
        (0..1000).filter(|_| throttle.try_once(who, now).is_ok()).count()
    }

    #[test]
    fn a_burst_is_cut_after_the_free_tries() {
        let throttle = Throttle::new(5, 120);
        let taken = taken_at_once(&throttle, network(HERE), start());
        assert_eq!(taken, 6, "five that cost nothing, and the one that costs the first second");
    }

    #[test]
    fn waits_double_and_never_pass_a_minute() {
        let throttle = Throttle::new(5, u16::MAX);
        let mut now = start();
        let mut waits = Vec::new();
        for _ in 0..60 {
            if let Err(seconds) = throttle.try_once(network(HERE), now) {
                waits.push(seconds);
                now += SignedDuration::from_secs(seconds.into());
            }
        }
        assert_eq!(waits[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(waits.iter().max(), Some(&60));
    }

    /// Floods and slow drips: whatever their pace, what is taken in two hours is what is free and what time forgives, and at
    /// most one a minute more, for those who wait out every wait.
    #[test]
    fn no_pace_gets_more_tries_than_time_forgives() {
        const MINUTES: i64 = 2 * 60;
        for throttle in [Throttles::default().sign_ins, Throttles::default().codes] {
            let forgiven = MINUTES * 60 / throttle.forgiven_after.as_secs();
            let bound = throttle.free + 10 + forgiven + MINUTES;
            for every_millis in [200, 1_000, 19_000, 59_000, 61_000, 119_000, 121_000, 600_000] {
                let who = format!("{every_millis}");
                let times = (0..MINUTES * 60_000 / every_millis).map(|turn| after(turn * every_millis));
                let taken = times.filter(|now| throttle.try_once(&who, *now).is_ok()).count();
                assert!(
                    i64::try_from(taken).unwrap() <= bound,
                    "{taken} in two hours, one tried every {every_millis} ms"
                );
            }
        }
    }

    #[test]
    fn nobody_else_waits() {
        let throttle = Throttle::new(5, 120);
        taken_at_once(&throttle, network(HERE), start());
        for other in ["192.0.2.2", "2001:db8::1"] {
            assert_eq!(throttle.try_once(network(other), start()), Ok(()), "{other}");
        }
    }

    #[test]
    fn what_was_right_is_not_held_against_anybody() {
        let throttle = Throttle::new(5, 120);
        for _ in 0..1000 {
            assert_eq!(throttle.try_once(network(HERE), start()), Ok(()));
            throttle.was_right(network(HERE), start());
        }
    }

    #[test]
    fn tries_are_forgiven_one_by_one() {
        let throttle = Throttle::new(5, 120);
        assert_eq!(taken_at_once(&throttle, network(HERE), start()), 6);
        assert_eq!(taken_at_once(&throttle, network(HERE), after(119_000)), 1);
        assert_eq!(taken_at_once(&throttle, network(HERE), after(10 * 3_600_000)), 6);
    }

    #[test]
    fn a_subscriber_is_one_network() {
        assert_eq!(network("2001:db8:1:2::1"), network("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network(HERE));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
        assert!(!format!("{:?}", network(HERE)).contains("192"));
    }

    #[test]
    fn memory_is_bounded() {
        let throttle = Throttle::new(5, 120);
        for number in 0..200_000 {
            let _ = throttle.try_once(number, start());
            assert!(throttle.tries().len() <= MOST_REMEMBERED);
        }
    }
}
