//! What stands around a page of rows: the filters in use, why there is nothing, and the way to the next page.

use serde::Serialize;

use super::LinkView;
use crate::{
    search::{ROWS_PER_PAGE, Search},
    view::words::number,
};

/// Why there are no rows, and what to do about it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Empty {
    heading: &'static str,
    advice: &'static str,
    links: Vec<LinkView>,
    import: bool,
}

/// Where one is in the list, and the ways on.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Pager {
    rows: String,
    first: Option<String>,
    /// The page after this one.
    pub next: Option<LinkView>,
}

/// One filter in use.
#[derive(Debug, PartialEq, Eq)]
pub struct Filter {
    field: &'static str,
    /// `search: gpu`
    pub text: String,
    /// `Without the search for gpu`
    without: String,
}

/// The filters in use, in the order of the form.
#[must_use]
pub fn filters(search: &Search) -> Vec<Filter> {
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

/// Rows on the pages before this one, as the link said. Only a reader is told.
#[must_use]
pub fn seen(search: &Search) -> u64 {
    if search.cursor.is_empty() { 0 } else { search.seen.parse::<u32>().unwrap_or(0).into() }
}

/// One chip a filter, which takes it off. `link` is the address of a search on this page.
pub fn chips(search: &Search, filters: &[Filter], link: &dyn Fn(&Search) -> String) -> Vec<LinkView> {
    filters.iter().map(|f| LinkView { href: link(&search.without(f.field)), text: f.text.clone() }).collect()
}

impl Empty {
    /// For the filters in use. `link` is the address of a search on this page.
    pub fn new(search: &Search, filters: &[Filter], link: &dyn Fn(&Search) -> String) -> Self {
        let way = |search: &Search, text: &str| LinkView { href: link(search), text: text.to_owned() };
        if !search.cursor.is_empty() {
            let links = vec![way(&search.first_page(), "First page")];
            return Self {
                heading: "No more rows",
                advice: "The list ends before this page:",
                links,
                import: false,
            };
        }
        let mut links: Vec<LinkView> = filters
            .iter()
            .map(|f| LinkView { href: link(&search.without(f.field)), text: f.without.clone() })
            .collect();
        if search.free_only() && !matches!(search.qty.as_str(), "" | "1") {
            links.push(way(&search.with("qty", "1"), "Only 1 unit"));
        }
        if links.is_empty() {
            return Self { heading: "The catalogue is empty", advice: "", links, import: true };
        }
        if filters.len() > 1 {
            links.push(way(&search.window_only(), "Without any filter"));
        }
        Self { heading: "Nothing matches", advice: "Ask for less:", links, import: false }
    }
}

impl Pager {
    /// `here` rows of `total`; `first` and `next` lead to the other pages. `None` where there are none.
    #[must_use]
    pub fn new(
        search: &Search,
        here: u64,
        total: Option<u64>,
        first: String,
        next: Option<String>,
    ) -> Option<Self> {
        let first = (!search.cursor.is_empty()).then_some(first);
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

    fn home(search: &Search) -> String {
        search.link("/")
    }

    #[test]
    fn every_filter_has_a_chip_that_takes_off_it_alone() {
        let search = Search::read("qty=2&q=gpu&provider=Azure&free_only=true&cursor=c");
        let chips = chips(&search, &filters(&search), &home);
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
        let empty = Empty::new(&search, &filters(&search), &home);
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
        let pager = Pager::new(
            &Search::read(query),
            here,
            total,
            "/".to_owned(),
            next.then(|| "/?cursor=x".to_owned()),
        )?;
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
