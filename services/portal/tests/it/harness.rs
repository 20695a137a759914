//! A portal and a stand-in hardware service, both on ports of their own.

mod tasks;

use std::collections::BTreeMap;

use chassis::{Clock, health::Readiness, serve};
use poem::http::HeaderMap;
use portal::{app, config::Config};
use reqwest::{Client, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use tokio::sync::watch;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

pub(crate) use self::tasks::{mount_tasks, queries, task, task_list};

/// Thu 11 Jun 2026, 13:42:07 in Berlin.
pub(crate) const NOW: &str = "2026-06-11T11:42:07Z";

/// A running portal.
pub(crate) struct Portal {
    pub(crate) url: String,
    pub(crate) clock: Clock,
    http: Client,
}

/// A page as it came.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Page {
    #[track_caller]
    pub(crate) fn has(&self, text: &str) -> &Self {
        assert!(self.html.contains(text), "`{text}` is not in:\n{}", self.html);
        self
    }

    #[track_caller]
    pub(crate) fn lacks(&self, text: &str) -> &Self {
        assert!(!self.html.contains(text), "`{text}` is in:\n{}", self.html);
        self
    }

    #[track_caller]
    pub(crate) fn is(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.html);
        self
    }

    #[track_caller]
    pub(crate) fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).unwrap_or_else(|| panic!("no {name} in {:?}", self.headers));
        value.to_str().unwrap()
    }
}

impl Portal {
    /// A portal that asks the service at `hardware`.
    pub(crate) async fn start(hardware: &str) -> Self {
        Self::start_with(hardware, &[]).await
    }

    /// With the limits that it is shipped with.
    pub(crate) async fn impatient(hardware: &str) -> Self {
        let shipped = [("HARDWARE__CONNECT_TIMEOUT_MS", "250"), ("HARDWARE__TIMEOUT_MS", "750")];
        Self::start_with(hardware, &shipped).await
    }

    /// The same with further settings.
    pub(crate) async fn start_with(hardware: &str, settings: &[(&str, &str)]) -> Self {
        // A machine that is busy with other tests is not an outage: what is about one sets its own limits.
        let usual = [
            ("HARDWARE_HOST", hardware),
            ("CUSTOMER__TZ", "Europe/Berlin"),
            ("RATE_LIMIT__PER_SECOND", "0"),
            ("HARDWARE__CONNECT_TIMEOUT_MS", "5000"),
            ("HARDWARE__TIMEOUT_MS", "10000"),
        ];
        let mut env: BTreeMap<String, String> =
            usual.into_iter().map(|(k, v)| (k.to_owned(), v.to_owned())).collect();
        env.extend(settings.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())));
        let config = Config::load(env).unwrap();
        let clock = Clock::stopped_at(NOW.parse::<chrono::DateTime<chrono::Utc>>().unwrap().timestamp());
        let (readiness, ready) = watch::channel(Readiness::Ready);
        let app = app::build(&config, clock.clone(), ready).unwrap();
        let listeners = serve::bind(&["127.0.0.1:0".parse().unwrap()]).await.unwrap();
        let url = format!("http://{}", listeners[0].local_addr().unwrap());
        tokio::spawn(serve::run(
            app,
            listeners,
            readiness,
            config.server,
            config.shutdown,
            std::future::pending(),
        ));
        let http = Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none()).build().unwrap();
        Self { url, clock, http }
    }

    /// A request as a browser sends it.
    pub(crate) fn request(&self, method: &str, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.url);
        self.http
            .request(method.parse().unwrap(), url)
            .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        read(self.request("GET", path)).await
    }

    /// A form as a browser sends it from our own page.
    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        read(self.form(path, fields)).await
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.request("POST", path)
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(portal::links::query_string(fields))
    }
}

/// Sends a request and reads its answer.
pub(crate) async fn read(request: RequestBuilder) -> Page {
    let answer = request.send().await.unwrap();
    let (status, headers) = (answer.status(), answer.headers().clone());
    Page { status, headers, html: answer.text().await.unwrap() }
}

