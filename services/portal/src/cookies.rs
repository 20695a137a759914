//! What a visitor's browser sends along.

use poem::http::{HeaderMap, header};

/// The value of the cookie called `wanted`; of two the first. Anything strange is no cookie.
#[must_use]
pub fn cookie<'a>(headers: &'a HeaderMap, wanted: &str) -> Option<&'a str> {
    let sent = headers.get_all(header::COOKIE).iter().filter_map(|v| v.to_str().ok());
    let mut pairs = sent.flat_map(|v| v.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}
