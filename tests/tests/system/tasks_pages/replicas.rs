//! Two portals with one secret behind a balancer, and one visitor whose requests go to each in turn.

use std::collections::BTreeMap;

use reqwest::{Client, Method};
use serde_json::json;
use system_tests::round_robin::RoundRobin;

use super::{CREATED, UPDATED, added, cookies, escaped, is_done, post, tasks};
use crate::harness::{
    Answer, Service, Settings, Toolcrib, toolcrib::portal_of, web::client_without_keep_alive,
};

const SECRET: &str = "a secret of all replicas";
const ROUNDS: usize = 7;

async fn replica(toolcrib: &Toolcrib) -> Service {
    portal_of(&toolcrib.hardware, Settings::default().with("PORTAL_SECRET", SECRET)).await
}

/// A browser without JavaScript: it keeps cookies, and makes a connection for each request.
struct Visitor {
    client: Client,
    url: String,
    jar: BTreeMap<String, String>,
}

impl Visitor {
    fn of(balancer: &RoundRobin) -> Self {
        Self { client: client_without_keep_alive(), url: balancer.url.clone(), jar: BTreeMap::new() }
    }

    async fn send(&mut self, method: Method, path: &str, body: String) -> Answer {
        let jar: Vec<String> = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = self
            .client
            .request(method, format!("{}{path}", self.url))
            .header("accept", "text/html")
            .header("connection", "close")
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .header("cookie", jar.join("; "))
            .body(body);
        let answer = Answer::of(request).await.unwrap();
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            if cookie.contains("Max-Age=0") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    async fn tasks(&mut self) -> Answer {
        self.send(Method::GET, "/tasks", String::new()).await.is(200)
    }

    async fn adds(&mut self, title: &str) {
        let body = format!("title={}&text=b", escaped(title));
        let sent = self.send(Method::POST, "/tasks/new", body).await.is(303);
        assert_eq!(sent.headers["location"], "/tasks");
    }
}

#[tokio::test]
async fn a_visitor_of_two_replicas_sees_each_message_once() {
    let toolcrib = Toolcrib::start().await;
    let (one, other) = (replica(&toolcrib).await, replica(&toolcrib).await);
    let balancer = RoundRobin::of(&[&one, &other]).await;
    let mut visitor = Visitor::of(&balancer);
    // Three requests a round: whoever took the form in one round shows the message in the next.
    for round in 1..=ROUNDS {
        visitor.adds(&format!("task {round}")).await;
        let shown = visitor.tasks().await.has(&format!(">task {round}</label>"));
        assert_eq!(shown.body.matches(CREATED).count(), 1, "round {round}");
        visitor.tasks().await.lacks(CREATED);
    }
    let listed = toolcrib.hardware.get("/tasks").await.is(200).json();
    let titles: Vec<_> =
        listed.as_array().unwrap().iter().map(|task| task["title"].as_str().unwrap()).collect();
    let newest_first: Vec<_> = (1..=ROUNDS).rev().map(|round| format!("task {round}")).collect();
    assert_eq!(titles, newest_first);
    let in_turn: Vec<usize> = (0..3 * ROUNDS).map(|request| request % 2).collect();
    assert_eq!(balancer.taken(), in_turn);
}

#[tokio::test]
async fn ticks_that_one_replica_saves_the_other_tells() {
    let toolcrib = Toolcrib::start().await;
    let (one, other) = (replica(&toolcrib).await, replica(&toolcrib).await);
    let balancer = RoundRobin::of(&[&one, &other]).await;
    let mut visitor = Visitor::of(&balancer);
    let id = added(&toolcrib, json!({ "title": "a", "text": "b" })).await;
    for done in [true, false, true] {
        let tick = if done { format!("&done.{id}=true") } else { String::new() };
        let sent = visitor.send(Method::POST, "/tasks/update", format!("shown={id}{tick}")).await.is(303);
        assert_eq!(sent.headers["location"], "/tasks");
        assert_eq!(is_done(&toolcrib, &id).await, done);
        assert_eq!(visitor.tasks().await.body.matches(UPDATED).count(), 1);
        visitor.tasks().await.lacks(UPDATED);
    }
    assert_eq!(balancer.taken(), [0, 1, 0, 1, 0, 1, 0, 1, 0]);
}

#[tokio::test]
async fn a_portal_with_another_secret_shows_nothing_and_the_secret_is_told_to_nobody() {
    let toolcrib = Toolcrib::start().await;
    let one = replica(&toolcrib).await;
    let sent = post(&one, "/tasks/new", &[("title", "a"), ("text", "b")]).await.is(303);
    tasks(&toolcrib.portal, &cookies(&sent)).await.lacks(CREATED);
    tasks(&one, &cookies(&sent)).await.has(CREATED);
    assert!(toolcrib.portal.told().contains("PORTAL_SECRET is not set"));
    assert!(!one.told().contains("PORTAL_SECRET"), "{}", one.told());
    assert!(!one.told().contains(SECRET));
}
