//! The main job: a catalogue goes in, the API answers, the portal shows it.

use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::harness::{
    EVIL, Toolcrib, run,
    toolcrib::{gunzip, instance_types},
};

/// What the page must make of [`EVIL`].
const TAMED: &str = "&quot;&gt;&lt;script&gt;alert(document.title=&#39;pwned&#39;)&lt;/script&gt;";

/// Provider and name of every row, after checking that each has an availability.
pub fn rows(list: &Value) -> Vec<(String, String)> {
    let text = |row: &Value, field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let rows = list.as_array().unwrap();
    for row in rows {
        assert!(["NONE", "LOW", "MEDIUM", "HIGH"].contains(&&*text(row, "availability")), "{row}");
    }
    rows.iter().map(|row| (text(row, "provider"), text(row, "name"))).collect()
}

/// What `hardware seed` adds.
pub fn sample() -> Vec<(String, String)> {
    [("Amazon", "c5"), ("Azure", "H16mr")].map(|(p, n)| (p.to_owned(), n.to_owned())).to_vec()
}

#[tokio::test]
async fn a_fresh_install_shows_the_sample_rows_in_the_api_and_in_the_portal() {
    let toolcrib = Toolcrib::start().await;
    for path in ["/hardware", "/hardware/"] {
        let list = toolcrib.hardware.get(path).await.is(200).json();
        assert_eq!(rows(&list), sample(), "{path}");
    }
    toolcrib.portal.get("/").await.is(200).has(">c5</a>").has(">H16mr</a>").has("Amazon").has("Azure");
}

#[tokio::test]
async fn seeding_again_adds_nothing() {
    let toolcrib = Toolcrib::start().await;
    run(&["seed"], &toolcrib.hardware.settings).await.ok();
    assert_eq!(rows(&toolcrib.hardware.get("/hardware").await.json()), sample());
}

#[tokio::test]
async fn the_real_list_is_imported_once_while_serving_and_the_portal_finds_a_line_of_it() {
    let toolcrib = Toolcrib::with_catalogue().await;
    let again = toolcrib.import(&instance_types(toolcrib.folder.path())).await.ok();
    assert_eq!(again.json(), json!({ "created": 0, "updated": 0, "unchanged": 1363, "failed": 0 }));

    let first = toolcrib.hardware.get("/hardware?limit=1").await.is(200);
    assert_eq!(first.headers["x-total-count"], "1365");
    toolcrib.portal.get("/?q=p4d.24xlarge").await.is(200).has(">p4d.24xlarge</a>").lacks(">c5</a>");
    toolcrib.portal.get("/").await.has("<b>1,365</b> in the catalogue").has("rel=\"next\"");
}

#[tokio::test]
async fn the_export_is_whole_however_it_is_packed() {
    let toolcrib = Toolcrib::with_catalogue().await;
    let export = async |encoding: &str| {
        let request =
            toolcrib.hardware.request(Method::GET, "/hardware.csv").header("accept-encoding", encoding);
        let answer = request.send().await.unwrap();
        let packed = answer.headers().contains_key("content-encoding");
        assert_eq!(packed, encoding != "identity", "{encoding}");
        answer.bytes().await.unwrap_or_else(|error| panic!("{encoding}: {error:?}"))
    };
    let plain = export("identity").await;
    assert_eq!(plain.iter().filter(|byte| **byte == b'\n').count(), 1366);
    assert_eq!(gunzip(&export("gzip").await), plain);
    for encoding in ["br", "zstd"] {
        assert!(export(encoding).await.len() < plain.len() / 4, "{encoding}");
    }
}

#[tokio::test]
async fn bad_rows_are_told_by_line_and_the_rest_is_imported() {
    let toolcrib = Toolcrib::start().await;
    let file = toolcrib.folder.path().join("bad.csv");
    let text = "provider,name,capacity\nLab,good,2\nLab,,1\nLab,negative,-1\nLab,good,3\nLab,long,1,1,1\nLab,last,1\n";
    std::fs::write(&file, text).unwrap();
    let told = toolcrib.import(&file).await;
    assert_eq!(told.code, Some(1), "{told:?}");
    for line in ["line 3: failed", "line 4: failed", "line 5: failed", "line 6: failed"] {
        assert!(told.err.contains(line), "{line}: {}", told.err);
    }
    assert_eq!(told.json(), json!({ "created": 2, "updated": 0, "unchanged": 0, "failed": 4 }));
    toolcrib.portal.get("/?provider=Lab").await.is(200).has(">good</a>").has(">last</a>").lacks("negative");
}

#[tokio::test]
async fn a_name_that_is_markup_appears_as_text() {
    let toolcrib = Toolcrib::start().await;
    let id = toolcrib.add(EVIL, EVIL).await;
    toolcrib.portal.get("/").await.is(200).has(&format!(">{TAMED}</a>")).lacks("<script");
    let page = toolcrib.portal.get(&format!("/hardware/{id}")).await.is(200);
    page.has(&format!("<h1>{TAMED}</h1>")).lacks("<script");
}

#[tokio::test]
async fn a_row_inserted_by_hand_with_provider_and_name_only_appears() {
    let toolcrib = Toolcrib::start().await;
    let file = SqliteConnectOptions::new().filename(toolcrib.folder.path().join("hardware.db"));
    let mut database = SqliteConnection::connect_with(&file).await.unwrap();
    let insert = "INSERT INTO hardware (provider, name) VALUES ('NASA Ames', 'iPSC/860')";
    sqlx::query(insert).execute(&mut database).await.unwrap();
    let list = toolcrib.hardware.get("/hardware").await.is(200).json();
    assert_eq!(rows(&list)[2], ("NASA Ames".to_owned(), "iPSC/860".to_owned()));
    assert_eq!((&list[2]["availability"], &list[2]["capacity"]), (&json!("HIGH"), &json!(1)));
    toolcrib.portal.get("/").await.is(200).has(">iPSC/860</a>");
}

#[tokio::test]
async fn what_is_written_through_the_api_is_on_the_next_page_and_gone_once_archived() {
    let toolcrib = Toolcrib::start().await;
    let id = toolcrib.add("Lab B2", "HIL rig 3").await;
    toolcrib.portal.get("/").await.is(200).has(">HIL rig 3</a>");
    let address = format!("/hardware/{id}");
    toolcrib.portal.get(&address).await.is(200).has("<h1>HIL rig 3</h1>");
    let gone = toolcrib.hardware.request(Method::DELETE, &address).send().await.unwrap();
    assert!(gone.status().is_success(), "{}", gone.status());
    toolcrib.portal.get("/").await.is(200).lacks("HIL rig 3");
}

#[tokio::test]
async fn wrong_addresses_and_methods_are_told_apart_on_both_services() {
    let toolcrib = Toolcrib::start().await;
    for (method, path, status) in
        [("GET", "/nowhere", 404), ("GET", "/hardware/999999", 404), ("PUT", "/hardware", 405)]
    {
        let request = toolcrib.hardware.request(method.parse().unwrap(), path);
        let answer = crate::harness::Answer::of(request).await.unwrap().is(status);
        assert_eq!(answer.media_type(), "application/problem+json", "{method} {path}");
    }
    let page = toolcrib.portal.get("/hardware/999999").await.is(404);
    assert!(page.media_type().starts_with("text/html"), "{}", page.media_type());
    toolcrib.portal.get("/nowhere").await.is(404).has("<h1>");
}
