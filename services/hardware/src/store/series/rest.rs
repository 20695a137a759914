//! One of a series and every later one, held: nobody else can change any of them.

use std::collections::{BTreeSet, HashMap};

use chrono_tz::Tz;
use serde_json::Value;

use super::{
    rows,
    write::{self, Member},
};
use crate::{
    db::{Conn, Db, DbError, Tx},
    domain::{
        reservation::{Reservation, State},
        series::MAX_OCCURRENCES,
    },
    store::{
        Expected, StoreError,
        act::Act,
        events,
        locks::{self, Stocks},
        reservations::{self, ReservationFilter},
    },
};

/// What became of one of a series and of every later one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// The one that was named, as it is now.
    pub named: Reservation,
    /// The ids of those that are another than before, in order of time.
    pub changed: Vec<i64>,
    /// Those that were left alone, by id.
    pub unchanged: Vec<Unchanged>,
}

/// One that was left alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unchanged {
    /// The reservation.
    pub id: i64,
    /// Why, for a person.
    pub reason: String,
}

/// What is held.
pub(super) struct Rest {
    pub tx: Tx,
    pub stocks: Stocks,
    /// On whose clocks the series moves; `None` if the series has lost it.
    pub zone: Option<Tz>,
    /// The one that was named.
    pub named: Reservation,
    /// Those that are confirmed, in order of time, the one that was named perhaps among them.
    pub confirmed: Vec<Member>,
    /// The others of the rest.
    pub unchanged: Vec<Unchanged>,
}

impl Rest {
    /// Locks the hardware of the reservation `id`, of all that come after it in its series and of `more`, and reads them;
    /// `None` for a reservation that is in no series.
    pub(super) async fn take(
        db: &Db,
        id: i64,
        more: impl Iterator<Item = i64>,
        expected: &Expected,
    ) -> Result<Option<Self>, StoreError> {
        let mut lease = db.read().await?;
        let Some((_, before)) = read(&mut lease.conn(), id).await? else { return Ok(None) };
        drop(lease);
        let ids: BTreeSet<_> = before.iter().flat_map(hardware_of).chain(more).collect();
        let mut tx = db.begin().await?;
        let conn = &mut tx.conn();
        let stocks = locks::lock(conn, ids.iter().copied()).await?;
        let Some((named, rest)) = read(conn, id).await? else { return Ok(None) };
        if !rest.iter().flat_map(hardware_of).all(|hardware| ids.contains(&hardware)) {
            // One of them got other lines in between, or became one of them: those must be locked too.
            return Err(DbError::Busy.into());
        }
        expected.check(named.version)?;
        let zone = rows::zone(conn, named.series.unwrap_or_default()).await?;
        let (confirmed, others): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|reservation| reservation.state == State::Confirmed);
        let confirmed = members(conn, confirmed).await?;
        let unchanged = others.iter().map(left_alone).collect();
        Ok(Some(Self { tx, stocks, zone, named, confirmed, unchanged }))
    }

    /// Puts one that is no other than before among those that were left alone.
    pub(super) fn leave(&mut self, same: &Reservation) {
        self.unchanged.push(left_alone(same));
    }

    /// Writes `new`, which were confirmed, tells the audit log of each, and makes it last.
    pub(super) async fn finish(
        mut self,
        new: &[Reservation],
        kind: &str,
        told: &[(i64, Value)],
        act: &Act<'_>,
    ) -> Result<Changed, StoreError> {
        let now_s = act.present.now_s;
        if !new.is_empty() {
            let conn = &mut self.tx.conn();
            write::reservations(conn, new, now_s).await?;
            events::insert_all(conn, (kind, "reservation"), act.actor, told, now_s).await?;
            self.tx.commit().await?;
        }
        self.unchanged.sort_unstable_by_key(|unchanged| unchanged.id);
        let named = new.iter().find(|reservation| reservation.id == self.named.id);
        let written =
            |r: &Reservation| Reservation { version: r.version + 1, updated_at: now_s, ..r.clone() };
        Ok(Changed {
            named: named.map_or(self.named, written),
            changed: new.iter().map(|reservation| reservation.id).collect(),
            unchanged: self.unchanged,
        })
    }
}

fn hardware_of(reservation: &Reservation) -> impl Iterator<Item = i64> {
    reservation.lines.iter().map(|line| line.hardware)
}

/// The reservation `id`, and with it all that come after it in its series.
async fn read(conn: &mut Conn<'_>, id: i64) -> Result<Option<(Reservation, Vec<Reservation>)>, StoreError> {
    let named = reservations::find(conn, id).await?;
    if named.series.is_none() {
        return Ok(None);
    }
    let filter = ReservationFilter { series: named.series, ..ReservationFilter::default() };
    let limit = i64::try_from(MAX_OCCURRENCES).unwrap_or(i64::MAX);
    let rest = reservations::list(conn, &filter, (named.starts_at, id - 1), limit).await?;
    Ok(Some((named, rest)))
}

async fn members(conn: &mut Conn<'_>, reservations: Vec<Reservation>) -> Result<Vec<Member>, DbError> {
    let ids: Vec<_> = reservations.iter().map(|reservation| reservation.id).collect();
    let mut claims: HashMap<i64, Vec<_>> = HashMap::new();
    for (id, claim) in rows::claims(conn, &ids).await? {
        claims.entry(id).or_default().push(claim);
    }
    let member = |reservation: Reservation| {
        let claims = claims.remove(&reservation.id).unwrap_or_default();
        Member { reservation, claims }
    };
    Ok(reservations.into_iter().map(member).collect())
}

fn left_alone(reservation: &Reservation) -> Unchanged {
    let Reservation { id, state, .. } = reservation;
    let reason = match state {
        State::Confirmed => "has all that already".to_owned(),
        State::Out => "is out".to_owned(),
        State::Returned | State::Cancelled | State::NoShow => format!("is {state} already"),
    };
    Unchanged { id: *id, reason }
}