/// A row of `GET /hardware`; `changes` go over a plain one.
pub(crate) fn row(id: i64, provider: &str, name: &str, changes: Value) -> Value {
    let mut row = json!({
        "id": id, "provider": provider, "name": name, "availability": "HIGH", "capacity": 4, "free": 4, "free_now": 4,
        "fits": true, "next_free_at": "2026-06-11T11:42:07Z", "overcommitted": 0, "category": null, "location": null,
        "description": null, "tags": [], "tz": null, "buffer_s": 0, "version": 1, "a_field_of_tomorrow": {"x": 1},
    });
    for (key, value) in changes.as_object().unwrap() {
        row[key] = value.clone();
    }
    row
}

/// The two sample rows.
pub(crate) fn sample() -> Vec<Value> {
    vec![
        row(1, "Amazon", "c5", json!({ "availability": "MEDIUM", "free": 2 })),
        row(2, "Azure", "H16mr", json!({ "category": "h" })),
    ]
}

/// An answer to `GET /hardware` with the headers of the contract.
pub(crate) fn listing(rows: &[Value], total: usize) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(rows)
        .insert_header("x-total-count", total.to_string().as_str())
        .insert_header("content-location", "/hardware?from=2026-06-11T11:42:07Z&to=2026-06-11T12:42:07Z")
}

/// A refusal as problem+json.
pub(crate) fn problem(status: u16, errors: &[(&str, &str)]) -> ResponseTemplate {
    let errors: Vec<Value> = errors.iter().map(|(f, d)| json!({ "field": f, "detail": d })).collect();
    let body = json!({ "type": "about:blank", "title": "x", "status": status, "detail": "In short: no.", "errors": errors });
    ResponseTemplate::new(status).set_body_raw(body.to_string(), "application/problem+json")
}

/// The catalogue's entry for `GET /hardware/7`.
pub(crate) fn entry(changes: Value) -> Value {
    let mut entry = json!({
        "id": 7, "provider": "Lab B2", "name": "HIL rig 3", "capacity": 10, "buffer_s": 1800, "tz": "America/New_York",
        "category": "rig", "location": "bay 7", "description": "dSPACE, RTX 4000", "tags": ["net=efa", "gpu=a100"],
        "version": 3, "created_at": "2026-06-01T00:00:00Z", "updated_at": "2026-06-02T08:00:00Z",
    });
    for (key, value) in changes.as_object().unwrap() {
        entry[key] = value.clone();
    }
    entry
}

/// Booking 9, of two units of item 7; `changes` go over it.
pub(crate) fn reservation(changes: Value) -> Value {
    let line = json!({ "hardware": 7, "provider": "Lab B2", "name": "HIL rig 3", "qty": 2, "out": 0, "returned": 0 });
    let mut booking = json!({
        "id": 9, "state": "confirmed", "starts_at": "2026-06-11T12:00:00Z", "ends_at": "2026-06-11T16:00:00Z",
        "user": "ada", "purpose": "Camera drift", "at_risk": false, "overdue": false, "lines": [line], "series_id": null,
        "version": 3, "created_at": "2026-06-10T08:00:00Z", "updated_at": "2026-06-10T08:00:00Z", "of_tomorrow": [1],
    });
    for (key, value) in changes.as_object().unwrap() {
        booking[key] = value.clone();
    }
    booking
}

