//! When is a basket free? What somebody asks of the search, read but not yet held against the catalogue.

use chrono_tz::Tz;

use super::{
    Invalid, availability::NEXT_FREE_WITHIN_S, basket::Basket, duration::Duration, kept, moment::Moment,
    window::Window, wish::optional_zone,
};

/// Starts told at most.
pub const MAX_STARTS: i64 = 20;
/// Starts told where nobody says.
pub const DEFAULT_STARTS: i64 = 3;

/// The question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NextWish {
    /// What, and how much of it.
    pub basket: Basket,
    /// For how long, without a buffer; in seconds.
    pub length_s: i64,
    /// Not before; now, if not given.
    pub after: Option<Moment>,
    /// The zone of a wall-clock time.
    pub tz: Option<Tz>,
    /// Starts wanted.
    pub count: usize,
}

/// A [`NextWish`] as it came.
#[derive(Clone, Debug)]
pub struct Raw {
    /// `(hardware, units)`.
    pub lines: Vec<(i64, i64)>,
    /// See [`NextWish::length_s`].
    pub duration: Duration,
    /// See [`NextWish::after`].
    pub after: Option<Moment>,
    /// A zone's name.
    pub tz: Option<String>,
    /// See [`NextWish::count`].
    pub count: Option<i64>,
}

impl NextWish {
    /// Reads what came.
    ///
    /// # Errors
    /// Everything that is impossible.
    pub fn new(raw: &Raw) -> Result<Self, Vec<Invalid>> {
        let mut wrong = Vec::new();
        let basket = Basket::new(&raw.lines).map_err(|why| wrong.extend(why.into_iter().map(in_query))).ok();
        let twice = raw
            .lines
            .iter()
            .enumerate()
            .filter(|(at, (id, _))| raw.lines.iter().take(*at).any(|(before, _)| before == id));
        wrong.extend(twice.map(|(at, (id, _))| {
            Invalid::new(
                format!("hardware[{at}]"),
                format!("is {id}, which is there before; name each hardware once"),
            )
        }));
        let length_s = kept(&mut wrong, raw.duration.seconds("duration"));
        let tz = kept(&mut wrong, optional_zone(raw.tz.as_deref())).flatten();
        let count = raw.count.unwrap_or(DEFAULT_STARTS);
        if !(1..=MAX_STARTS).contains(&count) {
            wrong.push(Invalid::new("count", format!("is {count}; it must be 1 to {MAX_STARTS}")));
        }
        match (basket, length_s) {
            (Some(basket), Some(length_s)) if wrong.is_empty() => {
                let count = usize::try_from(count).unwrap_or(1);
                Ok(Self { basket, length_s, after: raw.after, tz, count })
            }
            _ => Err(wrong),
        }
    }

    /// The first and the last start in question: from `after` on, in the past too, up to 90 days later, and never
    /// one that ends beyond what a booking may.
    ///
    /// # Errors
    /// `after` does not exist in `zone`, or is impossible.
    pub fn range(&self, zone: Tz, now_s: i64) -> Result<(i64, i64), Invalid> {
        let after = self.after.map(|after| after.resolve(zone)).transpose();
        let from = after.map_err(|skipped| Invalid::new("after", skipped.to_string()))?.unwrap_or(now_s);
        let first = Window::new(from, from.saturating_add(self.length_s), now_s).map_err(|wrong| {
            let why = match &*wrong.field {
                "to" => format!("and `duration` together reach too far: {}", wrong.detail),
                _ => wrong.detail,
            };
            Invalid::new("after", why)
        })?;
        let last = (from + NEXT_FREE_WITHIN_S).min(Window::latest_end(now_s) - self.length_s);
        Ok((first.from, last))
    }

    /// What is wrong with the line of `hardware`.
    #[must_use]
    pub fn invalid(&self, hardware: i64, why: impl Into<String>) -> Invalid {
        in_query(self.basket.invalid(hardware, "hardware", why))
    }
}

/// A basket's lines stand in one parameter.
fn in_query(invalid: Invalid) -> Invalid {
    let place = invalid.field.strip_prefix("lines").unwrap_or_default();
    let place = place.split('.').next().unwrap_or_default();
    Invalid::new(format!("hardware{place}"), invalid.detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(lines: &[(i64, i64)]) -> Raw {
        Raw { lines: lines.to_vec(), duration: "PT1H".parse().unwrap(), after: None, tz: None, count: None }
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let wrong = Raw {
            duration: "P1M".parse().unwrap(),
            tz: Some("Mars".into()),
            count: Some(21),
            ..raw(&[(1, 0), (2, 1), (2, 1)])
        };
        let fields: Vec<_> =
            NextWish::new(&wrong).unwrap_err().into_iter().map(|w| w.field.into_owned()).collect();
        assert_eq!(fields, ["hardware[0]", "hardware[2]", "duration", "tz", "count"]);
        assert_eq!(NextWish::new(&raw(&[])).unwrap_err()[0].field, "hardware");
    }

    #[test]
    fn it_looks_for_ninety_days_and_never_beyond_the_last_booking() {
        let wish = |after| NextWish { after, ..NextWish::new(&raw(&[(1, 1)])).unwrap() };
        let range = |after| wish(Some(Moment::Instant(after))).range(Tz::UTC, 1_000);
        assert_eq!(wish(None).range(Tz::UTC, 1_000), Ok((1_000, 1_000 + NEXT_FREE_WITHIN_S)));
        assert_eq!(range(-5), Ok((-5, NEXT_FREE_WITHIN_S - 5)));
        let latest = Window::latest_end(1_000) - 3_600;
        assert_eq!(range(latest), Ok((latest, latest)));
        assert_eq!(range(latest + 1).unwrap_err().field, "after");
        assert_eq!(range(i64::MAX).unwrap_err().field, "after");
    }
}
