//! `GET /hardware?free_only`: asked of the whole fleet at once, and the same answer as asked one by one.

use hardware::domain::moment::rfc3339;
use serde_json::{Value, json};

use crate::harness::{NOW, at, on_both, random::Random};

const DAY_S: i64 = 86_400;

on_both! {
    async fn what_fits_is_what_the_whole_list_says_fits_for_claims_of_every_length(app) {
        let mut random = Random(11);
        for i in 0..12 {
            app.rig(&format!("rig {i}"), 1 + i % 3, i * 450).await;
        }
        for _ in 0..250 {
            // From seconds to more than a year, before and after now.
            let length = 1 + random.below(random_scale(&mut Random(random.0)));
            let from = at(NOW) - 30 * DAY_S + random.below(60 * DAY_S) - length / 2;
            let line = json!({ "hardware": 1 + random.below(12), "qty": 1 + random.below(2) });
            let body = json!({ "starts_at": rfc3339(from), "ends_at": rfc3339(from + length), "lines": [line] });
            let status = app.post("/reservations", body).await.status.as_u16();
            assert!(status == 201 || status == 409, "{status}");
        }
        assert!(app.number("SELECT COUNT(DISTINCT span) FROM claim").await > 8);
        for _ in 0..20 {
            let from = at(NOW) - 30 * DAY_S + random.below(60 * DAY_S);
            let window = format!("from={}&to={}", rfc3339(from), rfc3339(from + 1 + random.below(2 * DAY_S)));
            let all = app.get(&format!("/hardware?{window}&limit=1000")).await.expect(200).json();
            let fitting: Vec<Value> = all.as_array().unwrap().iter().filter(|row| row["fits"] == true).cloned().collect();
            let free_only = app.get(&format!("/hardware?{window}&free_only=true")).await.expect(200);
            assert_eq!(free_only.header("x-total-count"), Some(fitting.len().to_string().as_str()));
            assert_eq!(free_only.json(), Value::Array(fitting), "{window}");
        }
    }
}

fn random_scale(random: &mut Random) -> i64 {
    random.one_of(&[60, 3_600, 7_200, 10_000, DAY_S, 3 * DAY_S, 40 * DAY_S, 400 * DAY_S])
}
