//! What somebody wants to book, or to change about a booking: read, but not yet held against the catalogue.

use chrono_tz::Tz;

use super::{
    Invalid,
    basket::Basket,
    hardware::zone,
    kept,
    moment::Moment,
    series::{RawRepeat, Repeat},
    text::{Breaks, bounded},
    window::Window,
};

/// Characters of [`Wish::user`] at most.
pub const MAX_USER_CHARS: usize = 200;
/// Characters of [`Wish::purpose`] at most.
pub const MAX_PURPOSE_CHARS: usize = 1_000;

/// What somebody wants to book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// From when.
    pub starts_at: Moment,
    /// Until when.
    pub ends_at: Moment,
    /// The zone of wall-clock times.
    pub tz: Option<Tz>,
    /// Who; may be empty.
    pub user: String,
    /// Why; may be empty.
    pub purpose: String,
    /// What.
    pub basket: Basket,
    /// How often, if more than once.
    pub repeat: Option<Repeat>,
}

/// A [`Wish`] as it came: texts not looked at yet.
#[derive(Clone, Debug)]
pub struct Raw {
    /// See [`Wish::starts_at`].
    pub starts_at: Moment,
    /// See [`Wish::ends_at`].
    pub ends_at: Moment,
    /// A zone's name.
    pub tz: Option<String>,
    /// See [`Wish::user`].
    pub user: Option<String>,
    /// See [`Wish::purpose`].
    pub purpose: Option<String>,
    /// `(hardware, units)`.
    pub lines: Vec<(i64, i64)>,
    /// See [`Wish::repeat`].
    pub repeat: Option<RawRepeat>,
}

/// Texts as people may write them.
///
/// # Errors
/// A text that is too long or holds control characters.
pub fn user(text: &str) -> Result<String, Invalid> {
    bounded("user", text, MAX_USER_CHARS, Breaks::Refused)
}

/// See [`user`].
///
/// # Errors
/// As [`user`].
pub fn purpose(text: &str) -> Result<String, Invalid> {
    bounded("purpose", text, MAX_PURPOSE_CHARS, Breaks::Allowed)
}

impl Wish {
    /// Reads what came.
    ///
    /// # Errors
    /// Everything that is impossible.
    pub fn new(raw: &Raw) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let tz = kept(&mut wrong, optional_zone(raw.tz.as_deref()));
        let user = kept(&mut wrong, user(raw.user.as_deref().unwrap_or_default()));
        let purpose = kept(&mut wrong, purpose(raw.purpose.as_deref().unwrap_or_default()));
        let basket = Basket::new(&raw.lines).map_err(|why| wrong.extend(why)).ok();
        let repeat = kept(&mut wrong, raw.repeat.as_ref().map(Repeat::new).transpose());
        let Raw { starts_at, ends_at, .. } = *raw;
        match (tz, user, purpose, basket, repeat) {
            (Some(tz), Some(user), Some(purpose), Some(basket), Some(repeat)) => {
                Ok(Self { starts_at, ends_at, tz, user, purpose, basket, repeat })
            }
            _ => Err(wrong),
        }
    }
}

/// New values for a reservation; `None` leaves a field as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WishChanges {
    /// From when.
    pub starts_at: Option<Moment>,
    /// Until when.
    pub ends_at: Option<Moment>,
    /// The zone of wall-clock times.
    pub tz: Option<Tz>,
    /// Who.
    pub user: Option<String>,
    /// Why.
    pub purpose: Option<String>,
    /// All of what, anew.
    pub basket: Option<Basket>,
}

/// [`WishChanges`] as they came.
#[derive(Clone, Debug, Default)]
pub struct RawChanges {
    /// See [`Raw::starts_at`].
    pub starts_at: Option<Moment>,
    /// See [`Raw::ends_at`].
    pub ends_at: Option<Moment>,
    /// See [`Raw::tz`].
    pub tz: Option<String>,
    /// See [`Raw::user`].
    pub user: Option<String>,
    /// See [`Raw::purpose`].
    pub purpose: Option<String>,
    /// See [`Raw::lines`].
    pub lines: Option<Vec<(i64, i64)>>,
}

impl WishChanges {
    /// Reads what came.
    ///
    /// # Errors
    /// Everything that is impossible.
    pub fn new(raw: &RawChanges) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let changes = Self {
            starts_at: raw.starts_at,
            ends_at: raw.ends_at,
            tz: kept(&mut wrong, optional_zone(raw.tz.as_deref())).flatten(),
            user: kept(&mut wrong, raw.user.as_deref().map(user).transpose()).flatten(),
            purpose: kept(&mut wrong, raw.purpose.as_deref().map(purpose).transpose()).flatten(),
            basket: match raw.lines.as_deref().map(Basket::new).transpose() {
                Ok(basket) => basket,
                Err(why) => {
                    wrong.extend(why);
                    None
                }
            },
        };
        if wrong.is_empty() { Ok(changes) } else { Err(wrong) }
    }
}

