//! A stand-in that knows tasks.

use serde_json::{Value, json};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path, query_param},
};

use super::{asked, mount};

/// An open to-do; `changes` go over it.
pub(crate) fn task(id: i64, changes: Value) -> Value {
    let mut task = json!({
        "id": id, "title": "Replace the fan", "text": "It rattles.", "done": false, "hardware": null, "starts_at": null,
        "ends_at": null, "qty": null, "forced": false, "version": 1, "created_at": "2026-06-10T16:04:59Z",
        "updated_at": "2026-06-10T16:04:59Z", "of_tomorrow": [1],
    });
    for (key, value) in changes.as_object().unwrap() {
        task[key] = value.clone();
    }
    task
}

/// An answer to `GET /tasks` with the headers of the contract.
pub(crate) fn task_list(rows: &[Value]) -> ResponseTemplate {
    ResponseTemplate::new(200)
        .set_body_json(rows)
        .insert_header("x-total-count", rows.len().to_string().as_str())
}

/// Answers the list with these, and says how many of them are open.
pub(crate) async fn mount_tasks(server: &MockServer, rows: &[Value]) {
    let open: Vec<Value> = rows.iter().filter(|task| task["done"] == false).cloned().collect();
    Mock::given(method("GET"))
        .and(path("/tasks"))
        .and(query_param("done", "false"))
        .respond_with(task_list(&open))
        .with_priority(1)
        .mount(server)
        .await;
    mount(server, "/tasks", task_list(rows)).await;
}

/// The queries of what was read at `at`, in order of their text.
pub(crate) async fn queries(server: &MockServer, at: &str) -> Vec<String> {
    let sent = asked(server, at).await.into_iter().filter(|sent| sent.method.as_str() == "GET");
    let mut queries: Vec<_> = sent.map(|sent| sent.url.query().unwrap_or_default().to_owned()).collect();
    queries.sort();
    queries
}
