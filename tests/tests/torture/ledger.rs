//! What clients were told, held against what is there.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::booking::Booking;

/// What the client knows of a booking that it sent until it was answered.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// 201 with this reservation.
    Booked(Value),
    /// The same, and cancelled later.
    Cancelled(Value),
    Refused,
    /// It gave up, or the cancelling of it: it may be there or not.
    Unknown,
}

/// A booking under a key of its own, which is its purpose as well.
#[derive(Clone, Debug)]
pub struct Entry {
    pub booking: Booking,
    pub outcome: Outcome,
}

impl Entry {
    pub fn key(&self) -> &str {
        &self.booking.purpose
    }

    /// What may be there under this key?
    fn differs(&self, rows: &[&Value]) -> Option<String> {
        let right = match (&self.outcome, rows) {
            (Outcome::Booked(told), [row]) => told == *row && self.booking.is(row),
            (Outcome::Cancelled(told), [row]) => {
                row["id"] == told["id"] && row["state"] == "cancelled" && self.booking.is(row)
            }
            (Outcome::Refused | Outcome::Unknown, []) => true,
            (Outcome::Unknown, [row]) => self.booking.is(row),
            _ => false,
        };
        (!right).then(|| format!("{:?} became {rows:?}, told was {:?}", self.booking, self.outcome))
    }
}

/// Lost, changed, doubled and unasked-for reservations.
pub fn differences(entries: &[Entry], reservations: &[Value]) -> Vec<String> {
    let mut rows: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for reservation in reservations {
        rows.entry(reservation["purpose"].as_str().unwrap_or_default()).or_default().push(reservation);
    }
    let mut found: Vec<String> = entries
        .iter()
        .filter_map(|entry| entry.differs(&rows.remove(entry.key()).unwrap_or_default()))
        .collect();
    found.extend(rows.values().map(|unasked| format!("nobody asked for {unasked:?}")));
    found
}

/// A key that booked leads to its reservation and to no other; one that was refused leads nowhere.
pub fn wrong_keys(entries: &[Entry], keys: &[(String, i64)]) -> Vec<String> {
    let mut kept: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
    for (key, reservation) in keys {
        kept.entry(key).or_default().push(*reservation);
    }
    let wrong = entries.iter().filter(|entry| {
        let kept = kept.get(entry.key()).map(Vec::as_slice).unwrap_or_default();
        match &entry.outcome {
            Outcome::Booked(told) | Outcome::Cancelled(told) => told["id"].as_i64().as_slice() != kept,
            Outcome::Refused => !kept.is_empty(),
            Outcome::Unknown => kept.len() > 1,
        }
    });
    wrong
        .map(|entry| {
            format!("key {}: {:?}, told was {:?}", entry.key(), kept.get(entry.key()), entry.outcome)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn booking() -> Booking {
        Booking { lines: vec![(1, 2)], from: 0, to: 60, purpose: "c1-1".to_owned() }
    }

    fn row(id: i64, state: &str) -> Value {
        let mut row = booking().body();
        row["id"] = json!(id);
        row["state"] = json!(state);
        row
    }

    fn entry(outcome: Outcome) -> [Entry; 1] {
        [Entry { booking: booking(), outcome }]
    }

    fn booked() -> [Entry; 1] {
        entry(Outcome::Booked(row(9, "confirmed")))
    }

    #[test]
    fn what_was_told_and_is_there_is_right() {
        assert!(differences(&booked(), &[row(9, "confirmed")]).is_empty());
        let cancelled = entry(Outcome::Cancelled(row(9, "confirmed")));
        assert!(differences(&cancelled, &[row(9, "cancelled")]).is_empty());
        assert!(differences(&entry(Outcome::Refused), &[]).is_empty());
        assert!(differences(&entry(Outcome::Unknown), &[]).is_empty());
        assert!(differences(&entry(Outcome::Unknown), &[row(9, "confirmed")]).is_empty());
    }

    #[test]
    fn a_lost_booking_is_found() {
        assert_eq!(differences(&booked(), &[]).len(), 1);
        assert_eq!(differences(&entry(Outcome::Cancelled(row(9, "confirmed"))), &[]).len(), 1);
    }

    #[test]
    fn a_key_that_booked_twice_is_found_also_when_nobody_was_answered() {
        let twice = [row(9, "confirmed"), row(10, "confirmed")];
        assert_eq!(differences(&booked(), &twice).len(), 1);
        assert_eq!(differences(&entry(Outcome::Unknown), &twice).len(), 1);
    }

    #[test]
    fn a_changed_booking_is_found() {
        let mut changed = row(9, "confirmed");
        changed["lines"][0]["qty"] = json!(1);
        assert_eq!(differences(&booked(), std::slice::from_ref(&changed)).len(), 1);
        assert_eq!(differences(&entry(Outcome::Unknown), &[changed]).len(), 1);
        assert_eq!(differences(&booked(), &[row(10, "confirmed")]).len(), 1);
        assert_eq!(
            differences(&entry(Outcome::Cancelled(row(9, "confirmed"))), &[row(9, "confirmed")]).len(),
            1
        );
    }

    #[test]
    fn what_was_refused_or_never_asked_for_must_not_be_there() {
        assert_eq!(differences(&entry(Outcome::Refused), &[row(9, "confirmed")]).len(), 1);
        assert_eq!(differences(&[], &[row(9, "confirmed")]).len(), 1);
    }

    #[test]
    fn a_key_must_lead_to_its_reservation_alone() {
        let key = |id| ("c1-1".to_owned(), id);
        assert!(wrong_keys(&booked(), &[key(9)]).is_empty());
        assert!(wrong_keys(&entry(Outcome::Refused), &[]).is_empty());
        assert_eq!(wrong_keys(&booked(), &[]).len(), 1);
        assert_eq!(wrong_keys(&booked(), &[key(10)]).len(), 1);
        assert_eq!(wrong_keys(&booked(), &[key(9), key(10)]).len(), 1);
        assert_eq!(wrong_keys(&entry(Outcome::Refused), &[key(9)]).len(), 1);
    }
}
