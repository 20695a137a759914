//! Asks the hardware service over HTTP. The contract is its `openapi.json`; no code is shared with it.
//!
//! Every call is bounded: in the time to connect, in its whole time, and in how much it reads.

mod address;
mod availability;
mod bookings;
mod failure;
mod listing;
mod reservation;
mod series;
mod tasks;
mod wire;

use std::time::Duration;

use poem::http::{HeaderMap, StatusCode, header};
use reqwest::{Client, Response, Url};
use serde::de::DeserializeOwned;

pub use self::{
    address::base_url,
    availability::{NextQuery, Outline, OutlineQuery},
    bookings::{Bookings, BookingsQuery, Change},
    failure::Failure,
    listing::{ListQuery, Listing, NextPage, instant},
    reservation::{
        Claim, Line, NewReservation, NotFree, Reservation, ShortLine, Span, State, Steps, Stretch, Units,
        WrongState,
    },
    series::{Booked, Changed, Occurrences, Repeat, Scope, Skipped, Unchanged},
    tasks::{Adding, NewTask, Task, Tasks, TasksQuery},
    wire::{Availability, Entry, Facet, Facets, Hardware, Refusal, RefusedField},
};

/// An answer above this is not read to its end: 1,000 rows with long descriptions stay below it.
const MAX_ANSWER_BYTES: usize = 8 << 20;

/// Idle connections kept to the one host that is asked.
const MAX_IDLE_CONNECTIONS: usize = 64;

/// Shorter than the 75 s after which servers and load balancers commonly drop an idle connection.
const IDLE_TIMEOUT: Duration = Duration::from_secs(60);

/// The way to the hardware service. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HardwareClient {
    http: Client,
    base: Url,
    read_timeout: Duration,
    write_timeout: Duration,
}

/// How long to wait for the service.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// To connect.
    pub connect: Duration,
    /// For a whole call that reads.
    pub read: Duration,
    /// For a whole call that writes: it may have to wait for others.
    pub write: Duration,
}

impl HardwareClient {
    /// Talks to the service at `base`.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up at all.
    pub fn new(base: Url, timeouts: Timeouts) -> reqwest::Result<Self> {
        let http = Client::builder()
            .connect_timeout(timeouts.connect)
            .timeout(timeouts.read)
            .pool_max_idle_per_host(MAX_IDLE_CONNECTIONS)
            .pool_idle_timeout(IDLE_TIMEOUT)
            .tcp_nodelay(true)
            // The service is a neighbour: a proxy meant for the internet would not know it, and it sends no redirects.
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("toolcrib-portal/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { http, base, read_timeout: timeouts.read, write_timeout: timeouts.write })
    }

    /// One page of the list. `headers` say on whose behalf (see [`crate::visit::Visit::outgoing`]).
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn list(&self, query: &ListQuery, headers: HeaderMap) -> Result<Listing, Failure> {
        let answer = self.get("hardware", &query.to_query(), headers).await?;
        let about = answer.headers().clone();
        Ok(Listing::new(read_json(answer).await?, &about))
    }

    /// What the filters can be set to.
    ///
    /// # Errors
    /// As [`Failure`] sorts them.
    pub async fn facets(&self, headers: HeaderMap) -> Result<Facets, Failure> {
        read_json(self.get("hardware/facets", "", headers).await?).await
    }

    /// One line of the catalogue.
    ///
    /// # Errors
    /// As [`Failure`] sorts them; [`Failure::NotFound`] for an id that is not there.
    pub async fn entry(&self, id: i64, headers: HeaderMap) -> Result<Entry, Failure> {
        read_json(self.get(&format!("hardware/{id}"), "", headers).await?).await
    }

    async fn get(&self, path: &str, query: &str, headers: HeaderMap) -> Result<Response, Failure> {
        let mut url = self.base.join(path).map_err(|error| Failure::Unusable(error.to_string()))?;
        url.set_query((!query.is_empty()).then_some(query));
        let sent =
            self.http.get(url).headers(headers).header(header::ACCEPT, "application/json").send().await;
        let answer = sent.map_err(|error| failure::transport(&error))?;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            status => Err(refused(status, answer).await),
        }
    }
}

async fn refused(status: StatusCode, answer: Response) -> Failure {
    let retry_after_s = answer.headers().get(header::RETRY_AFTER).and_then(|v| v.to_str().ok()?.parse().ok());
    match status {
        // A 404 without a problem document is somebody else's: the address leads to another service.
        StatusCode::NOT_FOUND if is_problem(&answer) => Failure::NotFound,
        StatusCode::SERVICE_UNAVAILABLE => Failure::Unavailable { retry_after_s },
        StatusCode::TOO_MANY_REQUESTS => Failure::TooMany { retry_after_s },
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => match read_json(answer).await {
            Ok(refusal) => Failure::Refused { status, refusal },
            Err(failure) => failure,
        },
        other => Failure::Unusable(format!("status {other}")),
    }
}

fn is_problem(answer: &Response) -> bool {
    let content_type =
        answer.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    content_type.starts_with(chassis::problem::PROBLEM_JSON)
}

async fn read_json<T: DeserializeOwned>(answer: Response) -> Result<T, Failure> {
    let body = read_bounded(answer).await?;
    serde_json::from_slice(&body).map_err(|error| Failure::Unusable(format!("its JSON: {error}")))
}

async fn read_bounded(mut answer: Response) -> Result<Vec<u8>, Failure> {
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| failure::transport(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER_BYTES {
            return Err(Failure::Unusable(format!("longer than {MAX_ANSWER_BYTES} bytes")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
