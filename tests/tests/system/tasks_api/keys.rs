//! Idempotency keys of tasks where it hurts: a crash while requests are under way, and two replicas.

use std::{collections::BTreeSet, time::Duration};

use reqwest::{Client, Method};
use serde_json::{Value, json};

use super::{Api, ids, on_both};
use crate::harness::{Answer, Service, run, web::client};

/// Requests under way when the service is killed.
const TASKS: i64 = 60;

/// Adds task `n` under its key; what came back, if anything did.
async fn send(client: &Client, url: &str, n: i64) -> Option<Answer> {
    let body = json!({ "title": format!("t{n}"), "text": "x" });
    let request = client.post(format!("{url}/tasks")).header("idempotency-key", format!("k{n}")).json(&body);
    Answer::of(request).await.ok()
}

async fn is_in_order(service: &Service, tasks: i64) {
    let verified = run(&["verify"], &service.settings).await.ok().json();
    assert_eq!((&verified["violations"], &verified["tasks"]), (&json!(0), &json!(tasks)));
}

on_both! {
    async fn a_crash_under_way_and_everything_sent_again_adds_each_task_once(api) {
        let mut api = api;
        let (client, url) = (client(), api.service.url.clone());
        let running: Vec<_> = (0..TASKS).map(|n| {
            let (client, url) = (client.clone(), url.clone());
            tokio::spawn(async move { send(&client, &url, n).await })
        }).collect();
        // As soon as the first are there, so that others are under way.
        crate::harness::wait::until("a first task", async || {
            let list = Answer::of(client.get(format!("{url}/tasks"))).await.ok()?;
            (list.status == 200 && !ids(&list).is_empty()).then_some(())
        }).await;
        api.service.kill();
        let mut answered: Vec<Option<Value>> = Vec::new();
        for one in running {
            answered.push(one.await.unwrap().map(|answer| answer.is(201).json()));
        }
        api.service.start_again();
        api.service.becomes_ready().await;
        let mut made = BTreeSet::new();
        for (n, before) in (0..TASKS).zip(&answered) {
            let again = send(&client, &url, n).await.unwrap().is(201).json();
            assert_eq!(again["title"], format!("t{n}"));
            assert!(before.as_ref().is_none_or(|before| *before == again), "{before:?} {again}");
            made.insert(again["id"].as_i64().unwrap());
        }
        assert_eq!(made.len() as i64, TASKS);
        assert_eq!(ids(&api.get("/tasks?limit=1000").await), made.into_iter().rev().collect::<Vec<_>>());
        is_in_order(&api.service, TASKS).await;
    }
}

#[tokio::test]
async fn two_replicas_that_get_one_request_each_add_it_once() {
    let api = Api::mysql().await;
    let other = Service::ready("hardware", api.service.settings.clone()).await;
    let client = client();
    for n in 0..10 {
        let running: Vec<_> = (0..12)
            .map(|i| {
                let url = if i % 2 == 0 { &api.service.url } else { &other.url }.clone();
                let client = client.clone();
                tokio::spawn(async move { send(&client, &url, n).await.unwrap().is(201).body })
            })
            .collect();
        let mut answers = BTreeSet::new();
        for one in running {
            answers.insert(one.await.unwrap());
        }
        assert_eq!(answers.len(), 1, "{answers:?}");
    }
    let list = Answer::of(other.request(Method::GET, "/tasks")).await.unwrap();
    assert_eq!(ids(&list).len(), 10);
    is_in_order(&api.service, 10).await;
}

/// Longer than all of it takes: a lock that is never given would show here.
#[tokio::test]
async fn keys_of_different_requests_do_not_wait_for_each_other() {
    let api = Api::mysql().await;
    let (client, url) = (client(), api.service.url.clone());
    let all = async {
        let running: Vec<_> = (0..100)
            .map(|n| {
                let (client, url) = (client.clone(), url.clone());
                tokio::spawn(async move { send(&client, &url, n).await.unwrap().is(201) })
            })
            .collect();
        for one in running {
            one.await.unwrap();
        }
    };
    tokio::time::timeout(Duration::from_secs(20), all).await.unwrap();
    is_in_order(&api.service, 100).await;
}
