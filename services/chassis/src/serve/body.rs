//! Bodies on their way: a request's must keep coming and fit in what there is, an answer's is watched until it is sent.

use std::{
    future::Future,
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll, ready},
    time::{Duration, Instant},
};

use bytes::Bytes;
use http_body_util::combinators::BoxBody;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::{
    sync::OwnedSemaphorePermit,
    time::{Sleep, sleep},
};

use super::{
    activity::{Activity, BYTES_PER_MS},
    budget::{Budget, FREE_BYTES},
};

/// No handler keeps more of a body than this at a time: longer ones are worked on as they come.
const MOST_KEPT: usize = 512 * 1_024;

/// What a request holds until its handler is done with it, whether or not the caller is still there.
#[derive(Debug)]
pub(super) struct Grant {
    /// One of the requests that are worked on at once.
    pub(super) _place: OwnedSemaphorePermit,
    pub(super) memory: Mutex<Vec<OwnedSemaphorePermit>>,
}

/// A request's body.
#[derive(Debug)]
pub(super) struct Arriving {
    inner: Incoming,
    budget: Budget,
    grant: Arc<Grant>,
    received: usize,
    paid_for: usize,
    patience: Duration,
    waited: Duration,
    waiting: Option<(Instant, Pin<Box<Sleep>>)>,
}

impl Arriving {
    pub(super) fn new(inner: Incoming, budget: Budget, grant: Arc<Grant>, patience: Duration) -> Self {
        Self {
            inner,
            budget,
            grant,
            received: 0,
            paid_for: FREE_BYTES,
            patience,
            waited: Duration::ZERO,
            waiting: None,
        }
    }

    /// What was received buys more.
    fn time_left(&self) -> Duration {
        let bought = Duration::from_millis(self.received as u64 / BYTES_PER_MS);
        (self.patience + bought).saturating_sub(self.waited)
    }

    fn wait(&mut self, cx: &mut Context<'_>) -> Poll<io::Error> {
        let left = self.time_left();
        let (_, alarm) = self.waiting.get_or_insert_with(|| (Instant::now(), Box::pin(sleep(left))));
        ready!(alarm.as_mut().poll(cx));
        Poll::Ready(io::Error::new(io::ErrorKind::TimedOut, "the body came too slowly"))
    }

    fn receive(&mut self, bytes: usize) -> io::Result<()> {
        if let Some((since, _)) = self.waiting.take() {
            self.waited += since.elapsed();
        }
        self.received += bytes;
        let kept = self.received.min(MOST_KEPT);
        if let Some(more) = kept.checked_sub(self.paid_for).filter(|more| *more > 0) {
            let permit = self.budget.take(more).ok_or_else(|| {
                io::Error::new(io::ErrorKind::ResourceBusy, "too many large bodies are being received")
            })?;
            self.grant.memory.lock().unwrap_or_else(PoisonError::into_inner).push(permit);
            self.paid_for = kept;
        }
        Ok(())
    }
}

impl Body for Arriving {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match Pin::new(&mut self.inner).poll_frame(cx) {
            Poll::Pending => self.wait(cx).map(|error| Some(Err(error))),
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(Err(error))) => Poll::Ready(Some(Err(io::Error::other(error)))),
            Poll::Ready(Some(Ok(frame))) => {
                let bytes = frame.data_ref().map_or(0, Bytes::len);
                Poll::Ready(Some(self.receive(bytes).map(|()| frame)))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

/// A request that is not answered yet.
#[derive(Debug)]
pub(super) struct InFlight(Arc<Activity>);

impl InFlight {
    pub(super) fn new(activity: Arc<Activity>) -> Self {
        activity.begins();
        Self(activity)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.ends();
    }
}

/// An answer's body: its request is in flight until it has been handed to the connection.
#[derive(Debug)]
pub(super) struct Leaving {
    inner: BoxBody<Bytes, io::Error>,
    _in_flight: InFlight,
    _memory: Option<OwnedSemaphorePermit>,
}

impl Leaving {
    pub(super) fn new(
        inner: BoxBody<Bytes, io::Error>,
        in_flight: InFlight,
        memory: Option<OwnedSemaphorePermit>,
    ) -> Self {
        Self { inner, _in_flight: in_flight, _memory: memory }
    }
}

impl Body for Leaving {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        Pin::new(&mut self.inner).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
