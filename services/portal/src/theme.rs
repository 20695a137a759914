//! Light, dark, or as the reader's system has it: one cookie.

use poem::http::HeaderMap;

use crate::cookies::cookie;

/// The cookie's name.
pub const COOKIE: &str = "theme";

/// Seconds that a choice is kept: one year.
const MAX_AGE_S: u32 = 31_536_000;

/// How the pages look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    /// As the reader's system has it.
    #[default]
    System,
    /// Light, whatever the system says.
    Light,
    /// Dark, whatever the system says.
    Dark,
}

impl Theme {
    /// All of them, in the order of the buttons.
    pub const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    /// The word in the cookie, in the form and in `<html data-theme>`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The theme of that word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|theme| theme.word() == word)
    }

    /// The theme that a request's cookie asks for. Anything strange is the default.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        cookie(headers, COOKIE).and_then(Self::from_word).unwrap_or_default()
    }

    /// `Set-Cookie`. Without `Secure`: the portal cannot see whether a proxy in front of it speaks TLS, and
    /// nobody gains anything by reading it.
    #[must_use]
    pub fn cookie(self) -> String {
        format!("{COOKIE}={}; Path=/; Max-Age={MAX_AGE_S}; SameSite=Lax; HttpOnly", self.word())
    }
}

#[cfg(test)]
mod tests {
    use poem::http::header;

    use super::*;

    fn theme(cookie: &'static str) -> Theme {
        Theme::of(&HeaderMap::from_iter([(header::COOKIE, header::HeaderValue::from_static(cookie))]))
    }

    #[test]
    fn the_cookie_is_found_among_others_and_anything_strange_is_the_systems_theme() {
        assert_eq!(theme("a=b; theme=dark; c=d"), Theme::Dark);
        assert_eq!(theme("xtheme=dark"), Theme::System);
        assert_eq!(theme("theme=\"><script>"), Theme::System);
        assert_eq!(Theme::of(&HeaderMap::new()), Theme::System);
    }

    #[test]
    fn what_is_set_is_what_is_read() {
        for theme in Theme::ALL {
            let cookie = theme.cookie();
            let pair = cookie.split(';').next().unwrap().to_owned();
            let headers = HeaderMap::from_iter([(header::COOKIE, pair.parse().unwrap())]);
            assert_eq!(Theme::of(&headers), theme);
        }
    }
}
