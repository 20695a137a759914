//! One scenario on one database: its time, its seed, its clients and what is found at its end.

use std::{
    io::{self, Write},
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use tokio::{
    sync::{Barrier, Semaphore, SemaphorePermit},
    task::JoinSet,
    time::timeout,
};

use crate::{
    checker::{self, Hardware, Stock},
    client::Client,
    database::{Database, Kind},
    dice::Dice,
    stage::Stage,
    tally::Tally,
    time,
};

pub const CLIENTS: usize = 32;
/// The whole suite on both databases then takes about a minute on two cores.
const DEFAULT_SECONDS: u64 = 3;
/// Nobody waits longer than this for clients whose time is over, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(180);

static SEED: LazyLock<u64> = LazyLock::new(|| {
    let seed = number("TORTURE_SEED").unwrap_or_else(|| time::now().unsigned_abs());
    say(&format!("TORTURE_SEED={seed} TORTURE_SECONDS={}", *SECONDS));
    seed
});
static SECONDS: LazyLock<u64> = LazyLock::new(|| number("TORTURE_SECONDS").unwrap_or(DEFAULT_SECONDS));

/// Scenarios at once, however many cores there are: each has two processes, 32 clients and, on MySQL, forty of the
/// shared server's connections.
static SEATS: Semaphore = Semaphore::const_new(2);

pub struct Run {
    pub stage: Stage,
    pub tally: Arc<Tally>,
    pub stock: Stock,
    name: String,
    started: Instant,
    _seat: SemaphorePermit<'static>,
}

impl Run {
    /// Two processes of the service on a database that nobody kills.
    pub async fn new(name: &str, kind: Kind) -> Self {
        Self::on(name, kind, Database::new(kind).await, "hardware").await
    }

    pub async fn on(name: &str, kind: Kind, database: Database, binary: &'static str) -> Self {
        let name = format!("{name} on {kind:?}");
        // Told before anything can hang.
        LazyLock::force(&SEED);
        let seat = SEATS.acquire().await.unwrap();
        let stage = Stage::set(database, binary).await;
        let (tally, stock) = (Arc::default(), Stock::new());
        Self { stage, tally, stock, name, started: Instant::now(), _seat: seat }
    }

    pub fn ends_at(&self) -> Instant {
        self.started + Duration::from_secs(*SECONDS)
    }

    pub fn dice(&self, purpose: &str) -> Dice {
        Dice::new(*SEED, &format!("{} {purpose}", self.name))
    }

    /// Round after round until the time is over or something is found.
    pub async fn rounds(
        &mut self,
        mut round: impl AsyncFnMut(&mut Self, usize) -> Vec<String>,
    ) -> Vec<String> {
        for number in 0.. {
            let findings = round(self, number).await;
            if !findings.is_empty() || Instant::now() >= self.ends_at() {
                return findings;
            }
        }
        Vec::new()
    }

    /// Adds a hardware; its id.
    pub async fn add(&mut self, hardware: Hardware) -> i64 {
        let id = self.stage.add(&format!("rig {}", self.stock.len()), hardware).await;
        self.stock.insert(id, hardware);
        id
    }

    pub async fn add_some(&mut self, count: usize, hardware: Hardware) -> Vec<i64> {
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(self.add(hardware).await);
        }
        ids
    }

    /// All clients do the same at once, half of them at each process; what they bring back, in no order.
    pub async fn at_once<T: Send + 'static, F>(
        &self,
        count: usize,
        round: usize,
        act: impl Fn(Client) -> F,
    ) -> Vec<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        self.done(self.begin(count, round, act)).await
    }

    /// What clients that were begun bring back.
    pub async fn done<T: 'static>(&self, clients: JoinSet<T>) -> Vec<T> {
        let patience = PATIENCE + Duration::from_secs(*SECONDS);
        let done = timeout(patience, clients.join_all()).await;
        done.unwrap_or_else(|_| panic!("{}: not done after {patience:?}", self.name))
    }

    /// The same without waiting for them.
    pub fn begin<T: Send + 'static, F>(
        &self,
        count: usize,
        round: usize,
        act: impl Fn(Client) -> F,
    ) -> JoinSet<T>
    where
        F: Future<Output = T> + Send + 'static,
    {
        let barrier = Arc::new(Barrier::new(count));
        let mut clients = JoinSet::new();
        for number in 0..count {
            let dice = self.dice(&format!("round {round}, client {number}"));
            let done = act(Client::new(number, dice, self.tally.clone(), self.stage.urls()));
            let barrier = barrier.clone();
            clients.spawn(async move {
                barrier.wait().await;
                done.await
            });
        }
        clients
    }

    /// The line with the figures.
    pub fn report(&self, more: &str) {
        let (name, tally, seconds) = (&self.name, &self.tally, self.started.elapsed().as_secs());
        say(&format!("{name}: {tally}, {seconds} s, seed {}{more}", *SEED));
    }

    /// The end of every honest run: no faults, no collision in the database, and `hardware verify` agrees.
    pub async fn ends_clean(self, mut findings: Vec<String>) {
        self.report("");
        findings.extend(self.tally.faults());
        let claims = self.stage.database.claims().await;
        findings.extend(checker::collisions(&claims, &self.stage.database.stock().await, time::now()));
        findings.extend(self.stage.violations().await);
        let Self { stage, name, .. } = self;
        let complaints = stage.complaints();
        drop(stage);
        assert!(
            findings.is_empty(),
            "{name}, TORTURE_SEED={}: {} findings\n{}\nthe services said:\n{complaints}",
            *SEED,
            findings.len(),
            findings.join("\n")
        );
    }
}

/// Past the test runner, which shows what is printed of failed tests alone.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn number(name: &str) -> Option<u64> {
    #[expect(
        clippy::disallowed_methods,
        reason = "whoever runs the tests says here how long and with which seed"
    )]
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name}={text} is not a number")))
}
