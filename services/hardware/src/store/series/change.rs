//! Changing one of a series and every later one, all of them or none.

use serde_json::Value;

use super::{
    moving::{self, Moving},
    rest::{Changed, Rest},
    write::{self, Member},
};
use crate::{
    db::Db,
    domain::{
        Invalid,
        basket::Basket,
        moment::{Moment, rfc3339},
        reservation::Reservation,
        series::Shift,
        window::Window,
        wish::{self, WishChanges},
    },
    store::{
        StoreError, act::Act, booking::explained, events, reservation_change::lines,
        reservation_create::described, retrying,
    },
};

/// Reservations that cannot be as they would be, told in one answer at most.
const MAX_TOLD: usize = 10;

/// Changes the reservation `id` and all that come after it in its series, as far as they are confirmed; `None` for a
/// reservation that is in no series. New times move the others by as much on the wall clock of the series.
///
/// # Errors
/// As for one reservation; the version is that of `id`.
pub async fn update(
    db: &Db,
    id: i64,
    changes: &WishChanges,
    act: &Act<'_>,
) -> Result<Option<Changed>, StoreError> {
    explained(db, retrying(|| try_update(db, id, changes, act)).await).await
}

async fn try_update(
    db: &Db,
    id: i64,
    changes: &WishChanges,
    act: &Act<'_>,
) -> Result<Option<Changed>, StoreError> {
    let more = changes.basket.iter().flat_map(Basket::ids);
    let Some(mut rest) = Rest::take(db, id, more, act.expected).await? else { return Ok(None) };
    if rest.confirmed.is_empty() {
        let state = rest.named.state.word();
        let why = format!("It is {state}, and nothing behind it in its series is confirmed.");
        return Err(StoreError::WrongState { state, why });
    }
    let pairs = changed(&mut rest, changes, act)?;
    let moved = pairs.iter().filter(|(old, new)| is_moved(&old.reservation, new));
    let moves = moved.map(|(old, new)| Moving::new(old, new, &rest.stocks)).collect::<Result<Vec<_>, _>>()?;
    let conn = &mut rest.tx.conn();
    moving::allow(conn, &moves, act.present).await?;
    write::claims(conn, moving::rows(&moves)).await?;
    write::lines(conn, moves.iter().map(|moving| moving.new)).await?;
    let told: Vec<_> = pairs.iter().map(|(old, new)| (new.id, told(&old.reservation, new))).collect();
    let new: Vec<_> = pairs.into_iter().map(|(_, new)| new).collect();
    rest.finish(&new, "reservation.updated", &told, act).await.map(Some)
}

fn is_moved(old: &Reservation, new: &Reservation) -> bool {
    old.window() != new.window() || old.lines != new.lines
}

fn told(old: &Reservation, new: &Reservation) -> Value {
    events::changed(&described(old), &described(new))
}

/// What is confirmed, with each as it would be; what stays as it is joins those that are left alone.
fn changed(
    rest: &mut Rest,
    changes: &WishChanges,
    act: &Act<'_>,
) -> Result<Vec<(Member, Reservation)>, StoreError> {
    let now_s = act.present.now_s;
    let zone = rest.zone.unwrap_or(act.tz);
    let one = |wrong| StoreError::Impossible(vec![wrong]);
    let old = rest.named.window();
    let named = wished(old, changes, changes.tz.unwrap_or(zone), now_s).map_err(one)?;
    let shift = Shift::between(old, named, zone);
    let (mut pairs, mut wrong) = (Vec::new(), Vec::new());
    for member in std::mem::take(&mut rest.confirmed) {
        let old = &member.reservation;
        let is_named = old.id == rest.named.id;
        let window = if is_named { Ok(named) } else { shift.apply(old.window(), now_s) };
        let window = match window {
            Ok(window) => window,
            Err(why) => {
                wrong.push(of(old, &why));
                continue;
            }
        };
        let new = Reservation {
            starts_at: window.from,
            ends_at: window.to,
            user: changes.user.clone().unwrap_or_else(|| old.user.clone()),
            purpose: changes.purpose.clone().unwrap_or_else(|| old.purpose.clone()),
            lines: match &changes.basket {
                None => old.lines.clone(),
                Some(basket) => lines(old, &rest.stocks, basket).map_err(StoreError::Impossible)?,
            },
            ..old.clone()
        };
        if new == *old {
            rest.leave(old);
        } else {
            pairs.push((member, new));
        }
    }
    wrong.truncate(MAX_TOLD);
    if wrong.is_empty() { Ok(pairs) } else { Err(StoreError::Impossible(wrong)) }
}

/// The time that is wished for the one that was named.
fn wished(old: Window, changes: &WishChanges, zone: chrono_tz::Tz, now_s: i64) -> Result<Window, Invalid> {
    if changes.starts_at.is_none() && changes.ends_at.is_none() {
        return Ok(old);
    }
    let starts_at = changes.starts_at.unwrap_or(Moment::Instant(old.from));
    let ends_at = changes.ends_at.unwrap_or(Moment::Instant(old.to));
    wish::window(starts_at, ends_at, zone, now_s)
}

/// What is wrong with one that nobody named.
fn of(reservation: &Reservation, why: &Invalid) -> Invalid {
    let Reservation { id, starts_at, .. } = reservation;
    let which = format!("of reservation {id}, which starts {}: {}", rfc3339(*starts_at), why.detail);
    Invalid::new(why.field.clone(), which)
}
