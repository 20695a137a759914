//! What `bookings.hbs` prints.

use serde::Serialize;

use crate::{
    bookings_search::{ANY_STATE, BookingsSearch},
    hardware_client::{Bookings, Reservation, State},
    search::{MAX_TEXT, Mistake, ROWS_PER_PAGE},
    state::App,
    view::{
        Errors, LinkView,
        booking_row::BookingRow,
        layout::{Here, Layout},
        times::Writer,
        why,
        words::{self, number},
    },
    visit::Visit,
};

/// The whole page.
#[derive(Debug, Serialize)]
pub(super) struct BookingsPage {
    layout: Layout,
    errors: Option<Errors>,
    user: String,
    user_why: Option<String>,
    max_text: usize,
    states: Vec<StateChoice>,
    state_why: Option<String>,
    hardware: String,
    series: String,
    /// Takes the filter for one hardware, or for one series, off.
    chips: Vec<LinkView>,
    list: Option<List>,
}

#[derive(Debug, Serialize)]
struct StateChoice {
    value: &'static str,
    text: &'static str,
    selected: bool,
}

#[derive(Debug, Serialize)]
struct List {
    count: String,
    count_text: String,
    late: Vec<BookingRow>,
    rows: Vec<BookingRow>,
    /// Why there are none.
    empty: &'static str,
    all: Option<LinkView>,
    pager: Option<Pager>,
}

#[derive(Debug, Serialize)]
struct Pager {
    rows: String,
    first: Option<String>,
    next: Option<LinkView>,
}

impl BookingsPage {
    /// The list.
    pub(super) fn answered(
        app: &App,
        visit: &Visit,
        search: &BookingsSearch,
        bookings: &Bookings,
        late: &[Reservation],
    ) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let list = List::new(search, bookings, late, &times);
        Self { list: Some(list), ..Self::plain(app, visit, search, &[]) }
    }

    /// What is wrong with what was asked.
    pub(super) fn refused(app: &App, visit: &Visit, search: &BookingsSearch, mistakes: &[Mistake]) -> Self {
        let place = |field: &str| match field {
            "user" | "state" => Some(format!("#{field}")),
            "cursor" => Some(search.first_page()),
            "hardware" => Some(without_hardware(search)),
            "series" => Some(without_series(search)),
            _ => None,
        };
        let errors = Errors::new("This could not be looked up", mistakes, place);
        Self { errors, ..Self::plain(app, visit, search, mistakes) }
    }

    fn plain(app: &App, visit: &Visit, search: &BookingsSearch, mistakes: &[Mistake]) -> Self {
        let times = Writer::new(app.tz, visit.now);
        let title = if mistakes.is_empty() { "Bookings" } else { "Error: Bookings" };
        let chip = |name: &str, value: &str, href: String| {
            let text = format!("{name}: {}", value.chars().take(20).collect::<String>());
            (!value.is_empty()).then_some(LinkView { href, text })
        };
        let chips = [
            chip("hardware", &search.hardware, without_hardware(search)),
            chip("series", &search.series, without_series(search)),
        ];
        Self {
            layout: Layout::new(title, Here::Bookings, visit, app, &times),
            errors: None,
            user: search.user.clone(),
            user_why: why("user", mistakes),
            max_text: MAX_TEXT,
            states: states(search),
            state_why: why("state", mistakes),
            chips: chips.into_iter().flatten().collect(),
            series: search.series.clone(),
            hardware: search.hardware.clone(),
            list: None,
        }
    }
}

fn without_hardware(search: &BookingsSearch) -> String {
    BookingsSearch { hardware: String::new(), ..search.clone() }.first_page()
}

fn without_series(search: &BookingsSearch) -> String {
    BookingsSearch { series: String::new(), ..search.clone() }.first_page()
}

fn states(search: &BookingsSearch) -> Vec<StateChoice> {
    let choice = |value, text| StateChoice { value, text, selected: value == search.state };
    let named = State::ALL.into_iter().map(|state| choice(state.word(), state.said()));
    let first = [choice("", "coming and running")];
    first.into_iter().chain(named).chain([choice(ANY_STATE, "any state")]).collect()
}

impl List {
    fn new(search: &BookingsSearch, bookings: &Bookings, late: &[Reservation], times: &Writer) -> Self {
        let row = |booking: &Reservation| BookingRow::new(booking, None, times).with_items(booking);
        let here = bookings.rows.len() as u64;
        let all = LinkView { href: "/reservations?state=any".to_owned(), text: "All bookings".to_owned() };
        Self {
            count: number(bookings.total.unwrap_or(here)),
            count_text: count_text(search, bookings.total.unwrap_or(here)),
            late: late.iter().map(row).collect(),
            rows: bookings.rows.iter().take(ROWS_PER_PAGE as usize).map(row).collect(),
            empty: if search.has_filters() || !search.cursor.is_empty() {
                "No booking matches."
            } else {
                "Nothing is booked from now on."
            },
            all: (search.first_page() != all.href).then_some(all),
            pager: Pager::new(search, bookings, times),
        }
    }
}

fn count_text(search: &BookingsSearch, n: u64) -> String {
    let plural = if n == 1 { "booking" } else { "bookings" };
    if search.is_live() { format!("{plural} coming or running") } else { plural.to_owned() }
}

impl Pager {
    fn new(search: &BookingsSearch, bookings: &Bookings, times: &Writer) -> Option<Self> {
        let first = (!search.cursor.is_empty()).then(|| search.first_page());
        let next = bookings
            .next
            .as_ref()
            .map(|cursor| LinkView { href: search.next_page(cursor, times.now()), text: "Next".to_owned() });
        let rows = format!("{} on this page", words::count(bookings.rows.len() as u64, "booking"));
        (first.is_some() || next.is_some()).then_some(Self { rows, first, next })
    }
}
