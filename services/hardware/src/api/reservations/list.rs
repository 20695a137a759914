//! `GET /reservations`: from query parameters to a page.

use chassis::{Problem, json::Json};
use poem::http::Uri;

use super::{ListAnswer, views::ReservationView};
use crate::{
    api::{
        Context, cursor,
        cursor::Cursor,
        error::impossible,
        reading::{cut, exact, next_link, page_limit},
    },
    domain::{Invalid, kept, moment::Moment, reservation::State, window::Window, wish::optional_zone},
    store::{
        reservations::{self, BEGINNING, Position, ReservationFilter},
        risks,
    },
};

const PATH: &str = "/reservations";

/// The query parameters, as they came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub hardware: Option<i64>,
    pub series: Option<i64>,
    pub user: Option<String>,
    pub state: Option<String>,
    pub from: Option<Moment>,
    pub to: Option<Moment>,
    pub tz: Option<String>,
    pub limit: Option<i64>,
    pub cursor: Option<String>,
}

struct Listing {
    filter: ReservationFilter,
    after: Position,
    limit: i64,
    fingerprint: u64,
}

/// Answers the list.
pub async fn answer(context: &Context, asked: Asked, uri: &Uri) -> Result<ListAnswer, Problem> {
    let listing = read(context, asked)?;
    let present = context.present();
    let mut lease = context.db.read().await?;
    let conn = &mut lease.conn();
    let mut rows = reservations::list(conn, &listing.filter, listing.after, listing.limit + 1).await?;
    let more = cut(&mut rows, listing.limit);
    let total = if listing.after == BEGINNING && !more {
        i64::try_from(rows.len()).unwrap_or(i64::MAX)
    } else {
        reservations::count(conn, &listing.filter).await?
    };
    let risky = risks::at_risk(conn, &rows, present).await?;
    let next = rows.last().filter(|_| more).map(|last| {
        let cursor = Cursor { at: [last.starts_at, last.id], filter: listing.fingerprint };
        next_link(PATH, uri, &cursor.to_text())
    });
    let view = |r: crate::domain::reservation::Reservation| {
        let at_risk = risky.contains(&r.id);
        ReservationView::new(r, at_risk, present.now_s)
    };
    Ok(ListAnswer::Ok(Json(rows.into_iter().map(view).collect()), next, total))
}

fn read(context: &Context, asked: Asked) -> Result<Listing, Problem> {
    let mut wrong = Vec::new();
    let limit = kept(&mut wrong, page_limit(asked.limit)).unwrap_or(1);
    let window = kept(&mut wrong, window(context, &asked)).flatten();
    let states = kept(&mut wrong, states(asked.state.as_deref().unwrap_or_default())).unwrap_or_default();
    if !wrong.is_empty() {
        return Err(impossible(wrong));
    }
    let Asked { hardware, series, user, .. } = asked;
    let filter = ReservationFilter { hardware, series, user: exact(user), states, window };
    let fingerprint = cursor::fingerprint(&filter);
    let after = match asked.cursor.filter(|text| !text.is_empty()) {
        None => BEGINNING,
        Some(text) => {
            let [starts_at, id] = Cursor::read(&text, fingerprint)?.at;
            (starts_at, id)
        }
    };
    Ok(Listing { filter, after, limit, fingerprint })
}

/// Either end may be open.
fn window(context: &Context, asked: &Asked) -> Result<Option<Window>, Invalid> {
    if asked.from.is_none() && asked.to.is_none() {
        return Ok(None);
    }
    let zone = optional_zone(asked.tz.as_deref())?.unwrap_or(context.tz);
    let resolve = |field, moment: Option<Moment>, open: i64| match moment {
        None => Ok(open),
        Some(moment) => moment.resolve(zone).map_err(|why| Invalid::new(field, why.to_string())),
    };
    let (from, to) = (resolve("from", asked.from, i64::MIN)?, resolve("to", asked.to, i64::MAX)?);
    if to <= from {
        return Err(Invalid::new("to", "is not after `from`"));
    }
    Ok(Some(Window { from, to }))
}

fn states(text: &str) -> Result<Vec<State>, Invalid> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let read = |word: &str| {
        State::of_word(word).ok_or_else(|| {
            let shown: String = word.chars().take(40).collect();
            let all = State::ALL.map(State::word).join(", ");
            Invalid::new("state", format!("`{shown}` is none of {all}"))
        })
    };
    words.map(read).collect()
}
