//! `POST /tasks` with an `Idempotency-Key`.

use std::{collections::BTreeSet, fs, path::Path};

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{
    Answer, TestApp, at_once,
    booking::{clock, wish},
    on_both,
};

async fn post(app: &TestApp, path: &str, key: &str, body: Value) -> Answer {
    Answer::of(app.request(Method::POST, path).header("Idempotency-Key", key).json(&body)).await
}

async fn add(app: &TestApp, key: &str, body: Value) -> Answer {
    post(app, "/tasks", key, body).await
}

fn to_do() -> Value {
    json!({ "title": "Order cables", "text": "Two of five metres" })
}

fn maintenance(hardware: i64) -> Value {
    json!({ "title": "Fan", "text": "It rattles.", "hardware": hardware, "starts_at": clock("13:00"), "ends_at": clock("15:00"), "qty": 1 })
}

async fn tasks(app: &TestApp) -> i64 {
    app.number("SELECT COUNT(*) FROM task").await
}

/// What a migration's file says, statement by statement.
fn migration(app: &TestApp, name: &str) -> Vec<String> {
    let dialect = if app.is_mysql() { "mysql" } else { "sqlite" };
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(dialect).join(name);
    let text = fs::read_to_string(file).unwrap();
    let code: Vec<_> = text.lines().filter(|line| !line.starts_with("--")).collect();
    code.join("\n").split(';').map(str::trim).filter(|sql| !sql.is_empty()).map(str::to_owned).collect()
}

