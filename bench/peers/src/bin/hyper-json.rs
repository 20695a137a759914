//! hyper and `serde_json`: the captured rows, written anew for each request.

use std::io;

use bench_peers::{arguments, serve};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum Word {
    None,
    Low,
    Medium,
    High,
}

/// The members of the list, in its order.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: i64,
    provider: String,
    name: String,
    availability: Word,
    capacity: i64,
    free: i64,
    free_now: i64,
    fits: bool,
    next_free_at: Option<DateTime<Utc>>,
    overcommitted: i64,
    buffer_s: i64,
    tz: Option<String>,
    category: Option<String>,
    location: Option<String>,
    description: Option<String>,
    tags: Vec<String>,
    version: i64,
}

fn json(rows: &[Row]) -> io::Result<Bytes> {
    Ok(serde_json::to_vec(rows)?.into())
}

#[tokio::main]
async fn main() -> io::Result<()> {
    let (port, captured) = arguments()?;
    let rows: Vec<Row> = serde_json::from_slice(&captured.body)?;
    if json(&rows)? != captured.body {
        return Err(io::Error::other("this peer writes other bytes than hardware: its Row is out of date"));
    }
    serve(port, captured.headers, move || json(&rows)).await
}
