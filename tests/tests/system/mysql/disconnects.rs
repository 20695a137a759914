//! Ten thousand callers who hang up, before they have asked, while they are answered, or in the middle of the answer.
//! Nobody else gets what they had asked for, and no connection to the database is lost over them.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::scene::{self, Notes, is_of, note};
use crate::harness::{Service, Settings, mysql::shared};

const WORKERS: u64 = 40;
const HANG_UPS: u64 = 10_000 / WORKERS;
/// Longer than an answer takes: some of them hang up when it is there already.
const LATEST_US: u64 = 4_000;
const BOUND: Duration = Duration::from_secs(60);

/// Not random enough for anything but this; the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

fn request(id: i64, writes: bool) -> String {
    if writes {
        let body = format!("{{\"description\":\"{}\"}}", note(id));
        let head = "Host: x\r\nContent-Type: application/json";
        return format!(
            "PATCH /hardware/{id} HTTP/1.1\r\n{head}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
    }
    format!("GET /hardware/{id} HTTP/1.1\r\nHost: x\r\n\r\n")
}

async fn hang_up(address: &str, id: i64, dice: &mut Dice) -> std::io::Result<()> {
    let request = request(id, dice.roll(8) == 0);
    let mut stream = TcpStream::connect(address).await?;
    let when = dice.roll(4);
    let sent = if when == 0 { request.len() / 2 } else { request.len() };
    stream.write_all(&request.as_bytes()[..sent]).await?;
    match when {
        1 => sleep(Duration::from_micros(dice.roll(LATEST_US))).await,
        2 => _ = timeout(Duration::from_secs(5), stream.read(&mut [0; 16])).await,
        _ => {}
    }
    Ok(())
}

async fn many_hang_up(address: String, ids: Arc<Vec<i64>>, mut dice: Dice) {
    for _ in 0..HANG_UPS {
        let id = ids[usize::try_from(dice.roll(ids.len() as u64)).unwrap()];
        let _ = hang_up(&address, id, &mut dice).await;
    }
}

/// Asks until the others are done; how often.
async fn many_look(hardware: Arc<Service>, ids: Arc<Vec<i64>>, done: Arc<AtomicBool>, first: usize) -> u64 {
    let mut looks = 0;
    for id in ids.iter().cycle().skip(first) {
        let answer = hardware.get(&format!("/hardware/{id}")).await.is(200);
        assert!(is_of(&answer, *id), "{id}: {}", answer.body);
        looks += 1;
        if done.load(Ordering::Relaxed) {
            break;
        }
    }
    looks
}

async fn nobody_suffers(settings: Settings) {
    let hardware = Arc::new(scene::service(settings).await);
    let ids = Arc::new(scene::rows(&hardware, 20).await);
    let address = hardware.url.trim_start_matches("http://").to_owned();
    let (started, done, looks) = (Instant::now(), Arc::new(AtomicBool::new(false)), AtomicU64::new(0));
    let lookers: JoinSet<u64> =
        (0..4).map(|first| many_look(hardware.clone(), ids.clone(), done.clone(), first)).collect();
    let workers: JoinSet<()> =
        (0..WORKERS).map(|seed| many_hang_up(address.clone(), ids.clone(), Dice(seed))).collect();
    timeout(BOUND, workers.join_all()).await.unwrap();
    done.store(true, Ordering::Relaxed);
    looks.fetch_add(lookers.join_all().await.into_iter().sum(), Ordering::Relaxed);

    let open = hardware.all_rest().await;
    assert!((1..=20).contains(&open), "{open} connections");
    for id in ids.iter() {
        assert!(is_of(&hardware.get(&format!("/hardware/{id}")).await.is(200), *id));
    }
    assert!(!hardware.told().contains("ERROR"), "{}", hardware.told());
    let took = started.elapsed();
    eprintln!("{} hang-ups, {looks:?} looks, {took:?}, {open} connections", WORKERS * HANG_UPS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_who_hang_up_harm_nobody_on_mysql() {
    nobody_suffers(shared().await.account("12345").await.settings()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ten_thousand_who_hang_up_harm_nobody_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    nobody_suffers(Settings::sqlite(folder.path())).await;
}
