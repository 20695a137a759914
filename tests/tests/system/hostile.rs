//! Whatever is sent to whichever operation of the contract: the answer is never a bug's, and an error is a problem. The
//! contract's own examples are bent, one member at a time.

use reqwest::{Method, RequestBuilder};
use serde_json::{Map, Value, json};

use crate::harness::{Answer, Service, Settings, mysql, run, toolcrib::repository};

/// Each in the place of a parameter, as it stands in an address.
const PARAMETERS: [&str; 16] = [
    "",
    "0",
    "-1",
    "9223372036854775807",
    "9223372036854775808",
    "1e3",
    "%00",
    "%ff",
    "%ED%A0%80",
    "'",
    "%25",
    "*",
    "1,,2",
    "2027-01-11T14:00:00+99:99",
    "9999-12-31T23:59:59Z",
    "%F0%9F%A6%80",
];

/// Each in the place of a member of a body.
fn members() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(-1),
        json!(i64::MAX),
        json!(u64::MAX),
        json!(1e300),
        json!(1.5),
        json!(""),
        json!("\u{0}"),
        json!("'; --"),
        json!("🦀".repeat(5_000)),
        json!("0000-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("+262142-12-31T23:59:59Z"),
        json!([]),
        json!([null]),
        json!([[[]]]),
        json!({}),
        json!([{ "hardware": 1, "qty": i64::MAX }, { "hardware": 1, "qty": i64::MAX }]),
        json!({ "a": { "b": [1] } }),
    ]
}

struct Operation {
    method: Method,
    path: String,
    spec: Value,
}

fn operations() -> Vec<Operation> {
    let text = std::fs::read_to_string(repository().join("services/hardware/openapi.json")).unwrap();
    let document: Value = serde_json::from_str(&text).unwrap();
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, spec) in item.as_object().unwrap() {
            let method = method.to_uppercase().parse().unwrap();
            found.push(Operation { method, path: path.clone(), spec: spec.clone() });
        }
    }
    found
}

impl Operation {
    fn example(&self) -> Option<&Map<String, Value>> {
        self.spec.pointer("/requestBody/content/application~1json/example")?.as_object()
    }

    fn ask(&self, service: &Service, address: &str, body: Option<&Value>) -> RequestBuilder {
        let request = service.request(self.method.clone(), address);
        match body {
            Some(body) => request.json(body),
            None => request,
        }
    }

    /// Its address with each parameter bent in turn.
    fn addresses(&self) -> Vec<String> {
        let mut bent = Vec::new();
        for parameter in self.spec["parameters"].as_array().into_iter().flatten() {
            let name = parameter["name"].as_str().unwrap();
            for value in PARAMETERS {
                match parameter["in"].as_str() {
                    Some("path") => bent.push(self.path.replace(&format!("{{{name}}}"), value)),
                    Some("query") => bent.push(format!("{}?{name}={value}", self.whole())),
                    _ => (),
                }
            }
        }
        bent
    }

    fn whole(&self) -> String {
        self.path.replace("{id}", "1")
    }

    /// Its body with each member bent in turn, and every other body that there is.
    fn bodies(&self) -> Vec<Value> {
        let Some(example) = self.example() else { return Vec::new() };
        let mut bent = members();
        for name in example.keys() {
            for value in members() {
                let mut body = example.clone();
                body.insert(name.clone(), value);
                bent.push(Value::Object(body));
            }
        }
        bent
    }
}

async fn is_borne(request: RequestBuilder, what: &str) {
    let answer = Answer::of(request).await.unwrap_or_else(|error| panic!("{what}: {error}"));
    let status = answer.status.as_u16();
    assert!(status < 500, "{what}: {status} {}", answer.body);
    let is_problem = answer.media_type() == "application/problem+json";
    assert_eq!(is_problem, status >= 400, "{what}: {status} {}", answer.body);
}

async fn everything_is_borne(settings: Settings) {
    // Only a known customer is greeted, and a thousand requests are no misuse here.
    let settings = settings.with("CUSTOMER_NAME", "C").with("RATE_LIMIT__PER_SECOND", 0);
    run(&["migrate"], &settings).await.ok();
    run(&["seed"], &settings).await.ok();
    let service = Service::ready("hardware", settings).await;
    let mut asked = 0;
    for operation in operations() {
        let example = operation.example().cloned().map(Value::Object);
        for address in operation.addresses() {
            let what = format!("{} {address}", operation.method);
            is_borne(operation.ask(&service, &address, example.as_ref()), &what).await;
            asked += 1;
        }
        for body in operation.bodies() {
            let short: String = body.to_string().chars().take(200).collect();
            let what = format!("{} {}: {short}", operation.method, operation.whole());
            is_borne(operation.ask(&service, &operation.whole(), Some(&body)), &what).await;
            asked += 1;
        }
    }
    assert!(asked > 1_000, "{asked}");
    service.get("/readyz").await.is(200);
    assert_eq!(run(&["verify"], &service.settings).await.ok().json()["violations"], 0);
}

#[tokio::test]
async fn every_operation_bears_everything_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    everything_is_borne(Settings::sqlite(folder.path())).await;
}

#[tokio::test]
async fn every_operation_bears_everything_on_mysql() {
    let folder = tempfile::tempdir().unwrap();
    let account = mysql::shared().await.account("12345").await;
    everything_is_borne(account.settings().with("DATA_DIR", folder.path().display())).await;
}
