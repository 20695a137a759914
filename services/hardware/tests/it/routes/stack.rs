//! What every answer carries, whoever wrote it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

#[tokio::test]
async fn every_answer_has_security_headers_and_a_request_id() {
    let app = TestApp::sqlite().await;
    for path in ["/hardware", "/nope", "/health", "/docs"] {
        let answer = app.get(path).await;
        for header in
            ["content-security-policy", "x-content-type-options", "x-frame-options", "referrer-policy"]
        {
            assert!(answer.header(header).is_some(), "{path} {header}");
        }
        assert_eq!(answer.header("x-request-id").unwrap().len(), 32);
    }
    let own = Answer::of(app.request(Method::GET, "/nope").header("x-request-id", "bench-7")).await;
    assert_eq!(own.header("x-request-id"), Some("bench-7"));
}

#[tokio::test]
async fn long_answers_are_compressed_as_the_caller_likes() {
    let app = TestApp::sqlite().await;
    for i in 0..20 {
        app.add(json!({ "provider": "a", "name": i.to_string() })).await;
    }
    let asked = |encodings: &'static str| {
        Answer::of(app.request(Method::GET, "/openapi.json").header("accept-encoding", encodings))
    };
    for (encodings, expected) in [
        ("gzip", Some("gzip")),
        ("br, gzip;q=0.5", Some("br")),
        ("gzip;q=0", None),
        ("gzip;q=0, zstd", Some("zstd")),
        ("identity", None),
        ("nonsense", None),
    ] {
        let request = app.request(Method::GET, "/hardware").header("accept-encoding", encodings);
        let response = request.send().await.unwrap();
        let headers = response.headers();
        assert_eq!(headers.get("content-encoding").map(|v| v.to_str().unwrap()), expected, "{encodings}");
        assert!(headers["vary"].to_str().unwrap().to_lowercase().contains("accept-encoding"), "{encodings}");
    }
    asked("identity").await.expect(200);
    let short = app.request(Method::GET, "/health").header("accept-encoding", "gzip").send().await.unwrap();
    assert!(!short.headers().contains_key("content-encoding"));
}

#[tokio::test]
async fn an_answer_says_how_long_it_is_and_head_has_no_body() {
    let app = TestApp::sqlite().await;
    let got = app.get("/hardware").await;
    assert_eq!(got.header("content-length"), Some("2"));
    let head = Answer::of(app.request(Method::HEAD, "/hardware")).await.expect(200);
    assert_eq!((head.body.as_str(), head.header("x-total-count")), ("", Some("0")));
    let missing = Answer::of(app.request(Method::HEAD, "/nope")).await.expect(404);
    assert_eq!(missing.body, "");
}

#[tokio::test]
async fn metrics_count_requests_by_route_and_statements_by_name() {
    let app = TestApp::sqlite().await;
    chassis::metrics::install();
    app.add(json!({ "provider": "a", "name": "b" })).await;
    app.get("/hardware/1").await.expect(200);
    app.get("/hardware").await.expect(200);
    app.get("/nope/1").await.expect(404);
    Answer::of(app.request(Method::from_bytes(b"BREW").unwrap(), "/hardware")).await.expect(405);
    let metrics = app.get("/metrics").await.expect(200).body;
    for expected in [
        "http_requests_total{method=\"GET\",route=\"/hardware/{id}\",status=\"200\"}",
        "http_requests_total{method=\"GET\",route=\"unmatched\",status=\"404\"}",
        "http_requests_total{method=\"OTHER\",route=\"/hardware\",status=\"405\"}",
        "http_request_duration_seconds_bucket{method=\"GET\",route=\"/hardware\",le=\"0.1\"}",
        "db_statements_total{name=\"hardware_list_all\"}",
        "hardware_availability_computations_total",
        "db_pool_connections{state=\"open\"}",
    ] {
        assert!(metrics.contains(expected), "{expected}\n{metrics}");
    }
}

#[tokio::test]
async fn metrics_can_move_to_an_address_of_their_own() {
    let app = TestApp::sqlite_with(&[("METRICS_BIND", "127.0.0.1:0")]).await;
    app.get("/metrics").await.problem(404);
}

#[tokio::test]
async fn swagger_ui_shows_the_document_that_is_served() {
    let app = TestApp::sqlite().await;
    let page = app.get("/docs").await.expect(200);
    assert!(page.header("content-type").unwrap().starts_with("text/html"));
    assert!(
        page.body.contains("SwaggerUIBundle") && page.body.contains("\"operationId\": \"list_hardware\"")
    );
    assert!(page.body.contains("#/components/schemas/Problem"));
    app.get("/docs/").await.expect(200);
    let document: Value = app.get("/openapi.json").await.expect(200).json();
    assert_eq!(document["paths"]["/hardware"]["get"]["operationId"], "list_hardware");
}
