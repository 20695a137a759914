//! Lines on their way to stderr, many in one system call: a line for every request costs as much as a small answer.
//!
//! What is no more than news waits up to [`SOON`]; a warning goes out at once, with what was said before it.

use std::{
    io::{self, Write},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

const SOON: Duration = Duration::from_millis(100);
/// More than this does not wait.
const MANY_BYTES: usize = 32 * 1_024;

/// The lines of this process.
#[derive(Clone, Debug, Default)]
pub(super) struct Lines(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    waiting: Mutex<Vec<u8>>,
    first: Condvar,
}

impl Lines {
    /// Has a thread write what waits, until the process ends.
    pub(super) fn write_soon(&self) -> io::Result<()> {
        let lines = self.clone();
        let write = move || {
            loop {
                let waiting = lines.locked();
                drop(lines.0.first.wait_while(waiting, |waiting| waiting.is_empty()));
                thread::sleep(SOON);
                lines.flush();
            }
        };
        thread::Builder::new().name("log".to_owned()).spawn(write).map(|_| ())
    }

    /// Writes what waits.
    pub(super) fn flush(&self) {
        Self::write_out(&mut self.locked());
    }

    fn locked(&self) -> MutexGuard<'_, Vec<u8>> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nobody is left to be told of a stderr that takes nothing.
    fn write_out(waiting: &mut Vec<u8>) {
        let _ = io::stderr().lock().write_all(waiting);
        waiting.clear();
    }
}

/// One line.
pub(super) struct Line {
    lines: Lines,
    is_urgent: bool,
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { lines: self.clone(), is_urgent: true }
    }

    fn make_writer_for(&'a self, line: &Metadata<'_>) -> Line {
        Line { lines: self.clone(), is_urgent: *line.level() <= Level::WARN }
    }
}

impl Write for Line {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        let mut waiting = self.lines.locked();
        if waiting.is_empty() {
            self.lines.0.first.notify_one();
        }
        waiting.extend_from_slice(text);
        if self.is_urgent || waiting.len() > MANY_BYTES {
            Lines::write_out(&mut waiting);
        }
        Ok(text.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.flush();
        Ok(())
    }
}
