//! Diagnostics as the shipped binary answers them, with objects in a folder and in a bucket of S3.

mod bucket;
mod mirror;
mod refusing;
mod trusting;

use std::{
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use reqwest::Method;
use serde_json::json;
use tempfile::TempDir;

use self::bucket::Moto;
use crate::harness::{
    Answer, Service, Settings,
    command::{binary, run_binary},
    ports,
    wait::until,
    web::client,
};

/// Within this time an upload is answered, whatever the storage does.
const PROMISED: Duration = Duration::from_secs(3);

async fn upload(service: &Service) -> Answer {
    let started = Instant::now();
    let answer = Answer::of(service.request(Method::POST, "/api/upload-random")).await.unwrap();
    assert!(started.elapsed() < PROMISED, "{:?}", started.elapsed());
    answer
}

async fn uploads(service: &Service) {
    assert_eq!(upload(service).await.is(200).json(), json!({ "uploaded": "ok" }));
}

/// 503 as a problem, and the process goes on.
async fn refuses(service: &Service) {
    let refused = upload(service).await.is(503);
    assert_eq!(refused.media_type(), "application/problem+json");
    assert!(refused.headers.contains_key("retry-after"));
    service.get("/api/health").await.is(200);
}

async fn hardware(folder: &TempDir, settings: impl FnOnce(Settings) -> Settings) -> Service {
    Service::ready("hardware", settings(Settings::sqlite(folder.path()))).await
}

/// A key is a number up to 9999 without padding, and the object's text is that number.
fn is_numbered(key: &str, text: &str) {
    let stem = key.strip_suffix(".txt").unwrap_or_else(|| panic!("{key}"));
    assert!(stem.parse::<u16>().unwrap() <= 9_999 && stem == text, "{key}: {text}");
    assert_eq!(stem.parse::<u16>().unwrap().to_string(), stem);
}

fn only_object(folder: &Path) {
    let files: Vec<_> = fs::read_dir(folder).unwrap().map(|file| file.unwrap()).collect();
    assert_eq!(files.len(), 1, "{files:?}");
    is_numbered(files[0].file_name().to_str().unwrap(), &fs::read_to_string(files[0].path()).unwrap());
}

#[tokio::test]
async fn the_promised_answers_are_given() {
    let folder = tempfile::tempdir().unwrap();
    let service = hardware(&folder, |settings| settings).await;
    assert_eq!(service.get("/api/health").await.is(200).body, r#"{"status":"ok"}"#);
    for (word, expected) in [
        ("fOoBar25", "47RAbOoF"),
        ("abcABC123987", "210678cbaCBA"),
        ("F0oBar25", "47RAbO9f"),
        ("luca", "ACUL"),
        ("hello!", "!OLLEH"),
        ("%20%20hi%20%20", "IH"),
        ("", ""),
        ("%C3%A9%C3%89", "éÉ"),
        ("stra%C3%9Fe", "ESSARTS"),
    ] {
        let answer = service.get(&format!("/api/mirror?word={word}")).await.is(200);
        assert_eq!(answer.body, format!(r#"{{"transformed":"{expected}"}}"#), "{word}");
    }
    service.get("/api/mirror").await.is(400);
    service.get("/api/mirror?word=%ff").await.is(400);
    let long = service.get(&format!("/api/mirror?word={}", "a".repeat(20_000))).await.is(414);
    assert_eq!(long.media_type(), "application/problem+json");
    let wrong = service.get("/api/upload-random").await.is(405);
    assert_eq!(wrong.headers["allow"], "POST");
}

#[tokio::test]
async fn objects_are_in_the_data_folder_unless_a_folder_is_named() {
    let folder = tempfile::tempdir().unwrap();
    uploads(&hardware(&folder, |settings| settings).await).await;
    only_object(&folder.path().join("objects"));
    let named = tempfile::tempdir().unwrap();
    let url = format!("file://{}", named.path().display());
    uploads(&hardware(&folder, |settings| settings.with("STORAGE_URL", url)).await).await;
    only_object(named.path());
}

#[tokio::test]
async fn an_unknown_kind_of_storage_is_one_line_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::sqlite(folder.path()).with("STORAGE_URL", "gs://bucket");
    let ended = run_binary("hardware", &["serve"], &settings).await;
    assert_ne!(ended.code, Some(0));
    assert!(ended.err.contains("STORAGE_URL: `gs://` is not known"), "{}", ended.err);
    assert_eq!(ended.err.lines().count(), 1, "{}", ended.err);
}

#[tokio::test]
async fn all_of_it_is_there_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    let nobody = format!("mysql://u:p@127.0.0.1:{}/d", ports::free());
    let settings = Settings::sqlite(folder.path()).with("DATABASE_URL", nobody);
    let mut service = Service::start("hardware", settings);
    service.becomes_unready("").await;
    service.get("/hardware").await.is(503);
    service.get("/api/health").await.is(200);
    service.get("/api/mirror?word=luca").await.is(200).has("ACUL");
    uploads(&service).await;
}

#[tokio::test]
async fn a_second_port_is_listened_on_as_well() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (ports::free(), ports::free());
    let bind = format!("127.0.0.1:{first},127.0.0.1:{second}");
    let _service = Listening::start(Settings::sqlite(folder.path()).with("BIND", bind));
    for port in [first, second] {
        let asked =
            async || Answer::of(client().get(format!("http://127.0.0.1:{port}/api/health"))).await.ok();
        let answer = until(&format!("an answer on port {port}"), asked).await;
        assert_eq!(answer.is(200).json(), json!({ "status": "ok" }));
    }
}

/// A service that listens where its settings say; the harness's own has one port.
struct Listening(Child);

impl Listening {
    fn start(settings: Settings) -> Self {
        let mut command = Command::new(binary("hardware"));
        command.arg("serve").env_clear().envs(settings.0);
        Self(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test]
async fn a_bucket_takes_one_object_and_is_found_again_after_it_was_away() {
    let Some(mut moto) = Moto::start().await else { return };
    moto.create("toolcrib").await;
    let folder = tempfile::tempdir().unwrap();
    let service = hardware(&folder, |settings| moto.settings(settings, "s3://toolcrib/diag/nostics")).await;
    uploads(&service).await;
    let keys = moto.keys("toolcrib").await;
    assert_eq!(keys.len(), 1, "{keys:?}");
    let name = keys[0].strip_prefix("diag/nostics/").unwrap_or_else(|| panic!("{keys:?}"));
    is_numbered(name, &moto.text("toolcrib", &keys[0]).await);

    moto.stop();
    refuses(&service).await;
    moto.start_again().await;
    refuses(&service).await; // It has forgotten its buckets.
    moto.create("toolcrib").await;
    uploads(&service).await;
    assert_eq!(moto.keys("toolcrib").await.len(), 1);
    assert!(!service.told().contains(bucket::SECRET) && !service.told().contains(bucket::KEY_ID));
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_or_does_not_answer_is_503() {
    let Some(moto) = Moto::start().await else { return };
    let folder = tempfile::tempdir().unwrap();
    refuses(&hardware(&folder, |settings| moto.settings(settings, "s3://nowhere")).await).await;
    moto.signal("STOP");
    refuses(&hardware(&folder, |settings| moto.settings(settings, "s3://nowhere")).await).await;
    moto.signal("CONT");
}
