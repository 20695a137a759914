//! The mirror of a word, as it is promised for whatever somebody sends.

use reqwest::Method;
use serde_json::{Value, json};

use super::hardware;
use crate::harness::{Answer, Service};

/// The longest word, in bytes.
const KIB_16: usize = 16 * 1024;

async fn service() -> (Service, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    (hardware(&folder, |settings| settings).await, folder)
}

async fn mirrored(service: &Service, query: &str) -> Value {
    let answer = service.get(&format!("/api/mirror?{query}")).await.is(200);
    assert_eq!(answer.media_type(), "application/json");
    let json = answer.json();
    assert_eq!(json.as_object().unwrap().len(), 1, "{json}");
    json["transformed"].clone()
}

/// Each byte as `%XX`.
fn escaped(word: &str) -> String {
    word.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

#[tokio::test]
async fn what_is_no_letter_and_no_digit_is_kept_and_all_is_turned_around() {
    let (service, _folder) = service().await;
    for (query, expected) in [
        ("word=fOoBar25", "47RAbOoF"),
        ("word=", ""),
        ("word", ""),
        ("word=%20%09%0A", ""),
        ("word=+hi+", "IH"),
        ("word=a+b", "B A"),
        ("word=a%2Bb", "B+A"),
        ("word=a%00b", "B\0A"),
        ("word=a=b%26c", "C&B=A"),
        ("word=first&word=second", "TSRIF"),
        ("other=x&word=y&more=z", "Y"),
        ("%77ord=y", "Y"),
        // A mark stands before its letter then: what is turned around are scalar values.
        ("word=e%CC%81x", "X\u{301}E"),
        ("word=%F0%9F%A6%80a", "A🦀"),
        // Arabic and full-width digits are no digits 0 to 9.
        ("word=%D9%A31%EF%BC%95", "５8٣"),
        ("word=%C3%9Fa", "ASS"),
        // Letters of one case stay.
        ("word=%E6%97%A5%E6%9C%AC", "本日"),
        ("word=%22%5C%3C", "<\\\""),
    ] {
        assert_eq!(mirrored(&service, query).await, json!(expected), "{query}");
    }
}

#[tokio::test]
async fn every_ascii_word_without_outer_blanks_is_the_mirror_of_its_mirror() {
    let (service, _folder) = service().await;
    for c in 0..=0x7f_u8 {
        let word = format!("({}{}9z", char::from(c), char::from(0x7f - c));
        let once = mirrored(&service, &format!("word={}", escaped(&word))).await;
        assert_eq!(once.as_str().unwrap().len(), word.len());
        let twice = mirrored(&service, &format!("word={}", escaped(once.as_str().unwrap()))).await;
        assert_eq!(twice, json!(word));
    }
}

#[tokio::test]
async fn a_word_that_cannot_be_read_is_400_and_one_too_long_414() {
    let (service, _folder) = service().await;
    let too_long = |word: &str| format!("/api/mirror?word={}", word.repeat(KIB_16 + 1));
    let cases = [
        ("/api/mirror".to_owned(), 400),
        ("/api/mirror?words=x".to_owned(), 400),
        ("/api/mirror?word=%ff".to_owned(), 400),
        ("/api/mirror?word=a%C3".to_owned(), 400),
        ("/api/mirror?word=%ED%A0%80".to_owned(), 400),
        (too_long("a"), 414),
        (too_long("%41"), 414),
        (too_long("+"), 414),
    ];
    for (path, status) in cases {
        let answer = service.get(&path).await.is(status);
        assert_eq!(answer.media_type(), "application/problem+json");
        let problem = answer.json();
        assert_eq!((&problem["status"], &problem["errors"][0]["field"]), (&json!(status), &json!("word")));
    }
    // What is counted are bytes of the word: three in the address may be one.
    for (sent, swapped) in [("a", "A"), ("%41", "a")] {
        let whole = mirrored(&service, &format!("word={}", sent.repeat(KIB_16))).await;
        assert_eq!(whole, json!(swapped.repeat(KIB_16)));
    }
    service.get("/api/health").await.is(200);
}

#[tokio::test]
async fn each_address_takes_its_own_methods_alone() {
    let (service, _folder) = service().await;
    for path in ["/api/health", "/api/mirror?word=a"] {
        let head = Answer::of(service.request(Method::HEAD, path)).await.unwrap().is(200);
        assert_eq!((head.body.as_str(), head.media_type()), ("", "application/json"), "{path}");
    }
    let reading = [Method::POST, Method::PUT, Method::PATCH, Method::DELETE];
    let writing = [Method::GET, Method::HEAD, Method::PUT, Method::PATCH, Method::DELETE];
    for (path, methods, allow) in [
        ("/api/health", reading.to_vec(), "GET, HEAD"),
        ("/api/mirror?word=a", reading.to_vec(), "GET, HEAD"),
        ("/api/upload-random", writing.to_vec(), "POST"),
    ] {
        for method in methods {
            let answer = Answer::of(service.request(method.clone(), path)).await.unwrap().is(405);
            assert_eq!(answer.headers["allow"], allow, "{method} {path}");
            assert_eq!(answer.media_type(), "application/problem+json", "{method} {path}");
        }
    }
    service.get("/api/nope").await.is(404);
}
