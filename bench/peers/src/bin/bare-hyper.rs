//! hyper alone: the captured bytes, from memory.

use std::io;

use bench_peers::{arguments, serve};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> io::Result<()> {
    let (port, captured) = arguments()?;
    let body = captured.body;
    serve(port, captured.headers, move || Ok(body.clone())).await
}
