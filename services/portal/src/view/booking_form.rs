//! The form that books: on an item's page untouched, and after a refusal as it was typed.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Hidden, field::Field, times::Writer, why};
use crate::{
    booking::{Booking, Series},
    search::{MAX_UNITS, Mistake},
};

/// The form, filled.
#[derive(Debug, Serialize)]
pub struct BookingForm {
    heading: String,
    /// Key and hardware.
    hidden: Vec<Hidden>,
    starts_at: Field,
    ends_at: Field,
    qty: Field,
    user: Field,
    purpose: Field,
    series: SeriesForm,
    /// Units that can be asked for at most.
    most: u64,
    /// `3 of 10 are free from 14:00 to 18:00.`
    hint: Option<String>,
    /// It was sent and refused: the browser shall not stand in the way of what is said about it.
    refused: bool,
}

/// How it repeats.
#[derive(Debug, Serialize)]
struct SeriesForm {
    /// Unfolded, because something in it is chosen or wrong.
    open: bool,
    repeat: Vec<Choice>,
    repeat_why: Option<String>,
    count: Field,
    until: Field,
    on_conflict: Vec<Choice>,
    on_conflict_why: Option<String>,
}

#[derive(Debug, Serialize)]
struct Choice {
    value: &'static str,
    text: &'static str,
    selected: bool,
}

impl SeriesForm {
    fn new(series: &Series, mistakes: &[Mistake]) -> Self {
        let choices = |words: &[(&'static str, &'static str)], typed: &str| {
            let choice = |(value, text)| Choice { value, text, selected: value == typed };
            words.iter().copied().map(choice).collect()
        };
        let wrong = series.pairs().iter().any(|(name, _)| why(name, mistakes).is_some());
        let every = [("", "not"), ("day", "every day"), ("week", "every week")];
        Self {
            open: series.repeats() || wrong,
            repeat: choices(&every, &series.repeat),
            repeat_why: why("repeat", mistakes),
            count: Field::number(&series.count, why("count", mistakes)),
            until: Field::date(&series.until, why("until", mistakes)),
            on_conflict: choices(&[("fail", "book none"), ("skip", "leave those out")], &series.on_conflict),
            on_conflict_why: why("conflict", mistakes),
        }
    }
}

impl BookingForm {
    /// An untouched form. Where `booking` has no times it shows `window`.
    #[must_use]
    pub fn fresh(
        heading: String,
        booking: &Booking,
        window: (DateTime<Utc>, DateTime<Utc>),
        capacity: u64,
        times: &Writer,
    ) -> Self {
        let untouched = booking.starts_at.is_empty() && booking.ends_at.is_empty();
        let window = untouched.then_some(window);
        let form = Self::filled(heading, booking, &[], window, times);
        Self { most: capacity.max(1), refused: false, ..form }
    }

    /// The form as it was typed, with what is wrong with it, under a key of its own.
    #[must_use]
    pub fn refused(heading: String, booking: &Booking, mistakes: &[Mistake], times: &Writer) -> Self {
        Self::filled(heading, &booking.again(), mistakes, None, times)
    }

    /// The same form with a line about how many there are.
    #[must_use]
    pub fn with_hint(self, hint: String) -> Self {
        Self { hint: Some(hint), ..self }
    }

    fn filled(
        heading: String,
        booking: &Booking,
        mistakes: &[Mistake],
        window: Option<(DateTime<Utc>, DateTime<Utc>)>,
        times: &Writer,
    ) -> Self {
        let time = |name, typed: &str, otherwise| Field::time(typed, otherwise, times, why(name, mistakes));
        Self {
            heading,
            hidden: vec![
                Hidden::new("key", booking.key.as_str()),
                Hidden::new("hardware", booking.hardware.as_str()),
            ],
            starts_at: time("starts_at", &booking.starts_at, window.map(|(from, _)| from)),
            ends_at: time("ends_at", &booking.ends_at, window.map(|(_, to)| to)),
            qty: Field::units(&booking.qty, why("qty", mistakes)),
            user: Field::text(&booking.user, why("user", mistakes)),
            purpose: Field::text(&booking.purpose, why("purpose", mistakes)),
            series: SeriesForm::new(&booking.series, mistakes),
            most: MAX_UNITS,
            hint: None,
            refused: true,
        }
    }
}

/// Where a field of this form can be put right.
#[must_use]
pub fn place(field: &str) -> Option<String> {
    match field {
        "qty" => Some("#units".to_owned()),
        "starts_at" | "ends_at" | "user" | "purpose" | "repeat" | "count" | "until" | "conflict" => {
            Some(format!("#{field}"))
        }
        _ => None,
    }
}
