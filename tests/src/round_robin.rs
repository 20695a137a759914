//! A load balancer as simple as can be: each connection goes to the next service, in turn.

use std::sync::{Arc, Mutex};

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::Service;

/// A running balancer; ended when dropped.
pub struct RoundRobin {
    /// Where it answers, without a slash at the end.
    pub url: String,
    /// Which service each connection went to, by its number.
    taken: Arc<Mutex<Vec<usize>>>,
    running: JoinHandle<()>,
}

impl RoundRobin {
    /// In front of these.
    pub async fn of(services: &[&Service]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let behind = |service: &&Service| service.url.strip_prefix("http://").unwrap().to_owned();
        let behind: Vec<String> = services.iter().map(behind).collect();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let running = tokio::spawn(balance(listener, behind, taken.clone()));
        Self { url, taken, running }
    }

    /// Which service each connection went to so far, by its number.
    pub fn taken(&self) -> Vec<usize> {
        self.taken.lock().unwrap().clone()
    }
}

impl Drop for RoundRobin {
    fn drop(&mut self) {
        self.running.abort();
    }
}

async fn balance(listener: TcpListener, behind: Vec<String>, taken: Arc<Mutex<Vec<usize>>>) {
    for turn in (0..behind.len()).cycle() {
        let Ok((mut visitor, _)) = listener.accept().await else { return };
        taken.lock().unwrap().push(turn);
        let address = behind[turn].clone();
        tokio::spawn(async move {
            // A service that is away ends the connection, as it would without anything in between.
            if let Ok(mut service) = TcpStream::connect(address).await {
                let _ = copy_bidirectional(&mut visitor, &mut service).await;
            }
        });
    }
}
