//! What is in the way of a booking that does not fit: who has the units, and until when.

use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;

use super::{
    times::{TimeView, Writer},
    words::number,
};
use crate::hardware_client::{Claim, NotFree, ShortLine, Stretch};

/// Lines that are shown: a form of the portal has one.
const MAX_LINES: usize = 10;
/// Claims that are shown of a line; the service names as many.
const MAX_CLAIMS: usize = 20;
/// Stretches with too few units that are named.
const MAX_STRETCHES: usize = 4;
/// Maintenance without an end stays open until this year.
const OPEN_YEAR: i32 = 9999;

/// One line that does not fit.
#[derive(Debug, Serialize)]
pub struct Blocked {
    id: String,
    heading: String,
    stretches: Vec<StretchView>,
    more_stretches: bool,
    rows: Vec<ClaimRow>,
    /// The list of claims may go on.
    more: bool,
    foot: String,
    taken: String,
}

#[derive(Debug, Serialize)]
struct StretchView {
    from: TimeView,
    /// `None` has no end.
    to: Option<TimeView>,
    free: String,
}

#[derive(Debug, Serialize)]
struct ClaimRow {
    who: String,
    href: Option<String>,
    maintenance: bool,
    from: TimeView,
    /// `None` has no end.
    to: Option<TimeView>,
    qty: String,
}

impl Blocked {
    /// What is in the way, line by line.
    #[must_use]
    pub fn of(why: &NotFree, times: &Writer) -> Vec<Self> {
        let lines = why.lines.iter().take(MAX_LINES).enumerate();
        lines.map(|(at, line)| Self { id: id(at, line), ..Self::line(line, times) }).collect()
    }

    fn line(line: &ShortLine, times: &Writer) -> Self {
        let stretch = |stretch: &Stretch| StretchView {
            from: times.date_time(stretch.from),
            to: end(stretch.from, stretch.to, times),
            free: number(stretch.free),
        };
        Self {
            id: String::new(),
            heading: format!("What is in the way of {}", line.name),
            stretches: line.blocked.iter().take(MAX_STRETCHES).map(stretch).collect(),
            more_stretches: line.blocked.len() > MAX_STRETCHES,
            rows: line.claims.iter().take(MAX_CLAIMS).map(|claim| row(claim, times)).collect(),
            more: line.claims.len() >= MAX_CLAIMS,
            foot: format!("Taken at the busiest moment, of {}", number(line.capacity)),
            taken: number(line.capacity.saturating_sub(line.free)),
        }
    }
}

/// Of a series the same hardware comes once for each booking that does not fit.
fn id(at: usize, line: &ShortLine) -> String {
    let hardware = line.hardware;
    if at == 0 { format!("blocks-{hardware}") } else { format!("blocks-{hardware}-{at}") }
}

fn row(claim: &Claim, times: &Writer) -> ClaimRow {
    let named = claim.user.clone().filter(|user| !user.is_empty());
    let numbered = || claim.reservation.map_or_else(|| "Somebody".to_owned(), |id| format!("Booking {id}"));
    ClaimRow {
        who: named.unwrap_or_else(numbered),
        href: claim.reservation.map(|id| format!("/reservations/{id}")),
        maintenance: claim.task.is_some(),
        from: times.date_time(claim.from),
        to: end(claim.from, claim.to, times),
        qty: number(claim.qty),
    }
}

fn end(from: DateTime<Utc>, to: DateTime<Utc>, times: &Writer) -> Option<TimeView> {
    (to.year() < OPEN_YEAR).then(|| times.end(from, to))
}
