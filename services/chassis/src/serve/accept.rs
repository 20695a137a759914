//! Taking connections.

use std::{io, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    net::{TcpListener, TcpStream},
    sync::OwnedSemaphorePermit,
};

use super::{connection, server::Server};

/// What is waited after an error that will not pass by itself, at first and at most.
const PAUSES: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(1));

/// Takes connections from `listener` until the server closes.
pub(super) async fn accept(server: Arc<Server>, listener: TcpListener) {
    let mut pause = PAUSES.0;
    loop {
        let taken = tokio::select! {
            biased;
            () = server.closed.cancelled() => break,
            taken = next(&server, &listener) => taken,
        };
        match taken {
            Ok((socket, peer, open)) => {
                pause = PAUSES.0;
                server.tasks.spawn(connection::serve(server.clone(), socket, peer, open));
            }
            Err(error) if is_the_callers(&error) => {}
            Err(error) => {
                // Mostly: no descriptors. The caller stays in the queue, so trying at once would only burn time.
                tracing::warn!(%error, ?pause, "no connection can be taken");
                server.make_room();
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSES.1);
            }
        }
    }
    // To those in the queue the system has said that they are connected. It is asked directly: tokio would look only once
    // it has been told of somebody new.
    let Ok(listener) = listener.into_std() else { return };
    while let Ok((socket, peer)) = listener.accept() {
        let Ok(open) = server.open.clone().try_acquire_owned() else { return };
        if socket.set_nonblocking(true).is_ok()
            && let Ok(socket) = TcpStream::from_std(socket)
        {
            server.tasks.spawn(connection::serve(server.clone(), socket, peer, open));
        }
    }
}

async fn next(
    server: &Server,
    listener: &TcpListener,
) -> io::Result<(TcpStream, SocketAddr, OwnedSemaphorePermit)> {
    let (socket, peer) = listener.accept().await?;
    let open = match server.open.clone().try_acquire_owned() {
        Ok(open) => open,
        Err(_) => {
            server.make_room();
            server.open.clone().acquire_owned().await.map_err(io::Error::other)?
        }
    };
    Ok((socket, peer, open))
}

/// The caller hung up before he was taken.
fn is_the_callers(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
