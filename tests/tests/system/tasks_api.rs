//! `/tasks` of the shipped binary, on SQLite and on MySQL.

mod hostile;
mod keys;

use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Answer, Service, Settings, mysql, run};

/// When its clock starts.
const NOW: &str = "2026-06-11T12:00:00Z";

/// A service on a new database with the two sample rows.
struct Api {
    service: Service,
    _folder: TempDir,
}

impl Api {
    async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::on(Settings::sqlite(folder.path()), folder).await
    }

    async fn mysql() -> Self {
        let account = mysql::shared().await.account("12345").await;
        Self::on(account.settings(), tempfile::tempdir().unwrap()).await
    }

    async fn on(settings: Settings, folder: TempDir) -> Self {
        let settings = settings.with("CLOCK", NOW);
        run(&["migrate"], &settings).await.ok();
        run(&["seed"], &settings).await.ok();
        Self { service: Service::ready("hardware", settings).await, _folder: folder }
    }

    async fn get(&self, path: &str) -> Answer {
        self.service.get(path).await
    }

    async fn add(&self, body: &Value) -> Answer {
        self.service.post("/tasks", body).await
    }

    /// Adds a task; what was answered.
    async fn added(&self, body: &Value) -> Value {
        self.add(body).await.is(201).json()
    }

    async fn change(&self, method: Method, id: i64, if_match: &str, body: Option<Value>) -> Answer {
        let request = self.service.request(method, &format!("/tasks/{id}")).header("if-match", if_match);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        Answer::of(request).await.unwrap()
    }

    /// What is free of a hardware over a day.
    async fn free(&self, hardware: i64) -> Value {
        let path =
            format!("/hardware/{hardware}/availability?from=2027-01-11T00:00:00Z&to=2027-01-12T00:00:00Z");
        self.get(&path).await.is(200).json()["min_free"].clone()
    }
}

/// A problem of this status; `field: detail` of each of its errors.
#[track_caller]
fn wrong(answer: Answer, status: u16) -> Vec<String> {
    let answer = answer.is(status);
    assert_eq!(answer.media_type(), "application/problem+json", "{}", answer.body);
    let problem = answer.json();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    errors
        .iter()
        .map(|e| format!("{}: {}", e["field"].as_str().unwrap(), e["detail"].as_str().unwrap()))
        .collect()
}

/// The fields alone.
#[track_caller]
fn wrong_fields(answer: Answer, status: u16) -> Vec<String> {
    wrong(answer, status).into_iter().map(|error| error.split(':').next().unwrap().to_owned()).collect()
}

/// Makes two tests of one.
macro_rules! on_both {
    ($(async fn $name:ident($api:ident) $body:block)+) => {$(
        async fn $name($api: crate::tasks_api::Api) $body

        mod $name {
            use crate::tasks_api::Api;

            #[tokio::test]
            async fn sqlite() {
                super::$name(Api::sqlite().await).await;
            }

            #[tokio::test]
            async fn mysql() {
                super::$name(Api::mysql().await).await;
            }
        }
    )+};
}
use on_both;

fn ids(list: &Answer) -> Vec<i64> {
    list.json().as_array().unwrap().iter().map(|task| task["id"].as_i64().unwrap()).collect()
}

const REQUIRED: &str = "is required and must not be empty";

