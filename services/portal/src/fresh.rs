//! Who has just written something wants to see it: for a few seconds their pages ask past every cache.

use poem::http::HeaderMap;

use crate::cookies::cookie;

/// The cookie's name.
const COOKIE: &str = "fresh";

/// Seconds after a write during which nothing old may be shown: longer than answers are kept by default.
const MAX_AGE_S: u32 = 10;

/// Whether whoever sends this has written something a moment ago.
#[must_use]
pub fn is_fresh(headers: &HeaderMap) -> bool {
    cookie(headers, COOKIE).is_some()
}

/// `Set-Cookie` for the answer to a write. It says nothing but that there was one, and ends by itself.
#[must_use]
pub fn set_cookie() -> String {
    format!("{COOKIE}=1; Path=/; Max-Age={MAX_AGE_S}; SameSite=Lax; HttpOnly")
}
