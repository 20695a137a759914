//! The document's examples are true: they follow their schemas, and a running service accepts each request and gives
//! exactly the answer shown.

mod schema;

use std::collections::BTreeSet;

use reqwest::{Method, header::CONTENT_TYPE};
use serde_json::{Value, json};

use crate::{
    contract::document,
    harness::{Answer, TestApp, on_both},
};

/// One story, in this order, on the two sample rows.
const STORY: [&str; 21] = [
    "create_reservation",
    "list_events",
    "get_reservation",
    "list_reservations",
    "list_hardware",
    "get_hardware",
    "get_availability",
    "list_availability",
    "next_availability",
    "create_task",
    "get_task",
    "list_tasks",
    "update_task",
    "export_hardware",
    "create_hardware",
    "list_facets",
    "update_reservation",
    "check_out_reservation",
    "return_reservation",
    "update_hardware",
    "import_hardware",
];
/// Another end of the same reservation, each.
const ENDS: [&str; 2] = ["cancel_reservation", "no_show_reservation"];
/// What stands on no row.
const WITHOUT_ROWS: [&str; 4] = ["get_salutation", "get_health", "get_mirror", "upload_random"];

struct Operation {
    method: Method,
    path: String,
    spec: Value,
}

fn operations() -> Vec<Operation> {
    let mut found = Vec::new();
    for (path, item) in document()["paths"].as_object().unwrap() {
        for (method, spec) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            found.push(Operation { method, path: path.clone(), spec: spec.clone() });
        }
    }
    found
}

/// An example, and the schema that it must follow.
fn examples(media: &Value) -> Option<(&Value, &Value)> {
    let schema = media.get("schema")?;
    // CSV has the example of its type.
    Some((media.get("example").or_else(|| schema.get("example"))?, schema))
}

impl Operation {
    fn named(id: &str) -> Self {
        operations().into_iter().find(|operation| operation.id() == id).unwrap_or_else(|| panic!("{id}"))
    }

    fn id(&self) -> &str {
        self.spec["operationId"].as_str().unwrap()
    }

    /// `(media type, media)` of the request's body.
    fn request(&self) -> Option<(&String, &Value)> {
        self.spec["requestBody"]["content"].as_object()?.iter().next()
    }

    /// `(status, media type, media)` of each answer that is no error.
    fn answers(&self) -> Vec<(&String, &String, &Value)> {
        let good =
            self.spec["responses"].as_object().unwrap().iter().filter(|(status, _)| status.starts_with('2'));
        good.filter_map(|(status, answer)| {
            let (kind, content) = answer.get("content")?.as_object()?.iter().next()?;
            Some((status, kind, content))
        })
        .collect()
    }

    /// The path with every parameter's example.
    fn address(&self) -> String {
        let (mut path, mut query) = (self.path.clone(), Vec::new());
        for parameter in self.spec["parameters"].as_array().into_iter().flatten() {
            let Some(example) = parameter.get("example") else { continue };
            let name = parameter["name"].as_str().unwrap();
            let value = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            match parameter["in"].as_str() {
                Some("path") => path = path.replace(&format!("{{{name}}}"), &value),
                _ => query.push(format!("{name}={value}")),
            }
        }
        format!("{path}?{}", query.join("&"))
    }

    async fn ask(&self, app: &TestApp, more: &str) -> Answer {
        let mut request = app.request(self.method.clone(), &format!("{}{more}", self.address()));
        if let Some((kind, media)) = self.request() {
            let (example, _) = examples(media).unwrap();
            let text = example.as_str().map_or_else(|| example.to_string(), str::to_owned);
            request = request.header(CONTENT_TYPE, kind).body(text);
        }
        Answer::of(request).await
    }

    /// Asks as the examples do: the answer is the example.
    async fn is_true(&self, app: &TestApp) {
        let answer = self.ask(app, "").await;
        let answers = self.answers();
        let (status, kind, media) = answers.last().unwrap();
        let answer = answer.expect(status.parse().unwrap());
        let (example, _) = examples(media).unwrap();
        match kind.as_str() {
            "application/json" => assert_eq!(&answer.json(), example, "{}", self.id()),
            _ => assert_eq!(answer.body, example.as_str().unwrap(), "{}", self.id()),
        }
    }
}

