//! What a visitor wants to book, as the form sends it: kept as typed, so that a form that was refused can
//! show it again. What is wrong in itself is told here, in the words of the form; the times go to the service as
//! typed, with the zone they are meant in, and it has the last word.

mod series;

use chassis::RequestContext;
use chrono_tz::Tz;
use poem::http::HeaderMap;

pub use self::series::Series;
use crate::{
    form::Form,
    hardware_client::{NewReservation, Units},
    links,
    search::{Mistake, Search, check_moment, check_units},
    view::Hidden,
};

/// Bytes of a form: a purpose of 1,000 characters may be twelve times as long when escaped.
pub const MAX_FORM_BYTES: usize = 32 << 10;

/// What is said of a form without a key that can be sent.
pub const INCOMPLETE: &str = "The form was not complete. Look through it and send it again";

/// Characters of an idempotency key, as the service takes it.
const MAX_KEY: usize = 200;

/// A booking form. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Booking {
    /// Made anew for each form that is shown: the same key books once, however often it is sent.
    pub key: String,
    /// The catalogue's id.
    pub hardware: String,
    /// Its first instant, wall clock in the customer's zone or with an offset.
    pub starts_at: String,
    /// The instant at which it is over.
    pub ends_at: String,
    /// Units.
    pub qty: String,
    /// For whom.
    pub user: String,
    /// What for.
    pub purpose: String,
    /// How it repeats.
    pub series: Series,
}

/// A key that no form had before: what names a request names a form as well.
#[must_use]
pub fn fresh_key() -> String {
    RequestContext::from_headers(&HeaderMap::new()).request_id.to_string()
}

