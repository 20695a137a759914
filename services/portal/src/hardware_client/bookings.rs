//! The calls about bookings: some read, and some write.

use chrono::{DateTime, Utc};
use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::{RequestBuilder, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::{
    Booked, Changed, Failure, HardwareClient, NewReservation, Reservation, Scope, Steps, Units, failure,
    instant, is_problem, listing::next_query, read_json, refused,
};
use crate::links;

/// Which bookings to list. Empty text means "not asked".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BookingsQuery {
    /// Of this hardware.
    pub hardware: Option<i64>,
    /// Of this series.
    pub series: Option<i64>,
    /// For this user, word for word.
    pub user: String,
    /// In these states, by commas.
    pub state: String,
    /// Not over by then: an instant.
    pub from: String,
    /// Begun before then: an instant.
    pub to: String,
    /// Rows at most.
    pub limit: u32,
    /// Where the page before this one ended.
    pub cursor: String,
}

/// One page of bookings.
#[derive(Clone, Debug)]
pub struct Bookings {
    /// By start.
    pub rows: Vec<Reservation>,
    /// Bookings that match on all pages; `None` where the service did not say.
    pub total: Option<u64>,
    /// Where the next page begins; `None` on the last one.
    pub next: Option<String>,
}

/// What to do with a booking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Call it off.
    Cancel,
    /// Hand its units out.
    CheckOut,
    /// Nobody came.
    NoShow,
    /// Take units back; none named: everything.
    Return(Vec<Units>),
    /// Move it: as typed, and the zone to read it in.
    Times {
        /// Its first instant; `None` leaves it.
        starts_at: Option<String>,
        /// The instant at which it is over.
        ends_at: String,
        /// IANA name.
        tz: &'static str,
    },
}

impl HardwareClient {
    /// One page of bookings.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn bookings(&self, query: &BookingsQuery, headers: HeaderMap) -> Result<Bookings, Failure> {
        let answer = self.get("reservations", &query.to_query(), headers).await?;
        let (total, next) = paging(&answer);
        Ok(Bookings { total, next, rows: read_json(answer).await? })
    }

    /// One booking.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::NotFound`] for a number that there is not.
    pub async fn reservation(&self, id: i64, headers: HeaderMap) -> Result<Reservation, Failure> {
        read_json(self.get(&format!("reservations/{id}"), "", headers).await?).await
    }

    /// What is free of a hardware from `from` to `to`, step by step.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn steps(
        &self,
        id: i64,
        (from, to): (DateTime<Utc>, DateTime<Utc>),
        headers: HeaderMap,
    ) -> Result<Steps, Failure> {
        let query = links::query_string(&[("from", &instant(from)), ("to", &instant(to))]);
        read_json(self.get(&format!("hardware/{id}/availability"), &query, headers).await?).await
    }

    /// Books. The same `key` with the same wish books once, however often it is sent.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::Unknown`] where it may have been booked.
    pub async fn book(
        &self,
        wish: &NewReservation,
        key: &str,
        headers: HeaderMap,
    ) -> Result<Booked, Failure> {
        self.write(Method::POST, "reservations", Some(wish), keyed(headers, key)?).await
    }

    /// Changes a booking that is at `version`, and as `scope` says the later ones of its series.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::Changed`] where it is at another version,
    /// [`Failure::Unknown`] where it may have been changed by this call.
    pub async fn change(
        &self,
        id: i64,
        change: &Change,
        scope: Scope,
        version: u64,
        mut headers: HeaderMap,
    ) -> Result<Changed, Failure> {
        if let Ok(value) = HeaderValue::from_str(&format!("\"{version}\"")) {
            headers.insert(header::IF_MATCH, value);
        }
        let (method, mut path, body) = change.to_request(id);
        if scope == Scope::Rest {
            path.push_str("?scope=rest");
        }
        self.write(method, &path, body.as_ref(), headers).await
    }

    /// Sends a write, and reads what it answers.
    pub(super) async fn write<T: Serialize, R: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<&T>,
        headers: HeaderMap,
    ) -> Result<R, Failure> {
        let url = self.base.join(path).map_err(|error| Failure::Unusable(error.to_string()))?;
        let request = self.http.request(method, url).headers(headers).timeout(self.write_timeout);
        let request = request.header(header::ACCEPT, "application/json");
        let answer = send(if let Some(body) = body { request.json(body) } else { request }).await?;
        // It says that it was done. What exactly cannot be told from an answer that cannot be read.
        read_json(answer).await.map_err(|error| Failure::Unknown(error.to_string()))
    }
}

