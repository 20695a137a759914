//! The catalogue with its availability: a page of hardware, and what is free of each.

use std::collections::HashMap;

use super::{
    StoreError,
    claims::{self, ClaimsOf},
    hardware::{self, Item},
};
use crate::{
    db::Conn,
    domain::{
        availability::{Availability, Question},
        demand,
        filter::Filter,
    },
};

/// Hardware looked at per statement while only free ones are wanted: a fleet of this size costs three statements.
const SCAN: i64 = 10_000;

/// What to list.
#[derive(Clone, Debug)]
pub struct Listing {
    /// Which hardware.
    pub filter: Filter,
    /// What is asked of each.
    pub question: Question,
    /// Only those that fit.
    pub free_only: bool,
    /// The first after this id.
    pub after_id: i64,
    /// Rows at most, at least 1.
    pub limit: i64,
}

/// One page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// By id.
    pub rows: Vec<(Item, Availability)>,
    /// Whether there are more behind the last one.
    pub more: bool,
    /// How many match in all, on every page.
    pub total: i64,
}

/// The page that `listing` asks for.
///
/// # Errors
/// The database cannot be reached.
pub async fn page(conn: &mut Conn<'_>, listing: &Listing) -> Result<Page, StoreError> {
    if listing.free_only { page_of_fitting(conn, listing).await } else { page_of_all(conn, listing).await }
}

async fn page_of_all(conn: &mut Conn<'_>, listing: &Listing) -> Result<Page, StoreError> {
    // One more than asked for tells whether there is a next page.
    let limit = listing.limit + 1;
    let (mut items, counted) = hardware::list_counted(conn, &listing.filter, listing.after_id, limit).await?;
    let more = i64::try_from(items.len()).unwrap_or(i64::MAX) > listing.limit;
    items.truncate(usize::try_from(listing.limit).unwrap_or(usize::MAX));
    let total = match (counted, listing.after_id, more) {
        (Some(total), ..) => total,
        (None, 0, false) => i64::try_from(items.len()).unwrap_or(i64::MAX),
        _ => hardware::count(conn, &listing.filter).await?,
    };
    Ok(Page { rows: with_availability(conn, items, &listing.question).await?, more, total })
}

/// `free_only` filters before paging: the whole catalogue is looked at, since the total must be known, and the whole
/// fleet's claims over the window decide. Only what is on the page is answered in full.
async fn page_of_fitting(conn: &mut Conn<'_>, listing: &Listing) -> Result<Page, StoreError> {
    let question = &listing.question;
    let (mut fitting, mut more, mut total, mut scanned) = (Vec::new(), false, 0, 0);
    loop {
        let items = hardware::list(conn, &listing.filter, scanned, SCAN).await?;
        let full_scan = i64::try_from(items.len()).unwrap_or(i64::MAX) == SCAN;
        scanned = items.last().map_or(scanned, |item| item.id);
        let longest = question.window.with_buffer(longest_buffer_s(&items));
        let fleet = claims::of_fleet(conn, longest, question.present).await?;
        for item in items.into_iter().filter(|item| fits(item, &fleet, question)) {
            total += 1;
            if item.id > listing.after_id && i64::try_from(fitting.len()).unwrap_or(i64::MAX) < listing.limit
            {
                fitting.push(item);
            } else {
                more |= item.id > listing.after_id;
            }
        }
        if !full_scan {
            break;
        }
    }
    Ok(Page { rows: with_availability(conn, fitting, question).await?, more, total })
}

/// As a booking would be checked.
fn fits(item: &Item, fleet: &HashMap<i64, ClaimsOf>, question: &Question) -> bool {
    let none = ClaimsOf::default();
    let claims = &fleet.get(&item.id).unwrap_or(&none).in_window;
    let window = question.window.with_buffer(item.hardware.buffer_s);
    demand::shortages(item.hardware.capacity, claims, window, question.qty).is_empty()
}

async fn with_availability(
    conn: &mut Conn<'_>,
    items: Vec<Item>,
    question: &Question,
) -> Result<Vec<(Item, Availability)>, StoreError> {
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let reach = question.reach(longest_buffer_s(&items));
    let claims = claims::over(conn, &ids, reach, question.present).await?;
    metrics::counter!("hardware_availability_computations_total").increment(1);
    let none = ClaimsOf::default();
    let answered = |item: Item| {
        let of = claims.get(&item.id).unwrap_or(&none);
        let (capacity, buffer_s) = (item.hardware.capacity, item.hardware.buffer_s);
        let availability = Availability::of(question, capacity, buffer_s, &of.in_window, &of.at_now);
        (item, availability)
    };
    Ok(items.into_iter().map(answered).collect())
}

fn longest_buffer_s(items: &[Item]) -> i64 {
    items.iter().map(|item| item.hardware.buffer_s).max().unwrap_or(0)
}
