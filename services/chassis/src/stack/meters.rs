//! The metrics of requests. A handle for each route, method and status is looked up once and kept: to look it up by its
//! labels each time costs more than to count.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use metrics::{Counter, Histogram};
use poem::{PathPattern, http::Method};

const UNMATCHED: &str = "unmatched";

/// What is counted of one kind of answer.
pub(super) struct Meter {
    /// The route as the documentation writes it.
    pub(super) route: Arc<str>,
    method: &'static str,
    status: u16,
    requests: Counter,
    duration: Histogram,
}

impl Meter {
    pub(super) fn count(&self, took: Duration) {
        self.requests.increment(1);
        self.duration.record(took);
    }
}

/// By a route's pattern; its methods and statuses are few.
#[derive(Default)]
pub(super) struct Meters(RwLock<HashMap<Arc<str>, Vec<Arc<Meter>>>>);

impl Meters {
    /// `None` for the pattern: no route matched.
    pub(super) fn of(&self, pattern: Option<&PathPattern>, method: &'static str, status: u16) -> Arc<Meter> {
        let pattern = pattern.map_or(UNMATCHED, |pattern| pattern.0.as_ref());
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let meters = known.get(pattern).map(Vec::as_slice).unwrap_or_default();
        if let Some(meter) = meters.iter().find(|meter| meter.method == method && meter.status == status) {
            return meter.clone();
        }
        drop(known);
        let meter = Arc::new(new(pattern, method, status));
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.entry(pattern.into()).or_default().push(meter.clone());
        meter
    }
}

fn new(pattern: &str, method: &'static str, status: u16) -> Meter {
    let route = route_label(pattern);
    let labels = [("method", method.to_owned()), ("route", route.clone()), ("status", status.to_string())];
    Meter {
        method,
        status,
        requests: metrics::counter!("http_requests_total", &labels),
        duration: metrics::histogram!("http_request_duration_seconds", &labels[..2]),
        route: route.into(),
    }
}

/// `/hardware/:param0` as the documentation writes it; a pattern that matches everything says nothing.
fn route_label(pattern: &str) -> String {
    let segments = pattern.split('/').map(|segment| if segment.starts_with(':') { "{id}" } else { segment });
    let label = segments.collect::<Vec<_>>().join("/");
    if label.is_empty() || label.contains('*') { UNMATCHED.to_owned() } else { label }
}

/// A metric label must not be the caller's to choose.
pub(super) fn known_method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