/// A zone that a caller named, or not.
///
/// # Errors
/// It is none of the IANA database.
pub fn optional_zone(name: Option<&str>) -> Result<Option<Tz>, Invalid> {
    name.map(str::trim).filter(|name| !name.is_empty()).map(|name| zone("tz", name)).transpose()
}

/// The window that two times mean in `zone`.
///
/// # Errors
/// A time that does not exist there, or an impossible window; the fields are those of a reservation.
pub fn window(starts_at: Moment, ends_at: Moment, zone: Tz, now_s: i64) -> Result<Window, Invalid> {
    let own_name = |invalid: Invalid| {
        let field = if invalid.field == "from" { "starts_at" } else { "ends_at" };
        Invalid::new(field, invalid.detail.replace("`from`", "`starts_at`").replace("`to`", "`ends_at`"))
    };
    Window::asked(Some(starts_at), Some(ends_at), zone, now_s).map_err(own_name)
}

/// The zone of a reservation's wall-clock times: the one that was named, else the one that its hardware have, else
/// `fallback`.
///
/// # Errors
/// The hardware have different zones, and a time needs one.
pub fn zone_of(times: &[Moment], named: Option<Tz>, of_hardware: &[Tz], fallback: Tz) -> Result<Tz, Invalid> {
    let needed = times.iter().any(|time| matches!(time, Moment::Wall(_)));
    match (named, of_hardware) {
        (None, [first, ..]) if !needed => Ok(*first),
        _ => one_zone(named, of_hardware, fallback),
    }
}

/// The same where a zone is needed, whatever the times: a series repeats on somebody's wall.
///
/// # Errors
/// The hardware have different zones.
pub fn one_zone(named: Option<Tz>, of_hardware: &[Tz], fallback: Tz) -> Result<Tz, Invalid> {
    match (named, of_hardware) {
        (Some(named), _) => Ok(named),
        (None, []) => Ok(fallback),
        (None, [first, rest @ ..]) if rest.iter().all(|zone| zone == first) => Ok(*first),
        (None, _) => Err(Invalid::new("tz", "is needed: the lines' hardware are in different time zones")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(lines: &[(i64, i64)]) -> Raw {
        Raw {
            starts_at: Moment::Instant(0),
            ends_at: Moment::Instant(3_600),
            tz: None,
            user: None,
            purpose: None,
            lines: lines.to_vec(),
            repeat: None,
        }
    }

    fn fields(result: Result<Wish, Vec<Invalid>>) -> Vec<String> {
        result.unwrap_err().into_iter().map(|invalid| invalid.field.into_owned()).collect()
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = Raw {
            tz: Some("Mars".into()),
            user: Some("x".repeat(MAX_USER_CHARS + 1)),
            purpose: Some("\0".into()),
            ..raw(&[(1, 0)])
        };
        let expected = ["tz", "user", "purpose", "lines[0].qty"];
        assert_eq!(fields(Wish::new(&wrong)), expected);
    }

    #[test]
    fn wall_clock_times_need_one_zone() {
        let (wall, instant) = (Moment::Wall(chrono::NaiveDateTime::default()), Moment::Instant(0));
        let (berlin, tokyo) = (Tz::Europe__Berlin, Tz::Asia__Tokyo);
        assert_eq!(zone_of(&[wall], None, &[berlin, berlin], Tz::UTC), Ok(berlin));
        assert_eq!(zone_of(&[wall], None, &[berlin, tokyo], Tz::UTC).unwrap_err().field, "tz");
        assert_eq!(zone_of(&[wall], None, &[], tokyo), Ok(tokyo));
        assert_eq!(zone_of(&[wall], Some(tokyo), &[berlin, tokyo], Tz::UTC), Ok(tokyo));
        assert!(zone_of(&[instant], None, &[berlin, tokyo], Tz::UTC).is_ok());
    }

    #[test]
    fn a_window_is_told_in_a_reservations_words() {
        let (a, b) = (Moment::Instant(5), Moment::Instant(5));
        let backward = window(a, b, Tz::UTC, 0).unwrap_err();
        assert_eq!((&*backward.field, backward.detail.as_str()), ("ends_at", "is not after `starts_at`"));
    }
}
