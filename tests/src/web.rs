//! Asking over HTTP, and reading the answer to its end.

use std::time::Duration;

use reqwest::{Client, RequestBuilder, StatusCode, header::HeaderMap, redirect::Policy};
use serde_json::Value;

/// Longer than a service may take to find out that its database is gone.
const TIMEOUT: Duration = Duration::from_secs(30);

/// A client that asks nobody but whom it is told to.
pub fn client() -> Client {
    Client::builder().no_proxy().redirect(Policy::none()).timeout(TIMEOUT).build().unwrap()
}

/// A client that makes a new connection for every request.
pub fn client_without_keep_alive() -> Client {
    let builder = Client::builder().no_proxy().redirect(Policy::none()).timeout(TIMEOUT);
    builder.pool_max_idle_per_host(0).build().unwrap()
}

/// What came back, read to its end.
#[derive(Debug)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
}

impl Answer {
    /// Sends the request.
    ///
    /// # Errors
    /// No answer came, or not all of it.
    pub async fn of(request: RequestBuilder) -> reqwest::Result<Self> {
        let response = request.send().await?;
        let (status, headers) = (response.status(), response.headers().clone());
        Ok(Self { status, headers, body: response.text().await? })
    }

    /// It must have this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self
    }

    /// It must hold this text.
    #[track_caller]
    pub fn has(self, text: &str) -> Self {
        assert!(self.body.contains(text), "`{text}` is not in:\n{}", self.body);
        self
    }

    /// It must not hold this text.
    #[track_caller]
    pub fn lacks(self, text: &str) -> Self {
        assert!(!self.body.contains(text), "`{text}` is in:\n{}", self.body);
        self
    }

    /// It must be JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.body))
    }

    /// Its media type, or nothing.
    pub fn media_type(&self) -> &str {
        self.headers.get("content-type").map(|value| value.to_str().unwrap()).unwrap_or_default()
    }
}
