//! What nobody in their right mind sends: it is refused with a problem, and the service goes on.

use reqwest::Method;
use serde_json::json;

use super::{Api, on_both, wrong, wrong_fields};
use crate::harness::Answer;

async fn raw(api: &Api, body: impl Into<reqwest::Body>) -> Answer {
    let request = api.service.request(Method::POST, "/tasks").header("content-type", "application/json");
    Answer::of(request.body(body)).await.unwrap()
}

on_both! {
    async fn a_body_that_is_no_task_is_400_and_nothing_is_added(api) {
        for body in [
            r#"{"title":"\ud800","text":"x"}"#,
            r#"{"title":"x","title":"y","text":"x"}"#,
            r#"{"title":"x","text":"x","done":"yes"}"#,
            r#"{"title":"x","text":"x","done":1}"#,
            r#"{"title":"x","text":"x","typo":1}"#,
            r#"{"title":7,"text":"x"}"#,
            r#"{"title":"x","text":"x","hardware":9223372036854775808}"#,
            r#"{"title":"x","text":"x","hardware":"1"}"#,
            r#"{"title":"x","text":"x","qty":1.5}"#,
            r#"{"title":"x","text":"x","starts_at":"tomorrow"}"#,
            r#"{"title":"x","text":"x"} {}"#,
            r#"{'title':'x'}"#,
            r#"["x","x"]"#,
            r#""x""#,
            "null",
            "{",
            "",
        ] {
            assert!(!wrong(raw(&api, body).await, 400).is_empty(), "{body}");
        }
        for deep in ["[".repeat(100_000), format!(r#"{{"title":{}"#, r#"{"a":"#.repeat(30_000))] {
            wrong(raw(&api, deep).await, 400);
        }
        wrong(raw(&api, b"{\"title\":\"\xff\",\"text\":\"x\"}".to_vec()).await, 400);
        assert_eq!(api.get("/tasks").await.is(200).json(), json!([]));
    }

    async fn impossible_texts_are_422_and_too_much_is_413(api) {
        for (title, text, field) in [
            ("a\u{0}b", "x", "title"),
            ("a\u{7f}b", "x", "title"),
            ("a\nb", "x", "title"),
            ("x", "a\u{0}b", "text"),
            ("x", "a\u{1b}[31mb", "text"),
        ] {
            assert_eq!(wrong_fields(api.add(&json!({ "title": title, "text": text })).await, 422), [field], "{title:?} {text:?}");
        }
        let long = json!({ "title": "x", "text": "x".repeat(100_000) });
        assert_eq!(wrong_fields(api.add(&long).await, 422), ["text"]);
        wrong(api.add(&json!({ "title": "x", "text": "x".repeat(300_000) })).await, 413);
        // What is merely strange is kept as it is.
        for odd in ["<script>alert(1)</script>", "'; DROP TABLE task; --", "\u{202e}olleh", "a\u{301}\u{302}", "\u{feff}x"] {
            let task = api.added(&json!({ "title": odd, "text": odd })).await;
            let path = format!("/tasks/{}", task["id"]);
            assert_eq!(api.get(&path).await.is(200).json()["text"], odd, "{odd:?}");
        }
    }

    async fn another_media_type_is_415(api) {
        let body = r#"{"title":"x","text":"x"}"#;
        for kind in ["text/plain", "application/x-www-form-urlencoded", "text/json", "multipart/form-data; boundary=x"] {
            let request = api.service.request(Method::POST, "/tasks").header("content-type", kind).body(body);
            wrong(Answer::of(request).await.unwrap(), 415);
        }
        wrong(Answer::of(api.service.request(Method::POST, "/tasks").body(body)).await.unwrap(), 415);
        raw(&api, body).await.is(201);
    }

    async fn a_key_that_cannot_be_is_422(api) {
        let body = json!({ "title": "x", "text": "x" });
        let key = |bytes: &[u8]| reqwest::header::HeaderValue::from_bytes(bytes).unwrap();
        for wrong in [key(b""), key(b"  "), key(b"a\tb"), key("é".as_bytes()), key(b"\xff\xfe"), key("k".repeat(201).as_bytes())] {
            let request = api.service.request(Method::POST, "/tasks").header("idempotency-key", wrong.clone()).json(&body);
            assert_eq!(wrong_fields(Answer::of(request).await.unwrap(), 422), ["Idempotency-Key"], "{wrong:?}");
        }
        let two = api.service.request(Method::POST, "/tasks").header("idempotency-key", "a").header("idempotency-key", "b");
        assert_eq!(wrong_fields(Answer::of(two.json(&body)).await.unwrap(), 422), ["Idempotency-Key"]);
        assert_eq!(api.get("/tasks").await.is(200).json(), json!([]));
        let longest = api.service.request(Method::POST, "/tasks").header("idempotency-key", "k".repeat(200)).json(&body);
        Answer::of(longest).await.unwrap().is(201);
    }

    async fn a_condition_that_cannot_be_read_is_never_taken_for_none(api) {
        let id = api.added(&json!({ "title": "x", "text": "x" })).await["id"].as_i64().unwrap();
        for (tag, status) in [("", 400), (" , ", 400), ("1", 400), ("é", 400), ("\"é\"", 412), ("\"x\"", 412), ("W/\"1\"", 412)] {
            let tag = reqwest::header::HeaderValue::from_bytes(tag.as_bytes()).unwrap();
            let request = api.service.request(Method::DELETE, &format!("/tasks/{id}")).header("if-match", &tag);
            wrong(Answer::of(request).await.unwrap(), status);
        }
        let both = api.service.request(Method::DELETE, &format!("/tasks/{id}")).header("if-match", "\"7\"").header("if-match", "\"1\"");
        Answer::of(both).await.unwrap().is(204);
    }

    async fn ids_that_cannot_be_are_404_or_400(api) {
        for (id, status) in [
            ("0", 404), ("-1", 404), ("9223372036854775807", 404), ("-9223372036854775808", 404),
            ("9223372036854775808", 400), ("1.0", 400), ("x", 400), ("%00", 400), ("1%20", 400),
        ] {
            let path = format!("/tasks/{id}");
            wrong(api.get(&path).await, status);
            for method in [Method::PATCH, Method::DELETE] {
                wrong(Answer::of(api.service.request(method, &path).json(&json!({}))).await.unwrap(), status);
            }
        }
        wrong(api.get("/tasks/1/2").await, 404);
    }

    async fn parameters_are_read_strictly_and_unknown_ones_ignored(api) {
        api.added(&json!({ "title": "x", "text": "x" })).await;
        for query in ["?nonsense=1&order=asc", "?done=&hardware=&limit=&cursor=", "?limit=1000", "?done=no&done=yes"] {
            assert_eq!(api.get(&format!("/tasks{query}")).await.is(200).json().as_array().unwrap().len(), 1, "{query}");
        }
        for (query, status, field) in [
            ("limit=0", 422, "limit"), ("limit=1001", 422, "limit"), ("limit=-1", 422, "limit"), ("limit=x", 400, "limit"),
            ("limit=9223372036854775808", 400, "limit"), ("done=perhaps", 400, "done"), ("hardware=x", 400, "hardware"),
            ("cursor=x", 400, "cursor"), ("cursor=%ff", 400, "cursor"),
        ] {
            assert_eq!(wrong_fields(api.get(&format!("/tasks?{query}")).await, status), [field], "{query}");
        }
        for hardware in ["0", "-1", "9223372036854775807"] {
            assert_eq!(api.get(&format!("/tasks?hardware={hardware}")).await.is(200).json(), json!([]));
        }
    }

    async fn a_wrong_method_is_405_and_says_which_are_right(api) {
        for (method, path, allow) in [
            (Method::PUT, "/tasks", "GET, HEAD, POST"),
            (Method::DELETE, "/tasks/", "GET, HEAD, POST"),
            (Method::POST, "/tasks/1", "DELETE, GET, HEAD, PATCH"),
        ] {
            let answer = Answer::of(api.service.request(method, path)).await.unwrap();
            assert_eq!(answer.headers["allow"], allow, "{path}");
            wrong(answer, 405);
        }
    }
}
