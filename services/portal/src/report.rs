//! What became of a series, told once on the page of its first booking: a signed cookie, as [`crate::flash`] is
//! one. It carries numbers and the service's reasons, cut to what a cookie holds.

use chrono::{DateTime, Utc};
use poem::http::HeaderMap;
use serde::{Deserialize, Serialize};

use crate::{
    flash::Signer,
    hardware_client::{Booked, Changed},
    links,
};

/// The cookie's name.
const COOKIE: &str = "report";
/// Reasons that are told one by one.
const MAX_TOLD: usize = 8;
/// Characters of a reason.
const MAX_REASON: usize = 100;
/// Bytes of the text: browsers drop a cookie above 4,096.
const MAX_TEXT: usize = 3_500;

/// What became of a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The booking on whose page it is told.
    pub id: i64,
    /// The last word of the action, such as `booked`.
    pub done: String,
    /// Bookings that were made or changed.
    pub count: usize,
    /// When, or which, and why not.
    pub left: Vec<(String, String)>,
    /// More of these than are told.
    pub more: usize,
}

impl Report {
    /// What became of a booking that repeats; `None` of one that does not.
    #[must_use]
    pub fn booked(booked: &Booked) -> Option<Self> {
        let left = booked.skipped.iter().map(|one| (one.starts_at.clone(), one.reason.clone()));
        let is_series = !booked.created.is_empty() || !booked.skipped.is_empty();
        is_series.then(|| Self::new(booked.reservation.id, "booked", booked.created.len(), left))
    }

    /// What became of a change to the rest of a series.
    #[must_use]
    pub fn changed(id: i64, done: &str, changed: &Changed) -> Self {
        let left = changed.unchanged.iter().map(|one| (one.id.to_string(), one.reason.clone()));
        Self::new(id, done, changed.changed.len(), left)
    }

    fn new(id: i64, done: &str, count: usize, left: impl ExactSizeIterator<Item = (String, String)>) -> Self {
        let more = left.len().saturating_sub(MAX_TOLD);
        let cut = |text: String| text.chars().take(MAX_REASON).collect::<String>();
        let left = left.take(MAX_TOLD).map(|(which, why)| (cut(which), cut(why))).collect();
        Self { id, done: done.to_owned(), count, left, more }
    }

    /// `Set-Cookie` for the answer to the write.
    #[must_use]
    pub fn set_cookie(&self, signer: &Signer, now: DateTime<Utc>) -> String {
        let mut report = self.clone();
        while report.text().len() > MAX_TEXT && report.left.pop().is_some() {
            report.more += 1;
        }
        signer.set(COOKIE, &report.text(), now)
    }

    /// A comma may not stand in a cookie, nor may what ends the text stand in the text.
    fn text(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        links::query_string(&[("r", &json)]).replace(',', "%2C").replace('.', "%2E")
    }

    /// The report that a request brings along for the page of booking `id`.
    #[must_use]
    pub fn read(signer: &Signer, headers: &HeaderMap, id: i64, now: DateTime<Utc>) -> Option<Self> {
        let said = signer.get(COOKIE, headers, now)?;
        let json = links::read_query(said).into_iter().next()?.1;
        serde_json::from_str(&json).ok().filter(|report: &Self| report.id == id)
    }

    /// `Set-Cookie` for the page that was asked with a report; `None` without one.
    #[must_use]
    pub fn clear_cookie(headers: &HeaderMap) -> Option<String> {
        crate::flash::clear(COOKIE, headers)
    }
}

#[cfg(test)]
mod tests {
    use poem::http::{HeaderValue, header};

    use super::*;

    fn now() -> DateTime<Utc> {
        "2026-06-11T11:42:07Z".parse().unwrap()
    }

    fn told(signer: &Signer, cookie: &str, id: i64) -> Option<Report> {
        let pair = cookie.split(';').next().unwrap();
        let headers = HeaderMap::from_iter([(header::COOKIE, HeaderValue::from_str(pair).unwrap())]);
        Report::read(signer, &headers, id, now())
    }

    #[test]
    fn it_is_read_on_the_page_that_it_is_about_and_nobody_else_can_write_it() {
        let signer = Signer::new("a secret that is long enough").unwrap();
        let left = vec![("2027-03-28T02:30".to_owned(), "clocks; \"forward\", 100 % <b>ü</b>.".to_owned())];
        let report = Report { id: 9, done: "booked".to_owned(), count: 4, left, more: 2 };
        let cookie = report.set_cookie(&signer, now());
        assert_eq!(told(&signer, &cookie, 9), Some(report));
        assert_eq!(told(&signer, &cookie, 8), None);
        assert_eq!(told(&Signer::new("another secret, also long").unwrap(), &cookie, 9), None);
        assert_eq!(told(&signer, &cookie.replacen('9', "8", 1), 8), None);
    }

    #[test]
    fn a_long_report_still_fits_a_cookie() {
        let signer = Signer::new("a secret that is long enough").unwrap();
        let left = (0..500_u32).map(|n| (n.to_string(), "ü".repeat(500))).collect::<Vec<_>>().into_iter();
        let report = Report::new(9, "booked", 3, left);
        assert_eq!((report.left.len(), report.more), (MAX_TOLD, 492));
        // Six bytes for each of these letters: some of the reasons have to go.
        let cookie = report.set_cookie(&signer, now());
        assert!(cookie.len() < 4_096, "{}", cookie.len());
        let read = told(&signer, &cookie, 9).unwrap();
        assert_eq!(read.left.len() + read.more, 500);
        assert!(!read.left.is_empty());
    }
}
