//! What every page has around it: title, stylesheet, header, footer.

use serde::Serialize;

use super::times::Writer;
use crate::{customer::Salutation, state::App, theme::Theme, visit::Visit};

/// An address longer than this is not sent along for the way back; the way back is then `/`.
pub const MAX_BACK: usize = 2_048;

/// Where in the navigation a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Here {
    /// It is the catalogue.
    Free,
    /// It belongs to the catalogue.
    BelowFree,
    /// It is the timeline.
    Timeline,
    /// It belongs to the timeline.
    BelowTimeline,
    /// It is the list of bookings.
    Bookings,
    /// It belongs to the bookings.
    BelowBookings,
    /// It is the list of tasks.
    Tasks,
    /// It belongs to the tasks.
    BelowTasks,
    /// Nowhere.
    Apart,
}

/// The frame of a page.
#[derive(Debug, Serialize)]
pub struct Layout {
    title: String,
    /// What the pages are called.
    brand: String,
    salutation: Option<Salutation>,
    /// `None` follows the reader's system.
    theme: Option<&'static str>,
    themes: Vec<ThemeButton>,
    stylesheets: Vec<String>,
    icon: String,
    /// The value of `aria-current` on "Free".
    free: Option<&'static str>,
    /// The value of `aria-current` on "Timeline".
    timeline: Option<&'static str>,
    /// The value of `aria-current` on "Bookings".
    bookings: Option<&'static str>,
    /// The value of `aria-current` on "Tasks".
    tasks: Option<&'static str>,
    zone: String,
    version: &'static str,
    back: String,
}

#[derive(Debug, Serialize)]
struct ThemeButton {
    value: &'static str,
    label: &'static str,
    pressed: bool,
}

impl Layout {
    /// The frame of the page called `title` for this visit.
    #[must_use]
    pub fn new(title: &str, here: Here, visit: &Visit, app: &App, times: &Writer) -> Self {
        let label = |theme| match theme {
            Theme::System => "System",
            Theme::Light => "Light",
            Theme::Dark => "Dark",
        };
        let button = |theme: Theme| ThemeButton {
            value: theme.word(),
            label: label(theme),
            pressed: theme == visit.theme,
        };
        Self {
            title: format!("{title} – {}", app.customer.title),
            brand: app.customer.title.clone(),
            salutation: app.customer.salutation.clone(),
            theme: (visit.theme != Theme::System).then(|| visit.theme.word()),
            themes: Theme::ALL.into_iter().map(button).collect(),
            stylesheets: app.assets.stylesheets(),
            icon: app.assets.mark.href(),
            free: current(here, Here::Free, Here::BelowFree),
            timeline: current(here, Here::Timeline, Here::BelowTimeline),
            bookings: current(here, Here::Bookings, Here::BelowBookings),
            tasks: current(here, Here::Tasks, Here::BelowTasks),
            zone: times.zone(),
            version: env!("CARGO_PKG_VERSION"),
            back: if visit.address.len() <= MAX_BACK { visit.address.clone() } else { "/".to_owned() },
        }
    }
}

/// What `aria-current` says of a link to `page`.
fn current(here: Here, page: Here, below: Here) -> Option<&'static str> {
    if here == page { Some("page") } else { (here == below).then_some("true") }
}
