//! One of the 32 who all want the same.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::Value;
use system_tests::{Answer, web};

use crate::{booking::Booking, dice::Dice, tally::Tally};

/// How long somebody insists on an answer: far longer than a database takes to come back from a crash.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Client {
    pub number: usize,
    pub dice: Dice,
    pub tally: Arc<Tally>,
    http: reqwest::Client,
    urls: Vec<String>,
}

/// A request, so that it can be sent again.
#[derive(Clone, Debug)]
pub struct Call {
    pub method: Method,
    pub path: String,
    pub key: Option<String>,
    /// For `If-Match`.
    pub version: Option<i64>,
    pub body: Value,
}

impl Call {
    pub fn new(method: Method, path: String, body: Value) -> Self {
        Self { method, path, key: None, version: None, body }
    }

    /// Without a body.
    pub fn post(path: String) -> Self {
        Self::new(Method::POST, path, Value::Null)
    }

    pub fn book(booking: &Booking, key: Option<&str>) -> Self {
        let call = Self::new(Method::POST, "/reservations".to_owned(), booking.body());
        Self { key: key.map(str::to_owned), ..call }
    }
}

/// What came of a request.
#[derive(Debug)]
pub enum Reply {
    Accepted(Answer),
    Refused(Answer),
    /// No answer, or none that anybody may get; the tally knows.
    Fault,
}

impl Client {
    pub fn new(number: usize, dice: Dice, tally: Arc<Tally>, urls: Vec<String>) -> Self {
        Self { number, dice, tally, http: web::client(), urls }
    }

    /// Sends a request once, to the process that this client is used to.
    pub async fn send(&self, call: &Call) -> Reply {
        self.send_allowing(call, &[409]).await
    }

    /// The same where there are more ways to be refused.
    pub async fn send_allowing(&self, call: &Call, refusals: &[u16]) -> Reply {
        match self.attempt(call, self.number).await {
            Ok(answer) => self.judge(call, answer, refusals),
            Err(error) => {
                self.tally.fault(format!("{call:?}: {error:?}"));
                Reply::Fault
            }
        }
    }

    /// Sends a request again and again, to one process and the other, until it is answered.
    pub async fn insist(&mut self, call: &Call) -> Reply {
        let started = Instant::now();
        let mut process = self.number;
        while started.elapsed() < PATIENCE {
            match self.attempt(call, process).await {
                Ok(answer) if answer.status == 503 => {}
                Ok(answer) => return self.judge(call, answer, &[409]),
                Err(_) => {}
            }
            self.tally.retried.up();
            process += 1;
            let pause = self.dice.between(10, 150).unsigned_abs();
            tokio::time::sleep(Duration::from_millis(pause)).await;
        }
        self.tally.fault(format!("{call:?}: no answer within {PATIENCE:?}"));
        Reply::Fault
    }

    async fn attempt(&self, call: &Call, process: usize) -> reqwest::Result<Answer> {
        let url = format!("{}{}", self.urls[process % self.urls.len()], call.path);
        let mut request = self.http.request(call.method.clone(), url);
        if !call.body.is_null() {
            request = request.json(&call.body);
        }
        if let Some(key) = &call.key {
            request = request.header("idempotency-key", key);
        }
        if let Some(version) = call.version {
            request = request.header("if-match", format!("\"{version}\""));
        }
        self.tally.requests.up();
        Answer::of(request).await
    }

    fn judge(&self, call: &Call, answer: Answer, refusals: &[u16]) -> Reply {
        let status = answer.status.as_u16();
        if (200..300).contains(&status) {
            self.tally.accepted.up();
            Reply::Accepted(answer)
        } else if refusals.contains(&status) {
            self.tally.refused.up();
            Reply::Refused(answer)
        } else {
            self.tally.fault(format!("{call:?}: {status} {}", answer.body));
            Reply::Fault
        }
    }
}
