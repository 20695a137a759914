//! `/api/...`: answers without the database.

use std::{fs, path::Path};

use chassis::health::Readiness;
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp};

/// The limit of a word, in bytes.
const KIB_16: usize = 16 * 1024;

async fn app_with_storage(folder: &Path) -> TestApp {
    TestApp::sqlite_with(&[("STORAGE_URL", &format!("file://{}", folder.display()))]).await
}

async fn upload(app: &TestApp) -> Answer {
    Answer::of(app.request(Method::POST, "/api/upload-random")).await
}

async fn mirror(app: &TestApp, word: &str) -> Value {
    app.get(&format!("/api/mirror?word={word}")).await.expect(200).json()
}

#[tokio::test]
async fn health_is_ok() {
    let app = TestApp::sqlite().await;
    assert_eq!(app.get("/api/health").await.expect(200).json(), json!({ "status": "ok" }));
    app.get("/api/health/").await.expect(200);
    assert_eq!(Answer::of(app.request(Method::HEAD, "/api/health")).await.expect(200).body, "");
}

#[tokio::test]
async fn a_word_is_mirrored() {
    let app = TestApp::sqlite().await;
    for (word, expected) in [
        ("fOoBar25", "47RAbOoF"),
        ("abcABC123987", "210678cbaCBA"),
        ("F0oBar25", "47RAbO9f"),
        ("luca", "ACUL"),
        ("hello!", "!OLLEH"),
        ("%20%20hi%20%20", "IH"),
        ("++hi++", "IH"),
        ("", ""),
        ("%C3%A9%C3%89", "éÉ"),
        ("stra%C3%9Fe", "ESSARTS"),
        ("a%00b", "B\0A"),
        ("e%CC%81x", "X\u{301}E"),
        ("a%26b%3Dc%2B&word=second", "+C=B&A"),
    ] {
        assert_eq!(mirror(&app, word).await, json!({ "transformed": expected }), "{word}");
    }
    assert_eq!(app.get("/api/mirror?word").await.expect(200).json()["transformed"], "");
}

#[tokio::test]
async fn a_word_that_is_missing_or_no_utf_8_is_400_and_named() {
    let app = TestApp::sqlite().await;
    for query in ["", "?", "?words=x", "?word=%ff", "?word=a%C3", "?word=%ED%A0%80"] {
        assert_eq!(app.get(&format!("/api/mirror{query}")).await.wrong_fields(400), ["word"], "{query}");
    }
    let missing = app.get("/api/mirror").await.problem(400);
    assert_eq!(missing["detail"], "word: is required");
}

#[tokio::test]
async fn a_word_beyond_16_kib_is_414_and_a_problem() {
    let app = TestApp::sqlite().await;
    let longest = mirror(&app, &"a".repeat(KIB_16)).await;
    assert_eq!(longest["transformed"], "A".repeat(KIB_16));
    // Counted in decoded bytes: three in the address are one in the word, and blanks at its ends count as well.
    mirror(&app, &"%41".repeat(KIB_16)).await;
    for long in ["a".repeat(KIB_16 + 1), "%41".repeat(KIB_16 + 1), "+".repeat(KIB_16 + 1), "a".repeat(60_000)]
    {
        assert_eq!(app.get(&format!("/api/mirror?word={long}")).await.wrong_fields(414), ["word"]);
    }
    app.get("/api/health").await.expect(200);
}

#[tokio::test]
async fn an_upload_puts_one_object_whose_text_is_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_with_storage(folder.path()).await;
    assert_eq!(upload(&app).await.expect(200).json(), json!({ "uploaded": "ok" }));
    let entries: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0].extension().unwrap(), "txt");
    let stem = entries[0].file_stem().unwrap().to_str().unwrap();
    let n: u16 = stem.parse().unwrap();
    assert!(n <= 9_999 && n.to_string() == stem, "{stem}");
    assert_eq!(fs::read_to_string(&entries[0]).unwrap(), stem);
}

#[tokio::test]
async fn a_storage_that_is_away_is_503_and_comes_back() {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("objects");
    fs::write(&folder, "in the way").unwrap();
    let app = app_with_storage(&folder).await;
    let refused = upload(&app).await;
    assert_eq!(refused.header("retry-after"), Some("1"));
    let problem = refused.problem(503);
    assert!(!problem.to_string().contains(outer.path().to_str().unwrap()), "{problem}");
    app.get("/api/health").await.expect(200);
    fs::remove_file(&folder).unwrap();
    upload(&app).await.expect(200);
}

#[tokio::test]
async fn a_wrong_method_is_405_and_says_which_is_right() {
    let app = TestApp::sqlite().await;
    for (method, path, allow) in [
        (Method::GET, "/api/upload-random", "POST"),
        (Method::PUT, "/api/upload-random/", "POST"),
        (Method::POST, "/api/health", "GET, HEAD"),
        (Method::DELETE, "/api/mirror?word=a", "GET, HEAD"),
    ] {
        let answer = Answer::of(app.request(method, path)).await;
        assert_eq!(answer.header("allow"), Some(allow), "{path}");
        answer.problem(405);
    }
    app.get("/api/nope").await.problem(404);
}

#[tokio::test]
async fn all_of_it_is_there_while_the_database_is_away() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_with_storage(folder.path()).await;
    app.readiness.send_replace(Readiness::NotReady("it is away".to_owned()));
    app.db.close().await;
    app.get("/hardware").await.problem(503);
    app.get("/api/health").await.expect(200);
    assert_eq!(mirror(&app, "luca").await["transformed"], "ACUL");
    upload(&app).await.expect(200);
    app.get("/api/mirror").await.problem(400);
}

#[test]
fn the_document_has_examples_and_the_errors_of_its_own() {
    let document: Value = serde_json::from_str(include_str!("../../../openapi.json")).unwrap();
    let mirror = &document["paths"]["/api/mirror"]["get"];
    assert_eq!(mirror["parameters"][0]["required"], true);
    assert_eq!(mirror["parameters"][0]["example"], "fOoBar25");
    for status in ["400", "414"] {
        assert!(mirror["responses"][status]["content"]["application/problem+json"].is_object(), "{status}");
    }
    let upload = &document["paths"]["/api/upload-random"]["post"]["responses"];
    assert!(upload["503"]["content"]["application/problem+json"].is_object());
    for (path, method) in [("/api/health", "get"), ("/api/mirror", "get"), ("/api/upload-random", "post")] {
        let ok = &document["paths"][path][method]["responses"]["200"]["content"]["application/json"];
        assert!(ok["example"].is_object(), "{path}");
    }
}
