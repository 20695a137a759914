//! Calling off one of a series and every later one.

use super::{
    rest::{Changed, Rest},
    write::{self, ClaimRows},
};
use crate::{
    db::Db,
    domain::reservation::{Reservation, State},
    store::{StoreError, act::Act, reservation_create::described, retrying},
};

/// Calls off the reservation `id` and all that come after it in its series, as far as they are confirmed; `None` for a
/// reservation that is in no series. Doing it twice is the same as once.
///
/// # Errors
/// Not found, or another version of `id`.
pub async fn cancel(db: &Db, id: i64, act: &Act<'_>) -> Result<Option<Changed>, StoreError> {
    retrying(|| try_cancel(db, id, act)).await
}

async fn try_cancel(db: &Db, id: i64, act: &Act<'_>) -> Result<Option<Changed>, StoreError> {
    let Some(mut rest) = Rest::take(db, id, std::iter::empty(), act.expected).await? else { return Ok(None) };
    let claims = rest.confirmed.iter().flat_map(|member| &member.claims);
    let gone = ClaimRows { given_up: claims.map(|claim| claim.id).collect(), ..ClaimRows::default() };
    write::claims(&mut rest.tx.conn(), gone).await?;
    let cancelled = |r: &Reservation| Reservation { state: State::Cancelled, ..r.clone() };
    let new: Vec<_> = rest.confirmed.iter().map(|member| cancelled(&member.reservation)).collect();
    let told: Vec<_> = new.iter().map(|reservation| (reservation.id, described(reservation))).collect();
    rest.finish(&new, "reservation.cancelled", &told, act).await.map(Some)
}
