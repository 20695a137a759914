//! `POST /hardware/import` and `GET /hardware.csv`.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, TestApp, on_both};

/// (created, updated, unchanged, failed)
fn counts(report: &Value) -> (u64, u64, u64, u64) {
    let count = |name: &str| report[name].as_u64().unwrap();
    (count("created"), count("updated"), count("unchanged"), count("failed"))
}

async fn import(app: &TestApp, csv: &str) -> Value {
    app.import("", csv.to_owned()).await.expect(200).json()
}

/// Line and first complaint of every refused row.
fn refused(report: &Value) -> Vec<(u64, String)> {
    let rows = report["rows"].as_array().unwrap().iter().filter(|row| row["result"] == "failed");
    rows.map(|row| (row["line"].as_u64().unwrap(), row["errors"][0]["field"].as_str().unwrap().to_owned()))
        .collect()
}

on_both! {
    async fn rows_are_created_once_and_updated_by_provider_and_name(app) {
        let csv = "provider,name,capacity,category\nAmazon,c5,4,c\nAzure,H16mr,,h\n";
        assert_eq!(counts(&import(&app, csv).await), (2, 0, 0, 0));
        assert_eq!(counts(&import(&app, csv).await), (0, 0, 2, 0));
        assert_eq!(counts(&import(&app, &csv.replace(",4,c", ",5,c")).await), (0, 1, 1, 0));
        let list = app.get("/hardware").await.json();
        assert_eq!((&list[0]["capacity"], &list[1]["capacity"], &list[0]["version"]), (&json!(5), &json!(1), &json!(2)));
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, 3);
    }

    async fn a_missing_or_empty_capacity_is_one_only_for_new_hardware(app) {
        app.add(json!({ "provider": "Lab", "name": "rig", "capacity": 7, "description": "stays" })).await;
        assert_eq!(counts(&import(&app, "name,provider\nrig,Lab\nnew,Lab\n").await), (1, 0, 1, 0));
        assert_eq!(counts(&import(&app, "name,provider,capacity\nrig,Lab,\n").await), (0, 0, 1, 0));
        let list = app.get("/hardware").await.json();
        assert_eq!((&list[0]["capacity"], &list[0]["description"], &list[1]["capacity"]), (&json!(7), &json!("stays"), &json!(1)));
    }

    async fn refused_rows_are_reported_by_line_and_the_rest_imports(app) {
        let csv = "provider,name,capacity\na,one,1\na,,1\na,two,-1\na,one,2\na,three\na,four,many\n\"a\",\"fi\nve\",1\na,six,1\n,seven,1\na,eight,1,1\n";
        let report = import(&app, csv).await;
        assert_eq!(counts(&report), (2, 0, 0, 8));
        let expected = [(3, "name"), (4, "capacity"), (5, "name"), (6, "row"), (7, "capacity"), (8, "name"), (11, "provider"), (12, "row")];
        assert_eq!(refused(&report), expected.map(|(line, field)| (line, field.to_owned())));
        let told = report["rows"][3]["errors"][0]["detail"].as_str().unwrap();
        assert_eq!(told, "is a duplicate of line 2");
    }

    async fn byte_order_mark_semicolons_and_quotes_are_understood(app) {
        let csv = "\u{feff}Provider;Name;Capacity;Description\r\nLab B2;\"rig; \"\"one\"\"\";3;\"zwei\r\nZeilen\"\r\n";
        assert_eq!(counts(&import(&app, csv).await), (1, 0, 0, 0));
        let got = app.get("/hardware").await.json()[0].clone();
        assert_eq!((&got["name"], &got["capacity"], &got["description"]), (&json!("rig; \"one\""), &json!(3), &json!("zwei\r\nZeilen")));
    }

    async fn unknown_columns_become_tags_or_are_reported(app) {
        let csv = "provider,name,tags,vcpus,gpu name,+x\na,b,bench=3,2,,1\n";
        let report = import(&app, csv).await;
        assert_eq!(report["ignored_columns"][0]["column"], "+x");
        assert_eq!(app.get("/hardware").await.json()[0]["tags"], json!(["bench=3", "vcpus=2"]));
        import(&app, "provider,name,vcpus\na,b,4\n").await;
        assert_eq!(app.get("/hardware").await.json()[0]["tags"], json!(["bench=3", "vcpus=4"]));
        import(&app, "provider,name,vcpus\na,b,\n").await;
        assert_eq!(app.get("/hardware").await.json()[0]["tags"], json!(["bench=3"]));
    }

    async fn a_dry_run_says_what_would_happen_and_writes_nothing(app) {
        let id = app.add(json!({ "provider": "a", "name": "booked", "capacity": 4 })).await;
        app.claim(id, "2026-06-12T12:00:00Z", "2026-06-12T13:00:00Z", 3).await;
        let csv = "provider,name,capacity\na,new,1\na,booked,2\na,booked,5\na,,1\n";
        for _ in 0..2 {
            let report = app.import("?dry_run=true", csv).await.expect(200).json();
            assert_eq!((counts(&report), &report["dry_run"]), ((1, 0, 0, 3), &json!(true)));
        }
        assert_eq!(app.number("SELECT COUNT(*) FROM hardware").await, 1);
        assert_eq!(counts(&import(&app, csv).await), (1, 0, 0, 3));
    }

    async fn a_cut_below_what_is_booked_refuses_its_row_alone(app) {
        let id = app.add(json!({ "provider": "a", "name": "b", "capacity": 4 })).await;
        app.claim(id, "2026-06-12T12:00:00Z", "2026-06-12T13:00:00Z", 3).await;
        let report = import(&app, "provider,name,capacity\na,b,2\na,c,2\n").await;
        assert_eq!((counts(&report), refused(&report)), ((1, 0, 0, 1), vec![(2, "capacity".to_owned())]));
        assert!(report["rows"][0]["errors"][0]["detail"].as_str().unwrap().contains("3 units"));
        assert_eq!(counts(&import(&app, "provider,name,capacity\na,b,3\n").await), (0, 1, 0, 0));
    }

    async fn more_rows_than_a_chunk_are_all_there(app) {
        let rows: String = (0..1_203).map(|i| format!("Lab,rig {i},{}\n", i % 5)).collect();
        let csv = format!("provider,name,capacity\n{rows}Lab,rig 7,1\n");
        assert_eq!(counts(&import(&app, &csv).await), (1_203, 0, 0, 1));
        assert_eq!(counts(&import(&app, &csv).await), (0, 0, 1_203, 1));
        assert_eq!(app.number("SELECT COUNT(*) FROM event").await, 1_203);
    }

    async fn an_export_is_imported_back_unchanged(app) {
        app.add(json!({
            "provider": "=cmd()", "name": "+49", "capacity": 0, "buffer_s": 60, "tz": "Europe/Berlin", "category": "-x",
            "location": "@home", "description": "'=1, \"two\"\nthree", "tags": ["a=1", "b== x"],
        })).await;
        app.add(json!({ "provider": "a", "name": "b" })).await;
        let export = app.get("/hardware.csv").await.expect(200);
        assert_eq!(export.header("content-type"), Some("text/csv; charset=utf-8"));
        assert!(export.header("content-disposition").unwrap().contains("hardware.csv"));
        assert!(export.body.starts_with("provider,name,capacity,buffer_s,tz,category,location,description,tags\n'=cmd(),'+49,0,60,Europe/Berlin,'-x,'@home,"), "{}", export.body);
        assert_eq!(counts(&import(&app, &export.body).await), (0, 0, 2, 0));
        for id in [1, 2] {
            app.delete(&format!("/hardware/{id}")).await.expect(204);
        }
        assert_eq!(counts(&import(&app, &export.body).await), (2, 0, 0, 0));
        assert_eq!(app.get("/hardware.csv").await.body, export.body);
    }

    async fn an_empty_catalogue_exports_its_header(app) {
        assert_eq!(app.get("/hardware.csv").await.expect(200).body.lines().count(), 1);
    }

    async fn a_file_that_cannot_be_used_is_refused_whole(app) {
        assert_eq!(app.import("", "").await.wrong_fields(422), ["header"]);
        assert_eq!(app.import("", "name,capacity\nx,1\n").await.wrong_fields(422), ["header"]);
        assert_eq!(app.import("", "provider,name,Name\na,b,c\n").await.wrong_fields(422), ["header"]);
        assert_eq!(app.import("", b"provider,n\xffame\n".to_vec()).await.wrong_fields(422), ["header"]);
        let request = app.request(Method::POST, "/hardware/import").header("content-type", "application/json");
        Answer::of(request.body("provider,name\n")).await.problem(415);
        let report = app.import("", b"provider,name\na,\xff\na,b\n".to_vec()).await.expect(200).json();
        assert_eq!((counts(&report), refused(&report)), ((1, 0, 0, 1), vec![(2, "row".to_owned())]));
    }
}

#[tokio::test]
async fn an_upload_above_the_limit_is_refused_sqlite() {
    let app = TestApp::sqlite_with(&[("IMPORT__MAX_BYTES", "1000")]).await;
    let csv = format!("provider,name\na,{}\n", "x".repeat(1_000));
    app.import("", csv.clone()).await.problem(413);
    let parts = vec![Ok::<_, std::io::Error>(csv.into_bytes())];
    let stream = reqwest::Body::wrap_stream(futures_util::stream::iter(parts));
    app.import("", stream).await.problem(413);
    assert_eq!(app.number("SELECT COUNT(*) FROM hardware").await, 0);
}
