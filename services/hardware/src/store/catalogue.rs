//! The catalogue with its availability: a page of hardware, and what is free of each.

use std::collections::{BTreeMap, HashMap};

use super::{
    StoreError,
    claims::{self, ClaimsOf},
    hardware::{self, Item, Stock},
    search::{self, Hunt, Wanted},
};
use crate::{
    db::Conn,
    domain::{
        availability::{Availability, Question},
        demand,
        filter::Filter,
        window::Window,
    },
};

/// Hardware looked at per statement while only free ones are wanted: a fleet of this size costs three statements,
/// and one more where the window does not hold now.
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
/// fleet's claims over the window decide. Only what is on the page is read in full.
async fn page_of_fitting(conn: &mut Conn<'_>, listing: &Listing) -> Result<Page, StoreError> {
    let question = &listing.question;
    let (mut fitting, mut more, mut total, mut scanned) = (BTreeMap::new(), false, 0, 0);
    loop {
        let stocks = hardware::stock(conn, &listing.filter, scanned, SCAN).await?;
        let full_scan = i64::try_from(stocks.len()).unwrap_or(i64::MAX) == SCAN;
        scanned = stocks.last().map_or(scanned, |stock| stock.id);
        let longest = stocks.iter().map(|stock| stock.buffer_s).max().unwrap_or(0);
        let mut fleet =
            claims::of_fleet(conn, question.window.with_buffer(longest), question.present).await?;
        for stock in stocks {
            if !fits(&stock, &fleet, question) {
                continue;
            }
            total += 1;
            let is_full = i64::try_from(fitting.len()).unwrap_or(i64::MAX) >= listing.limit;
            if stock.id > listing.after_id && !is_full {
                fitting.insert(stock.id, fleet.remove(&stock.id).unwrap_or_default());
            } else {
                more |= stock.id > listing.after_id;
            }
        }
        if !full_scan {
            break;
        }
    }
    metrics::counter!("hardware_availability_computations_total").increment(1);
    let ids: Vec<_> = fitting.keys().copied().collect();
    let items = if ids.is_empty() { Vec::new() } else { hardware::by_ids(conn, &ids).await? };
    if !question.present.is_in(question.window) {
        for (id, of) in claims::over(conn, &ids, question.present.instant(), question.present).await? {
            fitting.entry(id).or_default().at_now = of.at_now;
        }
    }
    let none = ClaimsOf::default();
    let rows = items.into_iter().map(|item| {
        let of = fitting.get(&item.id).unwrap_or(&none);
        answered(item, question, of)
    });
    Ok(Page { rows: rows.collect(), more, total })
}

/// As a booking would be checked.
fn fits(stock: &Stock, fleet: &HashMap<i64, ClaimsOf>, question: &Question) -> bool {
    let none = ClaimsOf::default();
    let claims = &fleet.get(&stock.id).unwrap_or(&none).in_window;
    let window = question.window.with_buffer(stock.buffer_s);
    demand::shortages(stock.capacity, claims, window, question.qty).is_empty()
}

fn answered(item: Item, question: &Question, of: &ClaimsOf) -> (Item, Availability) {
    let (capacity, buffer_s) = (item.hardware.capacity, item.hardware.buffer_s);
    let availability = Availability::of(question, capacity, buffer_s, &of.in_window, &of.at_now);
    (item, availability)
}

/// What is free of each, from their claims over the window. Only where a hardware does not fit more is read.
async fn with_availability(
    conn: &mut Conn<'_>,
    items: Vec<Item>,
    question: &Question,
) -> Result<Vec<(Item, Availability)>, StoreError> {
    let ids: Vec<_> = items.iter().map(|item| item.id).collect();
    let reach = question.window.with_buffer(longest_buffer_s(&items));
    let claims = claims::over(conn, &ids, reach, question.present).await?;
    metrics::counter!("hardware_availability_computations_total").increment(1);
    let none = ClaimsOf::default();
    let answered = |item: Item| {
        let of = claims.get(&item.id).unwrap_or(&none);
        answered(item, question, of)
    };
    let mut rows: Vec<_> = items.into_iter().map(answered).collect();
    let open: Vec<_> = rows.iter_mut().filter(|(_, availability)| !availability.fits).collect();
    let hunt = |row: &&mut (Item, Availability)| {
        let of = claims.get(&row.0.id).unwrap_or(&none);
        let need = question.need(row.0.hardware.capacity, row.0.hardware.buffer_s);
        let range = Window { from: question.window.from, to: question.last_start() };
        let wanted = Wanted { hardware: row.0.id, need };
        Hunt::of_one(wanted, range, (&of.in_window, reach.to), &of.overdue)
    };
    let mut hunts: Vec<_> = open.iter().map(hunt).collect();
    let mut budget = search::MAX_CLAIMS;
    let found = search::first_starts(conn, &mut hunts, &mut budget).await?;
    for ((_, availability), start) in open.into_iter().zip(found) {
        availability.next_free_at = start;
    }
    Ok(rows)
}

fn longest_buffer_s(items: &[Item]) -> i64 {
    items.iter().map(|item| item.hardware.buffer_s).max().unwrap_or(0)
}
