//! Why a booking was refused, told so that a person can do something about it: how much is missing and when, who is
//! in the way, and when it would fit instead. Read after the refused transaction has ended, without locks.

use std::collections::HashMap;

use sqlx::FromRow;

use super::{
    claims::{self, Held, Side},
    locks::Stock,
    search::{Hunt, Wanted},
    series::Skipped,
};
use crate::{
    db::{Conn, Db, DbError, Statement, on_conn},
    domain::{
        demand::Shortage,
        peak::Claim,
        present::Present,
        starts::{MAX_ALTERNATIVES, Need, SEARCH_S},
        window::Window,
    },
};

/// Claims in the way that are told of one line at most.
const MAX_CLAIMS: usize = 20;

macro_rules! ids {
    () => {
        "?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?"
    };
}

/// Whose twenty claims are.
const IN_THE_WAY: Statement = Statement::both(
    "claims_in_the_way",
    concat!(
        "SELECT c.id, c.reservation_id, c.task_id, r.user_name
         FROM claim c LEFT JOIN reservation r ON r.id = c.reservation_id WHERE c.id IN (",
        ids!(),
        ")"
    ),
)
.quick();

pub(super) const STATEMENTS: &[&Statement] = &[&IN_THE_WAY];

/// One line of what was wanted: the stock, and the claim that it would have had (id 0), the buffer included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WantedLine {
    /// Of what.
    pub stock: Stock,
    /// Units.
    pub qty: i64,
    /// Over which time, the buffer included.
    pub window: Window,
    /// Where too little is free; empty if this line would have fitted.
    pub shortages: Vec<Shortage>,
}

impl WantedLine {
    fn wanted(&self) -> Wanted {
        let need = Need { capacity: self.stock.capacity, qty: self.qty, length_s: self.window.length_s() };
        Wanted { hardware: self.stock.id, need }
    }
}

/// What could not be had.
#[derive(Clone, Debug)]
pub struct Shortfall {
    /// All that was wanted, also what would have fitted.
    pub lines: Vec<WantedLine>,
    /// Claims of one's own, which are in nobody's way.
    pub own: Vec<i64>,
    /// The time that was wanted, without a buffer; `None` where another time is no answer.
    pub movable: Option<Window>,
    /// When it was asked.
    pub present: Present,
    /// Of a series: how much of it.
    pub series: Option<SeriesShort>,
}

/// How much of a series could not be had. The lines tell of the first few alone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SeriesShort {
    /// Occurrences wanted.
    pub wanted: usize,
    /// Occurrences that do not fit.
    pub refused: usize,
    /// When the first few of them are, without a buffer.
    pub first: Vec<Window>,
    /// Whether one of these lies over another one of the series.
    pub with_itself: bool,
    /// Where it was asked for what fits: why each does not.
    pub skipped: Vec<Skipped>,
}

/// Who is in the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InTheWay {
    /// A reservation.
    pub reservation: Option<i64>,
    /// A task.
    pub task: Option<i64>,
    /// What it occupies.
    pub claim: Claim,
    /// Whose reservation.
    pub user: Option<String>,
}

/// A line that does not fit.
#[derive(Clone, Debug)]
pub struct RefusedLine {
    /// What was wanted of it.
    pub wanted: WantedLine,
    /// Up to twenty, in order of their starts.
    pub in_the_way: Vec<InTheWay>,
}

/// A refused booking, explained.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// The lines that do not fit.
    pub lines: Vec<RefusedLine>,
    /// Other times at which all lines fit, the nearest first.
    pub alternatives: Vec<Window>,
    /// Of a series: how much of it.
    pub series: Option<SeriesShort>,
}

#[derive(Debug, FromRow)]
struct InTheWayRow {
    id: i64,
    reservation_id: Option<i64>,
    task_id: Option<i64>,
    user_name: Option<String>,
}

