//! The part of the catalogue page below its form: count, chips, rows, pager, or why there is nothing.

use serde::Serialize;

use super::view::Answer;
use crate::{
    hardware_client::Facet,
    search::{ROWS_PER_PAGE, Search},
    view::{
        LinkView,
        stock::{self, Group, Shown},
        times::Writer,
        words::number,
    },
};

/// Count, chips and rows.
#[derive(Debug, Serialize)]
pub(super) struct List {
    count: Count,
    chips: Vec<LinkView>,
    groups: Vec<Group>,
    empty: Option<Empty>,
    pager: Option<Pager>,
}

/// `42` `of 1,363 match`
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Count {
    number: String,
    text: String,
}

/// Why there are no rows, and what to do about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Empty {
    heading: &'static str,
    advice: &'static str,
    links: Vec<LinkView>,
    import: bool,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
struct Pager {
    rows: String,
    first: Option<String>,
    next: Option<LinkView>,
}

/// One filter in use.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Filter {
    field: &'static str,
    /// `search: gpu`
    pub(super) text: String,
    /// `Without the search for gpu`
    without: String,
}

/// The filters in use, in the order of the form.
pub(super) fn filters(search: &Search) -> Vec<Filter> {
    let mut filters: Vec<Filter> = [
        ("q", "search", "the search for", &search.q),
        ("provider", "provider", "the provider", &search.provider),
        ("category", "category", "the category", &search.category),
        ("location", "location", "the location", &search.location),
        ("tag", "tag", "the tag", &search.tag),
    ]
    .into_iter()
    .filter(|(_, _, _, value)| !value.is_empty())
    .map(|(field, word, long, value)| Filter {
        field,
        text: format!("{word}: {value}"),
        without: format!("Without {long} “{value}”"),
    })
    .collect();
    if search.free_only() {
        let without = "Also show what does not fit".to_owned();
        filters.push(Filter { field: "free_only", text: "only what fits".to_owned(), without });
    }
    filters
}

impl List {
    pub(super) fn new(search: &Search, answer: Answer, times: &Writer) -> Self {
        let Answer { listing, facets, window } = answer;
        let filters = filters(search);
        let here = listing.rows.len() as u64;
        let whole = whole(&facets.providers);
        let next = listing.next.as_ref().map(|next| {
            let seen = seen(search) + here;
            let window = next.window.filter(|_| search.from.is_empty());
            let search = window.map_or_else(|| search.clone(), |window| search.with_window(window));
            Search { cursor: next.cursor.clone(), seen: seen.to_string(), ..search }.link("/")
        });
        let empty = (here == 0).then(|| Empty::new(search, &filters));
        let pager = Pager::new(search, here, listing.total, next);
        let shown = Shown { search, window, providers: &facets.providers, times };
        Self {
            count: Count::new(
                search,
                here,
                listing.total,
                whole,
                pager.as_ref().is_some_and(|p| p.next.is_some()),
            ),
            chips: chips(search, &filters),
            groups: stock::groups(listing.rows, &shown),
            empty,
            pager,
        }
    }
}

/// Lines in the whole catalogue, by its providers; `None` where they are not known.
fn whole(providers: &[Facet]) -> Option<u64> {
    (!providers.is_empty()).then(|| providers.iter().map(|facet| facet.count).sum())
}

/// Rows on the pages before this one, as the link said. Only a reader is told.
fn seen(search: &Search) -> u64 {
    if search.cursor.is_empty() { 0 } else { search.seen.parse::<u32>().unwrap_or(0).into() }
}

fn chips(search: &Search, filters: &[Filter]) -> Vec<LinkView> {
    filters
        .iter()
        .map(|f| LinkView { href: search.without(f.field).link("/"), text: f.text.clone() })
        .collect()
}

impl Count {
    fn new(search: &Search, here: u64, total: Option<u64>, whole: Option<u64>, more: bool) -> Self {
        let (n, text) = match (total, whole) {
            (Some(total), _) if !search.has_filters() => (total, "in the catalogue".to_owned()),
            (Some(total), Some(whole)) if whole >= total => {
                (total, format!("of {} {}", number(whole), if total == 1 { "matches" } else { "match" }))
            }
            (Some(1), _) => (1, "matches".to_owned()),
            (Some(total), _) => (total, "match".to_owned()),
            (None, _) if more => (here, "shown, more follow".to_owned()),
            (None, _) => (here, "shown".to_owned()),
        };
        Self { number: number(n), text }
    }
}

impl Empty {
    fn new(search: &Search, filters: &[Filter]) -> Self {
        let link = |href: String, text: &str| LinkView { href, text: text.to_owned() };
        if !search.cursor.is_empty() {
            let links = vec![link(search.first_page().link("/"), "First page")];
            return Self {
                heading: "No more rows",
                advice: "The list ends before this page:",
                links,
                import: false,
            };
        }
        let mut links: Vec<LinkView> = filters
            .iter()
            .map(|f| LinkView { href: search.without(f.field).link("/"), text: f.without.clone() })
            .collect();
        if search.free_only() && !matches!(search.qty.as_str(), "" | "1") {
            links.push(link(search.with("qty", "1").link("/"), "Only 1 unit"));
        }
        if links.is_empty() {
            return Self { heading: "The catalogue is empty", advice: "", links, import: true };
        }
        if filters.len() > 1 {
            links.push(link(search.window_only().link("/"), "Without any filter"));
        }
        Self { heading: "Nothing matches", advice: "Ask for less:", links, import: false }
    }
}

