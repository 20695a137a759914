//! The earliest common starts of a basket.

use chrono_tz::Tz;

use super::{
    StoreError,
    claims::Side,
    locks,
    search::{Hunt, Wanted},
};
use crate::{
    db::Conn,
    domain::{next::NextWish, present::Present, starts::Need, window::Window, wish::zone_of},
};

/// Up to `wish.count` windows, the earliest first: each could be booked, also one after the other.
///
/// # Errors
/// [`StoreError::Impossible`] for hardware that is not in the catalogue, or an impossible time.
pub async fn starts(
    conn: &mut Conn<'_>,
    wish: &NextWish,
    fallback: Tz,
    present: Present,
) -> Result<Vec<Window>, StoreError> {
    let mut stocks = locks::read(conn, wish.basket.ids()).await?;
    stocks.retain(|_, stock| stock.is_live);
    let unknown: Vec<_> = wish.basket.ids().filter(|id| !stocks.contains_key(id)).collect();
    if !unknown.is_empty() {
        let why = |id| wish.invalid(id, format!("is {id}, which is not in the catalogue"));
        return Err(StoreError::Impossible(unknown.into_iter().map(why).collect()));
    }
    let zones: Vec<_> = stocks.values().filter_map(|stock| stock.tz).collect();
    let range = zone_of(wish.after.as_slice(), wish.tz, &zones, fallback)
        .and_then(|zone| wish.range(zone, present.now_s))
        .map_err(|wrong| StoreError::Impossible(vec![wrong]))?;
    let wanted = |(hardware, qty)| {
        let stock = stocks.get(&hardware)?;
        let need = Need { capacity: stock.capacity, qty, length_s: wish.length_s + stock.buffer_s };
        Some(Wanted { hardware, need })
    };
    let wanted: Vec<_> = wish.basket.iter().filter_map(wanted).collect();
    let mut hunt = Hunt::begin(conn, &wanted, Side::Later, range, &[], present).await?;
    metrics::counter!("hardware_availability_computations_total").increment(1);
    let found = hunt.starts(conn, wish.count).await?;
    Ok(found.into_iter().map(|from| Window { from, to: from + wish.length_s }).collect())
}
