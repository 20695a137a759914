//! Which reservations may not get what they were promised.

use std::collections::{HashMap, HashSet};

use super::{claims, locks};
use crate::{
    db::{Conn, DbError},
    domain::{peak, present::Present, reservation::Reservation, window::Window},
};

/// The ids of those whose hardware is over-committed at some time of theirs that is still to come.
///
/// # Errors
/// The database cannot be reached.
pub async fn at_risk(
    conn: &mut Conn<'_>,
    reservations: &[Reservation],
    present: Present,
) -> Result<HashSet<i64>, DbError> {
    let left = by_hardware(reservations, present.now_s);
    if left.is_empty() {
        return Ok(HashSet::new());
    }
    let suspects = claims::suspects(conn, present.now_s).await?;
    let mut risky = HashSet::new();
    for (hardware, windows) in left.into_iter().filter(|(hardware, _)| suspects.contains(hardware)) {
        let to = windows.iter().map(|(_, window)| window.to).max().unwrap_or(present.now_s);
        let stock = locks::read(conn, [hardware]).await?.remove(&hardware);
        let held = claims::of_one(conn, hardware, Window { from: present.now_s, to }, present).await?;
        let (capacity, occupancy) = (stock.map_or(0, |stock| stock.capacity), claims::occupancy(&held));
        let over = windows.into_iter().filter(|(_, window)| peak::peak(&occupancy, *window) > capacity);
        risky.extend(over.map(|(reservation, _)| reservation));
    }
    Ok(risky)
}

/// What is left of each live reservation from now on, by hardware.
fn by_hardware(reservations: &[Reservation], now_s: i64) -> HashMap<i64, Vec<(i64, Window)>> {
    let mut left: HashMap<i64, Vec<(i64, Window)>> = HashMap::new();
    for reservation in reservations.iter().filter(|r| r.state.is_live() && r.ends_at > now_s) {
        let window = Window { from: reservation.starts_at.max(now_s), to: reservation.ends_at };
        for line in reservation.lines.iter().filter(|line| line.returned < line.qty) {
            left.entry(line.hardware).or_default().push((reservation.id, window));
        }
    }
    left
}