impl Pager {
    fn new(search: &Search, here: u64, total: Option<u64>, next: Option<String>) -> Option<Self> {
        let first = (!search.cursor.is_empty()).then(|| search.first_page().link("/"));
        if here == 0 || (first.is_none() && next.is_none()) {
            return None;
        }
        let start = seen(search);
        let known = search.cursor.is_empty() || start > 0;
        let rows = match total {
            Some(total) if known && start + here <= total => {
                format!("Rows {} to {} of {}", number(start + 1), number(start + here), number(total))
            }
            _ => format!("{} rows on this page", number(here)),
        };
        let left =
            total.filter(|_| known).and_then(|total| total.checked_sub(start + here)).filter(|n| *n > 0);
        let step = left.unwrap_or(ROWS_PER_PAGE.into()).min(ROWS_PER_PAGE.into());
        let next = next.map(|href| LinkView { href, text: format!("Next {}", number(step)) });
        Some(Self { rows, first, next })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(query: &str, total: Option<u64>, whole: Option<u64>) -> String {
        let count = Count::new(&Search::read(query), 20, total, whole, true);
        format!("{} {}", count.number, count.text)
    }

    #[test]
    fn the_count_says_what_it_counts() {
        assert_eq!(count("", Some(1363), Some(1363)), "1,363 in the catalogue");
        assert_eq!(count("q=gpu", Some(42), Some(1363)), "42 of 1,363 match");
        assert_eq!(count("q=gpu", Some(1), Some(1363)), "1 of 1,363 matches");
        assert_eq!(count("q=gpu", Some(42), None), "42 match");
        assert_eq!(count("q=gpu", None, None), "20 shown, more follow");
    }

    #[test]
    fn every_filter_has_a_chip_that_takes_off_it_alone() {
        let search = Search::read("qty=2&q=gpu&provider=Azure&free_only=true&cursor=c");
        let chips = chips(&search, &filters(&search));
        let chips: Vec<_> = chips.iter().map(|c| (c.text.as_str(), c.href.as_str())).collect();
        let meant = [
            ("search: gpu", "/?qty=2&provider=Azure&free_only=true"),
            ("provider: Azure", "/?qty=2&q=gpu&free_only=true"),
            ("only what fits", "/?qty=2&q=gpu&provider=Azure"),
        ];
        assert_eq!(chips, meant);
    }

    fn empty(query: &str) -> (&'static str, bool, Vec<String>) {
        let search = Search::read(query);
        let empty = Empty::new(&search, &filters(&search));
        (
            empty.heading,
            empty.import,
            empty.links.into_iter().map(|l| format!("{} {}", l.text, l.href)).collect(),
        )
    }

    #[test]
    fn an_empty_list_says_which_filter_to_loosen() {
        assert_eq!(
            empty("q=gpu"),
            ("Nothing matches", false, vec!["Without the search for “gpu” /".to_owned()])
        );
        let many = empty("qty=9&q=gpu&free_only=true").2;
        let meant = [
            "Without the search for “gpu” /?qty=9&free_only=true",
            "Also show what does not fit /?qty=9&q=gpu",
            "Only 1 unit /?qty=1&q=gpu&free_only=true",
            "Without any filter /?qty=9",
        ];
        assert_eq!(many, meant);
    }

    #[test]
    fn an_empty_catalogue_says_how_to_fill_it_and_a_page_too_far_leads_back() {
        assert_eq!(empty("qty=3"), ("The catalogue is empty", true, vec![]));
        assert_eq!(empty("cursor=c"), ("No more rows", false, vec!["First page /".to_owned()]));
    }

    fn pager(
        query: &str,
        here: u64,
        total: Option<u64>,
        next: bool,
    ) -> Option<(String, bool, Option<String>)> {
        let pager = Pager::new(&Search::read(query), here, total, next.then(|| "/?cursor=x".to_owned()))?;
        Some((pager.rows, pager.first.is_some(), pager.next.map(|n| n.text)))
    }

    #[test]
    fn the_pager_says_where_one_is_and_goes_forward() {
        assert_eq!(
            pager("", 50, Some(1363), true).unwrap(),
            ("Rows 1 to 50 of 1,363".into(), false, Some("Next 50".into()))
        );
        let last_but_one = pager("cursor=c&seen=50", 50, Some(113), true).unwrap();
        assert_eq!(last_but_one, ("Rows 51 to 100 of 113".into(), true, Some("Next 13".into())));
        assert_eq!(
            pager("cursor=c&seen=100", 13, Some(113), false).unwrap(),
            ("Rows 101 to 113 of 113".into(), true, None)
        );
        assert_eq!(pager("", 20, Some(20), false), None);
    }

    #[test]
    fn a_position_that_cannot_be_is_not_told() {
        for query in ["cursor=c", "cursor=c&seen=-1", "cursor=c&seen=9999", "cursor=c&seen=99999999999999"] {
            assert_eq!(pager(query, 50, Some(113), true).unwrap().0, "50 rows on this page", "{query}");
        }
    }
}