/// With the name under which a write is done once.
pub(super) fn keyed(mut headers: HeaderMap, key: &str) -> Result<HeaderMap, Failure> {
    let value = HeaderValue::from_str(key).map_err(|error| Failure::Unusable(error.to_string()))?;
    headers.insert("idempotency-key", value);
    Ok(headers)
}

/// How many rows match on all pages, and where the next page begins.
pub(super) fn paging(answer: &Response) -> (Option<u64>, Option<String>) {
    let text = |name: &str| answer.headers().get(name).and_then(|v| v.to_str().ok());
    let total = text("x-total-count").and_then(|n| n.trim().parse().ok());
    let next = text(header::LINK.as_str()).and_then(next_query);
    let cursor = next.and_then(|pairs| pairs.into_iter().find(|(name, _)| name == "cursor"));
    (total, cursor.map(|(_, cursor)| cursor))
}

/// Sends a write. Once it may have arrived, silence does not mean that nothing was done.
async fn send(request: RequestBuilder) -> Result<Response, Failure> {
    let answer = request.send().await.map_err(|error| match failure::transport(&error) {
        said if error.is_connect() => said,
        said => Failure::Unknown(said.to_string()),
    })?;
    let status = answer.status();
    match status {
        StatusCode::OK | StatusCode::CREATED => Ok(answer),
        // A commit whose answer was lost ends in a 5xx of the service, or of something on the way.
        status if status.is_server_error() => Err(Failure::Unknown(format!("status {status}"))),
        StatusCode::PRECONDITION_FAILED if is_problem(&answer) => Err(Failure::Changed),
        StatusCode::CONFLICT if is_problem(&answer) => Err(conflict(answer).await),
        status => Err(refused(status, answer).await),
    }
}

/// 409, told apart by its type.
async fn conflict(answer: Response) -> Failure {
    let read = |problem: Value| match problem["type"].as_str() {
        Some("urn:toolcrib:problem:not-free") => {
            serde_json::from_value(problem).map(|why| Failure::NotFree(Box::new(why)))
        }
        Some("urn:toolcrib:problem:wrong-state") => serde_json::from_value(problem).map(Failure::WrongState),
        other => Ok(Failure::Unusable(format!("a conflict of the type {other:?}"))),
    };
    match read_json(answer).await {
        Ok(problem) => read(problem).unwrap_or_else(|error| Failure::Unusable(format!("its JSON: {error}"))),
        Err(error) => error,
    }
}

impl Change {
    fn to_request(&self, id: i64) -> (Method, String, Option<Value>) {
        let action = |name: &str| (Method::POST, format!("reservations/{id}/{name}"), None);
        match self {
            Self::Cancel => action("cancel"),
            Self::CheckOut => action("checkout"),
            Self::NoShow => action("no-show"),
            Self::Return(lines) => {
                let (method, path, _) = action("return");
                (method, path, (!lines.is_empty()).then(|| json!({ "lines": lines })))
            }
            Self::Times { starts_at, ends_at, tz } => {
                let mut body = json!({ "ends_at": ends_at, "tz": tz });
                if let Some(starts_at) = starts_at {
                    body["starts_at"] = json!(starts_at);
                }
                (Method::PATCH, format!("reservations/{id}"), Some(body))
            }
        }
    }
}

impl BookingsQuery {
    /// The query string that asks this.
    #[must_use]
    pub fn to_query(&self) -> String {
        let [hardware, series] =
            [self.hardware, self.series].map(|id| id.map(|id| id.to_string()).unwrap_or_default());
        links::query_string(&[
            ("hardware", &hardware),
            ("series", &series),
            ("user", &self.user),
            ("state", &self.state),
            ("from", &self.from),
            ("to", &self.to),
            ("limit", &self.limit.to_string()),
            ("cursor", &self.cursor),
        ])
    }
}
