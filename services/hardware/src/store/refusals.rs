//! Why a booking was refused, told so that a person can do something about it: how much is missing and when, who is
//! in the way, and when it would fit instead. Read after the refused transaction has ended, without locks.

use sqlx::FromRow;

use super::{claims, locks::Stock, series::Skipped};
use crate::{
    db::{Conn, Db, DbError, Statement, on_conn},
    domain::{
        demand::Shortage,
        peak::Claim,
        present::Present,
        starts::{Need, SEARCH_S, Starts},
        window::Window,
    },
};

/// Claims in the way that are told of one line at most.
const MAX_CLAIMS: u8 = 20;

macro_rules! columns {
    () => {
        "c.id AS id, c.reservation_id, c.task_id, c.starts_at AS starts_at, c.blocked_until, c.qty, c.is_out, c.ends_at, r.user_name"
    };
}

const IN_THE_WAY: Statement = Statement::both(
    "claims_in_the_way",
    concat!(
        "SELECT ",
        columns!(),
        " FROM claim c LEFT JOIN reservation r ON r.id = c.reservation_id
          WHERE c.hardware_id = ? AND c.blocked_until > ? AND c.starts_at < ?
          UNION
          SELECT ",
        columns!(),
        " FROM claim c LEFT JOIN reservation r ON r.id = c.reservation_id
          WHERE c.hardware_id = ? AND c.is_out = 1 AND c.ends_at <= ? AND c.starts_at < ?
          ORDER BY starts_at, id LIMIT ?"
    ),
);

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
    starts_at: i64,
    blocked_until: i64,
    qty: i64,
    is_out: i64,
    ends_at: i64,
    user_name: Option<String>,
}

impl InTheWayRow {
    fn told(self, present: Present) -> InTheWay {
        let claim = Claim { starts_at: self.starts_at, blocked_until: self.blocked_until, qty: self.qty };
        let overdue = self.is_out != 0 && self.ends_at <= present.now_s;
        InTheWay {
            reservation: self.reservation_id,
            task: self.task_id,
            claim: if overdue { present.overdue(claim) } else { claim },
            user: self.user_name.filter(|name| !name.is_empty()),
        }
    }
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
    let limit = i64::from(MAX_CLAIMS).saturating_add(i64::try_from(own.len()).unwrap_or(i64::MAX));
    let rows = on_conn!(conn, IN_THE_WAY, |sql, c| {
        let query = sqlx::query_as::<_, InTheWayRow>(sql).bind(line.stock.id).bind(from).bind(to);
        query.bind(line.stock.id).bind(present.now_s).bind(to).bind(limit).fetch_all(&mut **c)
    })?;
    let others = rows.into_iter().filter(|row| !own.contains(&row.id)).map(|row| row.told(present));
    let meeting = others.filter(|other| other.claim.blocked_until > from);
    Ok(meeting.take(MAX_CLAIMS.into()).collect())
}

async fn alternatives(conn: &mut Conn<'_>, shortfall: &Shortfall) -> Result<Vec<Window>, DbError> {
    let Some(wanted) = shortfall.movable else { return Ok(Vec::new()) };
    // Another start is not in the past, unless the wanted one was.
    let earliest = shortfall.present.now_s.min(wanted.from).max(wanted.from - SEARCH_S);
    let latest =
        (wanted.from + SEARCH_S).min(Window::latest_end(shortfall.present.now_s) - wanted.length_s());
    let range = Window { from: earliest, to: latest + 1 };
    if range.from >= range.to {
        return Ok(Vec::new());
    }
    let mut needs = Vec::new();
    for line in &shortfall.lines {
        let length_s = line.window.length_s();
        let reach = Window { to: range.to + length_s, ..range };
        let own = &shortfall.own;
        let others = claims::of_others(conn, line.stock.id, reach, own, shortfall.present).await?;
        needs.push(Need { capacity: line.stock.capacity, qty: line.qty, length_s, others });
    }
    let apart_s = needs.iter().map(|need| need.length_s).max().unwrap_or_else(|| wanted.length_s());
    let starts = Starts::new(&needs, range).nearest(wanted.from, apart_s);
    Ok(starts.into_iter().map(|from| Window { from, to: from + wanted.length_s() }).collect())
}