on_both! {
    async fn a_new_task_is_not_done_and_tells_when_it_was_made(api) {
        let answer = api.add(&json!({ "title": "Order cables", "text": "Two of\nfive metres" })).await.is(201);
        let task = answer.json();
        assert_eq!((&task["done"], &task["title"], &task["version"]), (&json!(false), &json!("Order cables"), &json!(1)));
        assert_eq!(answer.headers["location"], format!("/tasks/{}", task["id"]).as_str());
        assert_eq!(answer.headers["etag"], "\"1\"");
        let made = task["created_at"].as_str().unwrap();
        assert!(made.starts_with("2026-06-11T12:0") && made.ends_with('Z') && made.len() == NOW.len(), "{made}");
        assert_eq!(task["updated_at"], task["created_at"]);
        assert_eq!(api.get(answer.headers["location"].to_str().unwrap()).await.is(200).json(), task);
    }

    async fn the_newest_is_first_also_within_one_second(api) {
        let mut made = Vec::new();
        for i in 0..7 {
            made.insert(0, api.added(&json!({ "title": format!("t{i}"), "text": "x" })).await["id"].as_i64().unwrap());
        }
        let all = api.get("/tasks").await.is(200);
        assert_eq!((ids(&all), &all.headers["x-total-count"]), (made.clone(), &"7".parse().unwrap()));
        let seconds: std::collections::BTreeSet<_> = all.json().as_array().unwrap().iter().map(|t| t["created_at"].to_string()).collect();
        assert!(seconds.len() < 7, "no two were made in one second: {seconds:?}");
        let page = api.get("/tasks?limit=3").await.is(200);
        assert_eq!(ids(&page), made[..3]);
        let next = page.headers["link"].to_str().unwrap();
        let next = next.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
        assert_eq!(ids(&api.get(&next).await.is(200)), made[3..6]);
        assert_eq!(Answer::of(api.service.request(Method::HEAD, "/tasks")).await.unwrap().is(200).body, "");
    }

    async fn title_and_text_are_required_and_the_title_comes_first(api) {
        let both = [format!("title: {REQUIRED}"), format!("text: {REQUIRED}")];
        for body in [json!({}), json!({ "title": "", "text": "" }), json!({ "title": " \t ", "text": "\n" })] {
            assert_eq!(wrong(api.add(&body).await, 422), both, "{body}");
        }
        assert_eq!(wrong(api.add(&json!({ "title": "x" })).await, 422), both[1..]);
        assert_eq!(wrong(api.add(&json!({ "text": "x" })).await, 422), both[..1]);
        let id = api.added(&json!({ "title": "x", "text": "x" })).await["id"].as_i64().unwrap();
        assert_eq!(wrong(api.change(Method::PATCH, id, "*", Some(json!({ "title": "" }))).await, 422), both[..1]);
    }

    async fn a_title_has_sixty_characters_however_many_bytes_they_take(api) {
        for (one, times) in [("x", 60), ("ß", 60), ("🦀", 60), ("e\u{301}", 30)] {
            let title = one.repeat(times);
            assert_eq!(api.added(&json!({ "title": title, "text": "x" })).await["title"], title);
            let longer = json!({ "title": format!("{title}x"), "text": "x" });
            assert_eq!(wrong_fields(api.add(&longer).await, 422), ["title"], "{title}");
        }
        let padded = json!({ "title": format!("  {}  ", "x".repeat(60)), "text": "x" });
        assert_eq!(api.added(&padded).await["title"], "x".repeat(60));
        let text = "🦀".repeat(10_000);
        assert_eq!(api.added(&json!({ "title": "x", "text": text })).await["text"], text);
    }

    async fn a_task_is_ticked_off_and_removed_by_its_version(api) {
        let id = api.added(&json!({ "title": "x", "text": "x" })).await["id"].as_i64().unwrap();
        let done = api.change(Method::PATCH, id, "\"1\"", Some(json!({ "done": true }))).await.is(200);
        assert_eq!((&done.json()["done"], &done.headers["etag"]), (&json!(true), &"\"2\"".parse().unwrap()));
        let stale = api.change(Method::PATCH, id, "\"1\"", Some(json!({ "done": false }))).await.is(412);
        assert_eq!(stale.json()["version"], 2);
        assert_eq!(wrong_fields(api.change(Method::PATCH, id, "2", Some(json!({}))).await, 400), ["If-Match"]);
        // Weak tags never match, and what changes nothing is no new version.
        api.change(Method::PATCH, id, "W/\"2\"", Some(json!({}))).await.is(412);
        let same = api.change(Method::PATCH, id, "\"7\", \"2\"", Some(json!({ "done": true }))).await.is(200);
        assert_eq!(same.json()["version"], 2);
        assert_eq!(ids(&api.get("/tasks?done=true").await), [id]);
        assert_eq!(ids(&api.get("/tasks?done=false").await), [0_i64; 0]);
        api.change(Method::DELETE, id, "\"1\"", None).await.is(412);
        assert_eq!(api.change(Method::DELETE, id, "\"2\"", None).await.is(204).body, "");
        api.change(Method::DELETE, id, "*", None).await.is(404);
        api.get(&format!("/tasks/{id}")).await.is(404);
    }

    async fn only_a_window_with_units_takes_anything_out_of_service(api) {
        let window = json!({ "title": "x", "text": "x", "hardware": 1, "starts_at": "2027-01-11T08:00:00Z", "ends_at": "2027-01-11T12:00:00Z" });
        let task = api.added(&window).await;
        assert_eq!((&task["qty"], api.free(1).await), (&json!(null), json!(4)));
        let mut units = window.clone();
        units["qty"] = json!(3);
        api.added(&units).await;
        assert_eq!(api.free(1).await, 1);
        assert_eq!(api.add(&units).await.is(409).json()["type"], "urn:toolcrib:problem:not-free");
        for (member, value, field) in [
            ("hardware", json!(99), "hardware"),
            ("hardware", json!(0), "hardware"),
            ("hardware", json!(-1), "hardware"),
            ("hardware", json!(null), "hardware"),
            ("starts_at", json!("2027-01-11T12:00:00Z"), "ends_at"),
            ("starts_at", json!(null), "starts_at"),
            ("qty", json!(0), "qty"),
            ("qty", json!(1_000_001), "qty"),
        ] {
            let mut body = units.clone();
            body[member] = value;
            let fields = wrong_fields(api.add(&body).await, 422);
            assert!(fields.iter().all(|wrong| wrong == field) && !fields.is_empty(), "{body}: {fields:?}");
        }
        assert_eq!(api.free(1).await, 1);
    }

    async fn a_request_sent_again_under_its_key_is_not_done_again_also_after_a_crash(api) {
        let mut api = api;
        let send = async |api: &Api, text: &str| {
            let request = api.service.request(Method::POST, "/tasks").header("idempotency-key", "k 1");
            Answer::of(request.json(&json!({ "title": "x", "text": text }))).await.unwrap()
        };
        let first = send(&api, "a").await.is(201);
        api.service.kill();
        api.service.start_again();
        api.service.becomes_ready().await;
        let again = send(&api, "a").await.is(201);
        assert_eq!((&again.body, &again.headers["location"], &again.headers["etag"]), (&first.body, &first.headers["location"], &first.headers["etag"]));
        assert_eq!(again.headers["idempotent-replayed"], "true");
        assert_eq!(wrong_fields(send(&api, "b").await, 422), ["Idempotency-Key"]);
        assert_eq!(ids(&api.get("/tasks").await).len(), 1);
        let verified = run(&["verify"], &api.service.settings).await.ok();
        assert_eq!((&verified.json()["violations"], &verified.json()["tasks"]), (&json!(0), &json!(1)));
    }

    async fn migrating_twice_is_harmless_also_while_it_runs(api) {
        let task = api.added(&json!({ "title": "x", "text": "x" })).await;
        for _ in 0..2 {
            run(&["migrate"], &api.service.settings).await.ok();
        }
        run(&["migrate", "--check"], &api.service.settings).await.ok();
        assert_eq!(api.get("/tasks").await.is(200).json(), json!([task]));
        assert_eq!(api.get("/hardware").await.is(200).json().as_array().unwrap().len(), 2);
    }
}
