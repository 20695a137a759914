//! How often one client may ask: a token bucket a client (governor), told in the `RateLimit` headers of
//! draft-ietf-httpapi-ratelimit-headers.

use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    middleware::StateInformationMiddleware,
    state::keyed::DashMapStateStore,
};
use poem::{
    Response,
    http::{HeaderName, HeaderValue, StatusCode, header},
};
use serde::{Deserialize, Serialize};

use crate::{Problem, client_ip::TrustedProxies};

/// Clients remembered at most; beyond that, strangers share one bucket until old ones are forgotten.
const MAX_CLIENTS: usize = 100_000;
/// How many requests pass between two sweeps of forgotten clients.
const SWEEP_EVERY: u32 = 4_096;

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The `[rate_limit]` section of both services.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimitConfig {
    /// Requests a second and client; 0 is off.
    pub per_second: u32,
    /// Requests at once before the rate counts.
    pub burst: u32,
}

type Buckets = RateLimiter<IpAddr, DashMapStateStore<IpAddr>, DefaultClock, StateInformationMiddleware>;

/// The limiter and whom it believes about the client's address.
#[derive(Debug)]
pub struct Limiter {
    buckets: Buckets,
    policy: HeaderValue,
    burst: NonZeroU32,
    per_second: NonZeroU32,
    proxies: TrustedProxies,
    asked: AtomicU32,
}

impl Limiter {
    /// `None` when the rate is 0, which is off. A burst below the rate is raised to it.
    #[must_use]
    pub fn new(config: RateLimitConfig, proxies: TrustedProxies) -> Option<Self> {
        let per_second = NonZeroU32::new(config.per_second)?;
        let burst = NonZeroU32::new(config.burst).map_or(per_second, |b| b.max(per_second));
        let quota = Quota::per_second(per_second).allow_burst(burst);
        let buckets = RateLimiter::dashmap(quota).with_middleware();
        let policy = format!("\"default\";q={burst};w={}", burst.get().div_ceil(per_second.get()));
        let policy = HeaderValue::from_str(&policy).unwrap_or(HeaderValue::from_static("\"default\""));
        Some(Self { buckets, policy, burst, per_second, proxies, asked: AtomicU32::new(0) })
    }

    /// Takes one request from the client's bucket: what is left, or how long to wait.
    ///
    /// # Errors
    /// 429 with `Retry-After`, in seconds.
    pub fn take(&self, request: &poem::Request) -> Result<u32, Problem> {
        let client = self.proxies.client_ip(crate::client_ip::peer_ip(request), request.headers());
        self.sweep();
        let key =
            if self.buckets.len() < MAX_CLIENTS { bucket_key(client) } else { IpAddr::from([0, 0, 0, 0]) };
        match self.buckets.check_key(&key) {
            Ok(state) => Ok(state.remaining_burst_capacity()),
            Err(not_until) => Err(self.refusal(not_until.wait_time_from(DefaultClock::default().now()))),
        }
    }

    fn sweep(&self) {
        if self.asked.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.buckets.retain_recent();
            self.buckets.shrink_to_fit();
        }
    }

    fn refusal(&self, wait: Duration) -> Problem {
        let wait_s = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
        Problem::new(StatusCode::TOO_MANY_REQUESTS)
            .detail(format!(
                "More than {} requests a second after a burst of {}; ask again in {wait_s} s.",
                self.per_second, self.burst
            ))
            .header(header::RETRY_AFTER, HeaderValue::from(wait_s))
    }

    /// Tells the caller the policy and what is left of it.
    pub fn describe(&self, response: &mut Response, remaining: u32) {
        let missing = self.burst.get().saturating_sub(remaining);
        let text = format!("\"default\";r={remaining};t={}", missing.div_ceil(self.per_second.get()));
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().insert(RATE_LIMIT, value);
        }
        response.headers_mut().insert(RATE_LIMIT_POLICY, self.policy.clone());
    }
}

/// An IPv6 household owns a /64: one bucket for all of it, or the limit is none.
fn bucket_key(ip: IpAddr) -> IpAddr {
    match ip {
        IpAddr::V4(_) => ip,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(per_second: u32, burst: u32) -> Option<Limiter> {
        Limiter::new(RateLimitConfig { per_second, burst }, TrustedProxies::default())
    }

    #[test]
    fn zero_is_off() {
        assert!(limiter(0, 10).is_none());
    }

    #[test]
    fn a_burst_passes_and_the_next_one_waits() {
        let limiter = limiter(1, 2).unwrap();
        let request = poem::Request::default();
        assert_eq!(limiter.take(&request).unwrap(), 1);
        assert_eq!(limiter.take(&request).unwrap(), 0);
        let refused = limiter.take(&request).unwrap_err();
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(refused.headers[0].1, "1");
    }

    #[test]
    fn the_headers_tell_policy_and_rest() {
        let limiter = limiter(500, 2_000).unwrap();
        let mut response = Response::default();
        limiter.describe(&mut response, 1_500);
        assert_eq!(response.headers()["ratelimit"], "\"default\";r=1500;t=1");
        assert_eq!(response.headers()["ratelimit-policy"], "\"default\";q=2000;w=4");
    }

    #[test]
    fn one_ipv6_network_is_one_client() {
        let a = bucket_key("2001:db8::1".parse().unwrap());
        assert_eq!(a, bucket_key("2001:db8::ffff:1".parse().unwrap()));
        assert_ne!(a, bucket_key("2001:db8:0:1::1".parse().unwrap()));
    }
}