on_both! {
    async fn a_task_sent_again_is_answered_again_and_not_added_again(app) {
        let first = add(&app, "k1", to_do()).await.expect(201);
        assert_eq!(first.header("idempotent-replayed"), None);
        let path = first.header("location").unwrap().to_owned();
        app.patch(&path, json!({ "done": true })).await.expect(200);
        let again = add(&app, "k1", to_do()).await.expect(201);
        assert_eq!((&again.body, again.header("idempotent-replayed")), (&first.body, Some("true")));
        for header in ["location", "etag", "content-type"] {
            assert_eq!(again.header(header), first.header(header), "{header}");
        }
        assert_eq!(tasks(&app).await, 1);
        add(&app, "k2", to_do()).await.expect(201);
        app.post("/tasks", to_do()).await.expect(201);
        assert_eq!(tasks(&app).await, 3);
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'task.created'").await, 3);
        assert_eq!(app.violations().await, Vec::<String>::new());
    }

    async fn a_task_that_was_removed_since_is_not_added_again(app) {
        let first = add(&app, "k", to_do()).await.expect(201);
        app.delete(first.header("location").unwrap()).await.expect(204);
        assert_eq!(add(&app, "k", to_do()).await.expect(201).body, first.body);
        assert_eq!(tasks(&app).await, 0);
        assert_eq!(app.violations().await, Vec::<String>::new());
    }

    async fn a_key_stands_for_one_body_and_one_kind(app) {
        let id = app.rig("rig", 5, 0).await;
        add(&app, "k", to_do()).await.expect(201);
        let mut other = to_do();
        other["text"] = json!("Three");
        assert_eq!(add(&app, "k", other).await.wrong_fields(422), ["Idempotency-Key"]);
        assert_eq!(add(&app, &"x".repeat(201), to_do()).await.wrong_fields(422), ["Idempotency-Key"]);
        assert_eq!(post(&app, "/reservations", "k", wish(id, "13:00", "14:00", 1)).await.wrong_fields(422), ["Idempotency-Key"]);
        post(&app, "/reservations", "r", wish(id, "13:00", "14:00", 1)).await.expect(201);
        assert_eq!(add(&app, "r", maintenance(id)).await.wrong_fields(422), ["Idempotency-Key"]);
        // A member that is null is one that is not there, and the order does not count.
        let text = r#"{ "qty":null, "text":"Two of five metres" , "title":"Order cables" }"#;
        let request = app.request(Method::POST, "/tasks").header("Idempotency-Key", "k");
        Answer::of(request.header("Content-Type", "application/json").body(text)).await.expect(201);
        assert_eq!((tasks(&app).await, app.number("SELECT COUNT(*) FROM reservation").await), (1, 1));
    }

    // The body's hash tells them apart; should it ever not, the key's own row does.
    async fn a_key_of_a_reservation_never_answers_a_task(app) {
        let id = app.rig("rig", 5, 0).await;
        add(&app, "k", to_do()).await.expect(201);
        app.booked(id, "13:00", "14:00", 1).await;
        app.execute("UPDATE idempotency_key SET reservation_id = 1, task_id = NULL".to_owned()).await;
        assert_eq!(add(&app, "k", to_do()).await.wrong_fields(422), ["Idempotency-Key"]);
    }

    async fn a_refused_task_is_not_kept(app) {
        let id = app.rig("rig", 1, 0).await;
        let blocker = app.booked(id, "13:00", "14:00", 1).await;
        add(&app, "k", maintenance(id)).await.problem(409);
        add(&app, "k", json!({ "title": "x" })).await.problem(422);
        app.act(blocker, "cancel").await.expect(200);
        let first = add(&app, "k", maintenance(id)).await.expect(201);
        assert_eq!(app.free(id, "13:00", "15:00").await, 0);
        // What it takes itself is not in its way when it is asked for again.
        assert_eq!(add(&app, "k", maintenance(id)).await.expect(201).body, first.body);
    }

    async fn twenty_to_dos_at_once_with_one_key_make_one_task_and_one_answer(app) {
        let app = std::sync::Arc::new(app);
        let running: Vec<_> = (0..20).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { add(&app, "k", to_do()).await.expect(201).body })
        }).collect();
        let mut answers = BTreeSet::new();
        for task in running {
            answers.insert(task.await.unwrap());
        }
        assert_eq!((answers.len(), tasks(&app).await), (1, 1));
        assert_eq!(app.number("SELECT COUNT(*) FROM event WHERE kind = 'task.created'").await, 1);
    }

    async fn twenty_times_maintenance_at_once_with_one_key_takes_its_units_once(app) {
        let id = app.rig("rig", 20, 0).await;
        let answers = at_once(app, 20, move |app, _| async move {
            (add(&app, "k", maintenance(id)).await.expect(201).body, app.free(id, "13:00", "15:00").await)
        }).await;
        assert_eq!(answers.iter().map(|(body, _)| body).collect::<BTreeSet<_>>().len(), 1);
        assert!(answers.iter().all(|(_, free)| *free == 19), "{answers:?}");
    }

    async fn of_a_task_and_a_reservation_at_once_with_one_key_one_is_made(app) {
        let id = app.rig("rig", 20, 0).await;
        let answers = at_once(app, 20, move |app, i| async move {
            let (path, body) = if i % 2 == 0 { ("/tasks", to_do()) } else { ("/reservations", wish(id, "13:00", "14:00", 1)) };
            let answer = post(&app, path, "k", body).await;
            let made = tasks(&app).await + app.number("SELECT COUNT(*) FROM reservation").await;
            (path, answer.status.as_u16(), made)
        }).await;
        let of = |path: &str| answers.iter().filter(|answer| answer.0 == path).map(|answer| answer.1).collect::<BTreeSet<_>>();
        let both = (of("/tasks").into_iter().collect::<Vec<_>>(), of("/reservations").into_iter().collect::<Vec<_>>());
        assert!([(vec![201], vec![422]), (vec![422], vec![201])].contains(&both), "{both:?}");
        assert!(answers.iter().all(|(.., made)| *made == 1), "{answers:?}");
    }

    async fn keys_from_before_tasks_had_any_are_kept(app) {
        let id = app.rig("rig", 5, 0).await;
        let first = post(&app, "/reservations", "k", wish(id, "13:00", "14:00", 1)).await.expect(201);
        for sql in ["ALTER TABLE idempotency_key RENAME TO kept", "DELETE FROM _sqlx_migrations WHERE version = 20261121000011"] {
            app.administer(sql.to_owned()).await;
        }
        if !app.is_mysql() {
            app.execute("DROP INDEX idempotency_key_expiry".to_owned()).await;
        }
        for sql in migration(&app, "20261121000008_idempotency_key.sql") {
            app.execute(sql).await;
        }
        let columns = "principal, idempotency_key, body_hash, reservation_id, answer, created_at, expires_at";
        app.execute(format!("INSERT INTO idempotency_key ({columns}) SELECT {columns} FROM kept")).await;
        app.administer("DROP TABLE kept".to_owned()).await;
        app.db.migrate().await.unwrap();
        assert_eq!(post(&app, "/reservations", "k", wish(id, "13:00", "14:00", 1)).await.expect(201).body, first.body);
        add(&app, "t", to_do()).await.expect(201);
        assert_eq!(add(&app, "t", to_do()).await.expect(201).header("idempotent-replayed"), Some("true"));
        assert_eq!(hardware::store::idempotency::purge(&app.db, app.clock.now_s() + 3 * 86_400).await.unwrap(), 2);
    }
}
