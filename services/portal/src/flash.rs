//! What the page after a write says, once: a cookie that the write sets and the page clears.
//!
//! It is signed, and holds which message rather than its words: nobody else can make a page say anything. Portals
//! with the same secret read each other's.

use anyhow::Context;
use chrono::{DateTime, Utc};
use hmac::{Hmac, KeyInit, Mac};
use poem::http::HeaderMap;
use sha2::Sha256;
use uuid::Uuid;

use crate::cookies::cookie;

/// The cookie's name.
const COOKIE: &str = "flash";

/// Seconds until a message that no page has shown is forgotten.
const MAX_AGE_S: i64 = 60;

/// A message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flash {
    /// A task was added.
    TaskCreated,
    /// All ticks were saved.
    TicksSaved,
}

impl Flash {
    const ALL: [Self; 2] = [Self::TaskCreated, Self::TicksSaved];

    /// What the page says.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::TaskCreated => "Todo item was successfully created",
            Self::TicksSaved => "Updated status",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::TaskCreated => "task-created",
            Self::TicksSaved => "ticks-saved",
        }
    }
}

/// Signs messages, and knows its own again.
#[derive(Clone)]
pub struct Signer(Hmac<Sha256>);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(***)")
    }
}

impl Signer {
    /// Signs with `secret`; where that is empty with a random one, which no other portal knows.
    ///
    /// # Errors
    /// A secret that cannot be a key. (There is none.)
    pub fn new(secret: &str) -> anyhow::Result<Self> {
        let key = if secret.is_empty() {
            tracing::warn!("PORTAL_SECRET is not set: a random one is used; replicas need the same");
            [Uuid::new_v4(), Uuid::new_v4()].iter().flat_map(|id| *id.as_bytes()).collect()
        } else {
            secret.as_bytes().to_vec()
        };
        Hmac::new_from_slice(&key).map(Self).context("PORTAL_SECRET cannot be used")
    }

    /// `Set-Cookie` for the answer to a write at `now`.
    #[must_use]
    pub fn set_cookie(&self, flash: Flash, now: DateTime<Utc>) -> String {
        self.set(COOKIE, flash.word(), now)
    }

    /// The message that a request brings along. One that is forged, altered or too old is none.
    #[must_use]
    pub fn read(&self, headers: &HeaderMap, now: DateTime<Utc>) -> Option<Flash> {
        let word = self.get(COOKIE, headers, now)?;
        Flash::ALL.into_iter().find(|flash| flash.word() == word)
    }

    /// `Set-Cookie` for `text`, which a cookie can carry and which has no full stop in it.
    pub(crate) fn set(&self, name: &str, text: &str, now: DateTime<Utc>) -> String {
        let said = format!("{text}.{}", now.timestamp() + MAX_AGE_S);
        let signature = self.over(name, &said).finalize().into_bytes();
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{name}={said}.{hex}; Path=/; Max-Age={MAX_AGE_S}; SameSite=Lax; HttpOnly")
    }

    /// The text that [`Self::set`] has put under this name.
    pub(crate) fn get<'a>(&self, name: &str, headers: &'a HeaderMap, now: DateTime<Utc>) -> Option<&'a str> {
        let (said, hex) = cookie(headers, name)?.rsplit_once('.')?;
        self.over(name, said).verify_slice(&bytes_of(hex)?).ok()?;
        let (text, until_s) = said.split_once('.')?;
        (now.timestamp() <= until_s.parse().ok()?).then_some(text)
    }

    /// The name is part of what is signed: a signature made for anything else is not one for this.
    fn over(&self, name: &str, said: &str) -> Hmac<Sha256> {
        self.0.clone().chain_update(name).chain_update(b"=").chain_update(said)
    }
}

/// `Set-Cookie` for the page that was asked with a message, whether or not it could be read; `None` without one.
#[must_use]
pub fn clear_cookie(headers: &HeaderMap) -> Option<String> {
    clear(COOKIE, headers)
}

/// The same for any name.
pub(crate) fn clear(name: &str, headers: &HeaderMap) -> Option<String> {
    cookie(headers, name)?;
    Some(format!("{name}=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly"))
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digit = |byte: &u8| char::from(*byte).to_digit(16);
    let byte = |pair: &[u8]| match pair {
        [high, low] => u8::try_from(digit(high)? * 16 + digit(low)?).ok(),
        _ => None,
    };
    hex.as_bytes().chunks(2).map(byte).collect()
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderValue, header};

    use super::*;

    const SECRET: &str = "a secret that is long enough";

    fn now() -> DateTime<Utc> {
        "2026-06-11T11:42:07Z".parse().unwrap()
    }

    fn pair(set_cookie: &str) -> String {
        set_cookie.split(';').next().unwrap().to_owned()
    }

    fn sent(cookie: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(cookie).unwrap())])
    }

    fn told(signer: &Signer, cookie: &str, after_s: i64) -> Option<Flash> {
        signer.read(&sent(cookie), now() + chrono::TimeDelta::seconds(after_s))
    }

    #[test]
    fn a_message_is_read_by_whoever_has_the_secret_until_it_is_too_old() {
        let (one, other) = (Signer::new(SECRET).unwrap(), Signer::new(SECRET).unwrap());
        for flash in Flash::ALL {
            let cookie = pair(&one.set_cookie(flash, now()));
            assert_eq!(told(&other, &cookie, 0), Some(flash));
            assert_eq!(told(&other, &cookie, 60), Some(flash));
            assert_eq!(told(&other, &cookie, 61), None);
        }
    }

    #[test]
    fn nobody_reads_what_another_secret_signed() {
        let cookie = pair(&Signer::new(SECRET).unwrap().set_cookie(Flash::TaskCreated, now()));
        assert_eq!(told(&Signer::new("another secret, as long").unwrap(), &cookie, 0), None);
        assert_eq!(told(&Signer::new("").unwrap(), &cookie, 0), None, "random");
        let random = pair(&Signer::new("").unwrap().set_cookie(Flash::TaskCreated, now()));
        assert_eq!(told(&Signer::new("").unwrap(), &random, 0), None, "each its own");
    }

    #[test]
    fn what_is_forged_or_altered_is_no_message() {
        let signer = Signer::new(SECRET).unwrap();
        let cookie = pair(&signer.set_cookie(Flash::TaskCreated, now()));
        let altered = [
            cookie.replace("task-created", "ticks-saved"),
            cookie.replace("flash=task-created.", "flash=task-created.9"),
            cookie.replace("flash=", "flash=\u{e4}"),
            cookie[..cookie.len() - 1].to_owned(),
            cookie[..cookie.len() - 2].to_owned(),
            format!("{cookie}0"),
            cookie.rsplit_once('.').unwrap().0.to_owned(),
            "flash=".to_owned(),
            "flash=task-created.1781178187.".to_owned(),
            "flash=<script>.1.zz".to_owned(),
        ];
        for cookie in altered {
            assert_eq!(told(&signer, &cookie, 0), None, "{cookie}");
        }
        let signature = signer.over(COOKIE, "bought.9999999999").finalize().into_bytes();
        let hex: String = signature.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(told(&signer, &format!("flash=bought.9999999999.{hex}"), 0), None, "no such message");
    }

    #[test]
    fn the_cookie_is_taken_away_where_there_is_one() {
        assert_eq!(clear_cookie(&sent("theme=dark")), None);
        assert!(clear_cookie(&sent("flash=x")).unwrap().contains("Max-Age=0"));
        assert!(!format!("{:?}", Signer::new(SECRET).unwrap()).contains("long"));
    }
}