/// 409: three units of item 7 at most are free, somebody and a maintenance have the others, and two other times fit.
pub(crate) fn not_free(changes: Value) -> ResponseTemplate {
    let claims = json!([
        { "reservation": 4, "task": null, "from": "2026-06-10T07:00:00Z", "to": "2026-06-12T06:00:00Z", "qty": 4, "user": "llm-eval" },
        { "reservation": 5, "task": null, "from": "2026-06-11T06:00:00Z", "to": "2026-06-11T16:30:00Z", "qty": 2, "user": null },
        { "reservation": null, "task": 3, "from": "2026-06-11T06:00:00Z", "to": "9999-12-31T00:00:00Z", "qty": 1, "user": null },
    ]);
    let blocked = json!([{ "from": "2026-06-11T12:00:00Z", "to": "2026-06-11T16:30:00Z", "free": 3 }]);
    let mut line = json!({
        "hardware": 7, "provider": "Lab B2", "name": "HIL rig 3", "requested": 4, "free": 3, "capacity": 10,
        "blocked": blocked, "claims": claims,
    });
    let mut alternatives = json!([
        { "starts_at": "2026-06-11T16:30:00Z", "ends_at": "2026-06-11T20:30:00Z" },
        { "starts_at": "2026-06-13T22:00:00Z", "ends_at": "2026-06-14T02:00:00Z" },
    ]);
    for (key, value) in changes.as_object().unwrap() {
        if key == "alternatives" { alternatives = value.clone() } else { line[key] = value.clone() }
    }
    conflict("not-free", json!({ "lines": [line], "alternatives": alternatives }))
}

/// 409 of this kind with these members.
pub(crate) fn conflict(kind: &str, members: Value) -> ResponseTemplate {
    let mut body = json!({ "type": format!("urn:toolcrib:problem:{kind}"), "title": "Conflict", "status": 409, "detail": "No." });
    for (key, value) in members.as_object().unwrap() {
        body[key] = value.clone();
    }
    ResponseTemplate::new(409).set_body_raw(body.to_string(), "application/problem+json")
}

/// Answers `verb` on `at` with `answer`.
pub(crate) async fn mount_for(server: &MockServer, verb: &str, at: &str, answer: ResponseTemplate) {
    Mock::given(method(verb)).and(path(at)).respond_with(answer).mount(server).await;
}

/// A stand-in that knows booking 9 as `changes` make it.
pub(crate) async fn with_reservation(changes: Value) -> MockServer {
    let server = MockServer::start().await;
    let booking = ResponseTemplate::new(200).set_body_json(reservation(changes));
    mount(&server, "/reservations/9", booking).await;
    server
}

/// The value of the first hidden field called `name` behind `after`.
pub(crate) fn hidden_field(html: &str, after: &str, name: &str) -> String {
    let rest = html.split_once(after).unwrap_or_else(|| panic!("no {after} in {html}")).1;
    let mark = format!("name=\"{name}\" value=\"");
    let value = rest.split_once(&mark).unwrap_or_else(|| panic!("no {name} behind {after} in {html}")).1;
    value.split_once('"').unwrap().0.to_owned()
}

/// A stand-in that answers the list with `list`, the facets, and item 7.
pub(crate) async fn hardware(list: ResponseTemplate) -> MockServer {
    let server = MockServer::start().await;
    mount(&server, "/hardware", list).await;
    let facets = json!({
        "providers": [{ "value": "Amazon", "count": 1 }, { "value": "Azure", "count": 1 }],
        "categories": [{ "value": "h", "count": 1 }],
        "locations": [],
    });
    mount(&server, "/hardware/facets", ResponseTemplate::new(200).set_body_json(facets)).await;
    server
}

/// Answers `GET` of `at` with `answer`.
pub(crate) async fn mount(server: &MockServer, at: &str, answer: ResponseTemplate) {
    Mock::given(method("GET")).and(path(at)).respond_with(answer).mount(server).await;
}

/// The requests that reached the stand-in at `at`.
pub(crate) async fn asked(server: &MockServer, at: &str) -> Vec<Request> {
    let all = server.received_requests().await.unwrap();
    all.into_iter().filter(|request| request.url.path() == at).collect()
}

/// The query of the only request that reached the stand-in at `at`.
pub(crate) async fn query(server: &MockServer, at: &str) -> String {
    let asked = asked(server, at).await;
    assert_eq!(asked.len(), 1);
    asked[0].url.query().unwrap_or_default().to_owned()
}