/// Whether the service would take this as a key.
#[must_use]
pub fn is_key(text: &str) -> bool {
    (1..=MAX_KEY).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

impl Booking {
    /// Reads a form.
    #[must_use]
    pub fn read(form: &Form) -> Self {
        let field = |name: &str| form.field(name).to_owned();
        Self {
            key: field("key"),
            hardware: field("hardware"),
            starts_at: field("starts_at"),
            ends_at: field("ends_at"),
            qty: field("qty"),
            user: field("user"),
            purpose: field("purpose"),
            series: Series::read(form),
        }
    }

    /// An untouched form for a hardware and the window that was looked at.
    #[must_use]
    pub fn of(hardware: i64, search: &Search) -> Self {
        Self {
            key: fresh_key(),
            hardware: hardware.to_string(),
            starts_at: search.from.clone(),
            ends_at: search.to.clone(),
            qty: search.qty.clone(),
            ..Self::default()
        }
    }

    /// The same wish as a form of its own.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { key: fresh_key(), ..self.clone() }
    }

    /// What to send, times in the customer's zone `tz`, or everything that keeps it from being sent.
    ///
    /// # Errors
    /// The mistakes in the order of the form's fields.
    pub fn check(&self, tz: Tz) -> Result<NewReservation, Vec<Mistake>> {
        let mut mistakes = self.check_hidden();
        mistakes.extend(self.check_times(tz));
        if self.qty.is_empty() {
            mistakes.push(Mistake::impossible("qty", "Units are required"));
        }
        let qty = check_units(&self.qty, &mut mistakes);
        let repeat = self.series.check().unwrap_or_else(|found| {
            mistakes.extend(found);
            None
        });
        match (self.hardware_id(), qty) {
            (Some(hardware), Some(qty)) if mistakes.is_empty() => Ok(NewReservation {
                starts_at: self.starts_at.clone(),
                ends_at: self.ends_at.clone(),
                tz: tz.name().to_owned(),
                user: self.user.clone(),
                purpose: self.purpose.clone(),
                lines: vec![Units { hardware, qty }],
                repeat,
            }),
            _ => Err(mistakes),
        }
    }

    /// What the service would say of the times, in the words of the form.
    fn check_times(&self, tz: Tz) -> Vec<Mistake> {
        let from = check_moment("starts_at", "From", &self.starts_at, tz);
        let to = check_moment("ends_at", "To", &self.ends_at, tz);
        match (from, to) {
            (Ok(from), Ok(to)) if from < to => Vec::new(),
            (Ok(_), Ok(_)) => vec![Mistake::impossible("ends_at", "To must be after From")],
            (from, to) => from.err().into_iter().chain(to.err()).collect(),
        }
    }

    /// What no person types, and only a form that is not ours lacks.
    fn check_hidden(&self) -> Vec<Mistake> {
        let mut mistakes = Vec::new();
        if !is_key(&self.key) {
            mistakes.push(Mistake::unreadable("key", INCOMPLETE));
        }
        if self.hardware_id().is_none() {
            mistakes.push(Mistake::unreadable("hardware", "The form did not say which hardware to book"));
        }
        mistakes
    }

    /// The catalogue's id, where it is one.
    #[must_use]
    pub fn hardware_id(&self) -> Option<i64> {
        self.hardware.parse().ok()
    }

    /// The page that this form belongs to, with its window; the catalogue where it belongs to none.
    #[must_use]
    pub fn page(&self) -> String {
        let window = [("from", self.starts_at.as_str()), ("to", &self.ends_at), ("qty", &self.qty)];
        match self.hardware_id() {
            Some(id) => links::link(&format!("/hardware/{id}"), &window),
            None => "/".to_owned(),
        }
    }

    /// Every field, to be sent again as it is.
    #[must_use]
    pub fn hidden(&self) -> Vec<Hidden> {
        let fields = [
            ("key", &self.key),
            ("hardware", &self.hardware),
            ("starts_at", &self.starts_at),
            ("ends_at", &self.ends_at),
            ("qty", &self.qty),
            ("user", &self.user),
            ("purpose", &self.purpose),
        ];
        let repeat = if self.series.repeats() { self.series.pairs().to_vec() } else { Vec::new() };
        let fields = fields.into_iter().map(|(name, value)| (name, value.as_str()));
        fields.chain(repeat).map(|(name, value)| Hidden::new(name, value)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> Booking {
        Booking {
            key: "k-1".into(),
            hardware: "7".into(),
            starts_at: "2026-06-11T14:00".into(),
            ends_at: "2026-06-11T18:00".into(),
            qty: "2".into(),
            user: "ada".into(),
            purpose: String::new(),
            series: Series::default(),
        }
    }

    fn mistakes(booking: &Booking) -> Vec<(String, bool)> {
        let found = booking.check(Tz::Europe__Berlin).unwrap_err();
        found.into_iter().map(|m| (m.field, m.impossible)).collect()
    }

    #[test]
    fn times_are_sent_as_typed_with_their_zone_and_empty_text_is_not_sent() {
        let sent = serde_json::to_value(full().check(Tz::Europe__Berlin).unwrap()).unwrap();
        let meant = serde_json::json!({
            "starts_at": "2026-06-11T14:00", "ends_at": "2026-06-11T18:00", "tz": "Europe/Berlin", "user": "ada",
            "lines": [{ "hardware": 7, "qty": 2 }],
        });
        assert_eq!(sent, meant);
    }

    #[test]
    fn everything_that_is_missing_is_told_at_once_in_the_order_of_the_form() {
        let fields: Vec<_> = mistakes(&Booking::default()).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, ["key", "hardware", "starts_at", "ends_at", "qty"]);
    }

    #[test]
    fn what_is_no_number_cannot_be_read_and_what_is_no_number_of_units_is_impossible() {
        assert_eq!(mistakes(&Booking { qty: "many".into(), ..full() }), [("qty".into(), false)]);
        assert_eq!(mistakes(&Booking { qty: "0".into(), ..full() }), [("qty".into(), true)]);
        assert_eq!(mistakes(&Booking { qty: "1000001".into(), ..full() }), [("qty".into(), true)]);
    }

    #[test]
    fn times_that_cannot_be_are_told_as_the_catalogue_tells_them() {
        let told = |changes: Booking| changes.check(Tz::Europe__Berlin).unwrap_err().remove(0).text;
        assert_eq!(told(Booking { ends_at: "2026-06-11T14:00".into(), ..full() }), "To must be after From");
        let skipped = Booking { starts_at: "2026-03-29T02:30".into(), ..full() };
        assert_eq!(told(skipped), "From does not exist in Europe/Berlin: the clocks go forward over it");
        assert_eq!(mistakes(&Booking { ends_at: "soon".into(), ..full() }), [("ends_at".into(), false)]);
        let instants = Booking {
            starts_at: "2026-06-11T14:00:00Z".into(),
            ends_at: "2026-06-11T16:30:00+02:00".into(),
            ..full()
        };
        assert_eq!(instants.check(Tz::Europe__Berlin).unwrap().starts_at, "2026-06-11T14:00:00Z");
    }

    #[test]
    fn a_key_that_the_service_would_not_take_is_not_sent() {
        for key in ["", "a b", "\u{e4}", &"k".repeat(201)] {
            assert_eq!(mistakes(&Booking { key: key.into(), ..full() }), [("key".into(), false)], "{key}");
        }
    }

    #[test]
    fn each_form_has_a_key_of_its_own() {
        assert_ne!(fresh_key(), fresh_key());
        let again = full().again();
        assert_ne!(again.key, "k-1");
        assert!(again.check(Tz::UTC).is_ok());
    }

    #[test]
    fn the_way_back_is_the_page_of_the_hardware_with_its_window() {
        assert_eq!(full().page(), "/hardware/7?from=2026-06-11T14:00&to=2026-06-11T18:00&qty=2");
        assert_eq!(Booking { hardware: "//evil".into(), ..full() }.page(), "/");
    }
}
