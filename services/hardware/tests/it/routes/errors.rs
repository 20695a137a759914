//! Errors that no handler writes are problems as well.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, TestApp};

#[tokio::test]
async fn an_unknown_address_is_404() {
    let app = TestApp::sqlite().await;
    for path in ["/", "/nope", "/hardware/1/nope", "/%00", "/hardware/..%2f"] {
        let answer = app.get(path).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{path}");
        let status = answer.status.as_u16();
        answer.problem(status);
    }
}

#[tokio::test]
async fn a_wrong_method_is_405_and_says_which_are_right() {
    let app = TestApp::sqlite().await;
    for (method, path, allow) in [
        (Method::PUT, "/hardware", "GET, HEAD, POST"),
        (Method::DELETE, "/hardware/", "GET, HEAD, POST"),
        (Method::POST, "/hardware/1", "DELETE, GET, HEAD, PATCH"),
        (Method::POST, "/hardware.csv", "GET, HEAD"),
        (Method::POST, "/readyz", "GET, HEAD"),
    ] {
        let answer = Answer::of(app.request(method, path)).await;
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        answer.problem(405);
    }
}

#[tokio::test]
async fn parameters_that_cannot_be_read_are_named_without_rust_types() {
    let app = TestApp::sqlite().await;
    for (query, field) in [
        ("limit=1.5", "limit"),
        ("qty=many", "qty"),
        ("from=yesterday", "from"),
        ("to=2026-13-01T00:00", "to"),
        ("free_only=maybe", "free_only"),
        ("ids=1,x", "ids"),
    ] {
        let problem = app.get(&format!("/hardware?{query}")).await.problem(400);
        assert_eq!(problem["errors"][0]["field"], field);
        let detail = problem["detail"].as_str().unwrap();
        assert!(
            !detail.contains("parse") && !detail.contains("integer_") && !detail.contains("::"),
            "{detail}"
        );
    }
}

#[tokio::test]
async fn impossible_parameters_are_named_all_at_once() {
    let app = TestApp::sqlite().await;
    let query = "qty=0&limit=0&tz=Mars&from=2026-01-02T00:00Z&to=2026-01-02T00:00Z&q=a+b+c+d+e&tag=x";
    let wrong = app.get(&format!("/hardware?{query}")).await.wrong_fields(422);
    assert_eq!(wrong, ["qty", "limit", "tz", "to", "q", "tag"]);
    let gap = app.get("/hardware?from=2026-03-08T02:30&tz=America/New_York").await.problem(422);
    assert!(gap["detail"].as_str().unwrap().contains("does not exist in America/New_York"), "{gap}");
}

#[tokio::test]
async fn too_many_requests_are_429_and_say_when_to_come_back() {
    let app = TestApp::sqlite_with(&[("RATE_LIMIT__PER_SECOND", "1"), ("RATE_LIMIT__BURST", "3")]).await;
    for left in ["2", "1", "0"] {
        let answer = app.get("/hardware").await.expect(200);
        assert!(answer.header("ratelimit").unwrap().contains(&format!("r={left};")));
        assert_eq!(answer.header("ratelimit-policy"), Some("\"default\";q=3;w=3"));
    }
    let refused = app.get("/hardware").await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    refused.problem(429);
    app.get("/readyz").await.expect(200);
}

#[tokio::test]
async fn a_database_that_went_away_is_503_and_comes_back() {
    let app = TestApp::sqlite().await;
    let behind = "schema behind by 1: run `hardware migrate`".to_owned();
    app.readiness.send_replace(chassis::health::Readiness::NotReady(behind));
    for path in ["/hardware", "/hardware/1", "/hardware.csv", "/readyz"] {
        let answer = app.get(path).await;
        assert_eq!(answer.header("retry-after"), Some("1"), "{path}");
        let told = answer.problem(503)["detail"].as_str().unwrap().contains("run `hardware migrate`");
        assert_eq!(told, path == "/readyz", "why is for operators: {path}");
    }
    for path in ["/health", "/livez", "/docs", "/openapi.json"] {
        app.get(path).await.expect(200);
    }
    app.readiness.send_replace(chassis::health::Readiness::Ready);
    app.get("/hardware").await.expect(200);
    app.db.close().await;
    app.get("/hardware").await.problem(503);
    app.post("/hardware", json!({ "provider": "a", "name": "b" })).await.problem(503);
}