/// Explains a refusal.
///
/// # Errors
/// The database cannot be reached.
pub async fn explain(db: &Db, shortfall: Shortfall) -> Result<Refusal, DbError> {
    let mut lease = db.read().await?;
    let conn = &mut lease.conn();
    let alternatives = alternatives(conn, &shortfall).await?;
    let mut lines = Vec::new();
    for wanted in shortfall.lines.into_iter().filter(|line| !line.shortages.is_empty()) {
        let in_the_way = in_the_way(conn, &wanted, &shortfall.own, shortfall.present).await?;
        lines.push(RefusedLine { wanted, in_the_way });
    }
    Ok(Refusal { lines, alternatives, series: shortfall.series })
}

async fn in_the_way(
    conn: &mut Conn<'_>,
    line: &WantedLine,
    own: &[i64],
    present: Present,
) -> Result<Vec<InTheWay>, DbError> {
    let from = line.shortages.first().map_or(line.window.from, |first| first.from);
    let to = line.shortages.last().map_or(line.window.to, |last| last.to);
    let mut held = claims::of_one(conn, line.stock.id, Window { from, to }, present).await?;
    let meets = |claim: Claim| claim.starts_at < to && claim.blocked_until > from;
    held.retain(|held| !own.contains(&held.id) && meets(held.claim));
    held.sort_unstable_by_key(|held| (held.claim.starts_at, held.id));
    held.truncate(MAX_CLAIMS);
    let Some(last) = held.last() else { return Ok(Vec::new()) };
    let rows = on_conn!(conn, IN_THE_WAY, |sql, c| {
        let padded = held.iter().chain(std::iter::repeat(last)).take(MAX_CLAIMS);
        let query = padded.fold(sqlx::query_as::<_, InTheWayRow>(sql), |query, held| query.bind(held.id));
        query.fetch_all(&mut **c)
    })?;
    let mut whose: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let told = |held: &Held| {
        // One that went away in between is nobody's.
        let row = whose.remove(&held.id)?;
        let user = row.user_name.filter(|name| !name.is_empty());
        Some(InTheWay { reservation: row.reservation_id, task: row.task_id, claim: held.claim, user })
    };
    Ok(held.iter().filter_map(told).collect())
}

async fn alternatives(conn: &mut Conn<'_>, shortfall: &Shortfall) -> Result<Vec<Window>, DbError> {
    let Some(wanted) = shortfall.movable else { return Ok(Vec::new()) };
    // Another start is not in the past, unless the wanted one was.
    let earliest = shortfall.present.now_s.min(wanted.from).max(wanted.from - SEARCH_S);
    let latest =
        (wanted.from + SEARCH_S).min(Window::latest_end(shortfall.present.now_s) - wanted.length_s());
    let lines: Vec<_> = shortfall.lines.iter().map(WantedLine::wanted).collect();
    let mut found = on_one_side(conn, shortfall, &lines, Side::Later, (wanted.from, latest)).await?;
    // What is farther away than the third later one is not offered.
    let distance = found.get(MAX_ALTERNATIVES - 1).map_or(SEARCH_S, |third| third - wanted.from - 1);
    let range = (latest.min(wanted.from - 1), earliest.max(wanted.from - distance));
    found.extend(on_one_side(conn, shortfall, &lines, Side::Earlier, range).await?);
    found.sort_by_key(|start| ((start - wanted.from).abs(), -start));
    found.truncate(MAX_ALTERNATIVES);
    Ok(found.into_iter().map(|from| Window { from, to: from + wanted.length_s() }).collect())
}

async fn on_one_side(
    conn: &mut Conn<'_>,
    shortfall: &Shortfall,
    lines: &[Wanted],
    side: Side,
    range: (i64, i64),
) -> Result<Vec<i64>, DbError> {
    let is_empty = if side == Side::Later { range.1 < range.0 } else { range.0 < range.1 };
    if is_empty {
        return Ok(Vec::new());
    }
    let mut hunt = Hunt::begin(conn, lines, side, range, &shortfall.own, shortfall.present).await?;
    hunt.starts(conn, MAX_ALTERNATIVES).await
}