async fn sample_rows(app: &TestApp) {
    for (provider, name, capacity) in [("Amazon", "c5", 4), ("Azure", "H16mr", 2)] {
        app.add(json!({ "provider": provider, "name": name, "capacity": capacity })).await;
    }
}

on_both! {
    async fn the_examples_are_one_true_story(app) {
        sample_rows(&app).await;
        let booking = Operation::named("create_reservation");
        let would_be = booking.ask(&app, "dry_run=true").await.expect(200).json();
        assert_eq!(would_be, booking.spec["responses"]["200"]["content"]["application/json"]["example"]);
        for id in STORY {
            Operation::named(id).is_true(&app).await;
        }
    }

    async fn the_example_of_a_series_is_true(app) {
        sample_rows(&app).await;
        let document = document();
        let of_schema = |name: &str| document["components"]["schemas"][name]["example"].clone();
        let booking = Operation::named("create_reservation");
        let mut body = examples(booking.request().unwrap().1).unwrap().0.clone();
        body["repeat"] = of_schema("Repeat");
        let schema = json!({ "$ref": "#/components/schemas/NewReservation" });
        assert_eq!(schema::against(&document, &schema, &body), Vec::<String>::new());
        let made = app.post("/reservations", body).await.expect(201).json();
        assert_eq!(made, of_schema("BookedReservation"));
        let schema = json!({ "$ref": "#/components/schemas/BookedReservation" });
        assert_eq!(schema::against(&document, &schema, &made), Vec::<String>::new());
    }

    async fn a_reservation_has_two_other_ends(app) {
        sample_rows(&app).await;
        Operation::named("create_reservation").is_true(&app).await;
        Operation::named("cancel_reservation").is_true(&app).await;
        for table in ["claim", "reservation_line", "reservation"] {
            app.execute(format!("DELETE FROM {table}")).await;
        }
        let restart = if app.is_mysql() { "ALTER TABLE reservation AUTO_INCREMENT = 1" } else { "DELETE FROM sqlite_sequence WHERE name = 'reservation'" };
        app.execute(restart.to_owned()).await;
        Operation::named("create_reservation").is_true(&app).await;
        Operation::named("no_show_reservation").is_true(&app).await;
    }
}

#[tokio::test]
async fn what_stands_on_no_row_answers_as_its_example() {
    let folder = tempfile::tempdir().unwrap();
    let storage = format!("file://{}", folder.path().display());
    let app = TestApp::sqlite_with(&[("STORAGE_URL", &storage), ("CUSTOMER_NAME", "C")]).await;
    for id in WITHOUT_ROWS {
        Operation::named(id).is_true(&app).await;
    }
}

#[test]
fn every_operation_with_an_answer_is_in_a_story() {
    let told: BTreeSet<_> = STORY.into_iter().chain(ENDS).chain(WITHOUT_ROWS).map(str::to_owned).collect();
    let answering = operations().into_iter().filter(|operation| !operation.answers().is_empty());
    assert_eq!(answering.map(|operation| operation.id().to_owned()).collect::<BTreeSet<_>>(), told);
}

#[test]
fn every_body_has_an_example_that_follows_its_schema() {
    let document = document();
    for operation in operations() {
        let request = operation.request().map(|(kind, media)| ("request", kind, media));
        let answers =
            operation.answers().into_iter().map(|(status, kind, media)| (status.as_str(), kind, media));
        for (which, _, media) in request.into_iter().chain(answers) {
            let at = format!("{} {which}", operation.id());
            let (example, schema) = examples(media).unwrap_or_else(|| panic!("{at} has no example"));
            assert_eq!(schema::against(&document, schema, example), Vec::<String>::new(), "{at}");
        }
        for parameter in operation.spec["parameters"].as_array().into_iter().flatten() {
            let at = format!("{} {}", operation.id(), parameter["name"]);
            if let Some(example) = parameter.get("example") {
                assert_eq!(
                    schema::against(&document, &parameter["schema"], example),
                    Vec::<String>::new(),
                    "{at}"
                );
            }
            let path = parameter["in"] == "path";
            assert!(!path || parameter.get("example").is_some(), "{at} has no example");
        }
    }
}
