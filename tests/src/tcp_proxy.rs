//! A way to a server that can become a black hole: nothing comes through any more, and nobody is told.

use std::{future::pending, sync::Arc};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::{JoinHandle, JoinSet},
};

/// What the way is like.
#[derive(Clone, Copy, Debug)]
struct Way {
    /// How often it became a black hole: what was under way then stays lost.
    holes: u32,
    open: bool,
}

/// A running proxy; ended when dropped, and all its connections with it.
pub struct TcpProxy {
    /// Where it listens, at 127.0.0.1.
    pub port: u16,
    way: Arc<watch::Sender<Way>>,
    running: JoinHandle<()>,
}

impl TcpProxy {
    /// In front of a server.
    pub async fn of(host: &str, port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let here = listener.local_addr().unwrap().port();
        let way = Arc::new(watch::Sender::new(Way { holes: 0, open: true }));
        let running = tokio::spawn(serve(listener, (host.to_owned(), port), way.clone()));
        Self { port: here, way, running }
    }

    /// From now on nothing comes through, in neither direction; no connection is closed, and new ones get no answer.
    pub fn swallow(&self) {
        self.way.send_modify(|way| *way = Way { holes: way.holes + 1, open: false });
    }

    /// New connections come through again; those that were under way never will.
    pub fn heal(&self) {
        self.way.send_modify(|way| way.open = true);
    }
}

impl Drop for TcpProxy {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn serve(listener: TcpListener, server: (String, u16), way: Arc<watch::Sender<Way>>) {
    let mut connections = JoinSet::new();
    loop {
        let Ok((caller, _)) = listener.accept().await else { return };
        connections.spawn(forward(caller, server.clone(), way.subscribe()));
    }
}

async fn forward(mut caller: TcpStream, server: (String, u16), mut way: watch::Receiver<Way>) {
    let Way { holes, open } = *way.borrow();
    if open {
        let copied = async {
            let mut server = TcpStream::connect(server).await?;
            let _ = (caller.set_nodelay(true), server.set_nodelay(true));
            copy_bidirectional(&mut caller, &mut server).await
        };
        tokio::pin!(copied);
        tokio::select! {
            // Who has lost his connection on this side loses it on the other.
            _ = &mut copied => return,
            _ = way.wait_for(|now| now.holes > holes) => {}
        }
        // What is not asked any more keeps both of its ends.
        pending::<()>().await;
    }
    pending::<()>().await;
    drop(caller);
}
