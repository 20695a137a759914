//! The part of the catalogue page below its form: count, chips, rows, pager, or why there is nothing.

use serde::Serialize;

use super::view::Answer;
use crate::{
    hardware_client::Facet,
    pages::timeline::Wish,
    search::Search,
    view::{
        LinkView,
        results::{Empty, Pager, chips, filters, seen},
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
    /// To everything, or to what is free alone; `None` until a time is chosen.
    fit: Option<LinkView>,
    timeline: String,
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

impl List {
    pub(super) fn new(search: &Search, answer: Answer, times: &Writer) -> Self {
        let Answer { listing, facets, window } = answer;
        let filters = filters(search);
        let here = listing.rows.len() as u64;
        let whole = whole(&facets.providers);
        let home = |search: &Search| search.link("/");
        let next = listing.next.as_ref().map(|next| {
            let seen = seen(search) + here;
            let window = next.window.filter(|_| search.from.is_empty());
            let search = window.map_or_else(|| search.clone(), |window| search.with_window(window));
            Search { cursor: next.cursor.clone(), seen: seen.to_string(), ..search }.link("/")
        });
        let empty = (here == 0).then(|| Empty::new(search, &filters, &home));
        let pager = Pager::new(search, here, listing.total, home(&search.first_page()), next);
        let timeline = Wish::of_search(search, window, times.tz()).link();
        let shown = Shown { search, window, providers: &facets.providers, times };
        Self {
            count: Count::new(
                search,
                here,
                listing.total,
                whole,
                pager.as_ref().is_some_and(|p| p.next.is_some()),
            ),
            chips: chips(search, &filters, &home),
            fit: fit(search),
            timeline,
            groups: stock::groups(listing.rows, &shown),
            empty,
            pager,
        }
    }
}

/// The way to the other list of the same time: all that there is, or only what is free.
fn fit(search: &Search) -> Option<LinkView> {
    let (other, text) = if search.free_only() {
        (search.without("free_only"), "Show everything, free or not")
    } else {
        (search.with("free_only", "true"), "Show only what is free")
    };
    search.has_window().then(|| LinkView { href: other.link("/"), text: text.to_owned() })
}

/// Lines in the whole catalogue, by its providers; `None` where they are not known.
fn whole(providers: &[Facet]) -> Option<u64> {
    (!providers.is_empty()).then(|| providers.iter().map(|facet| facet.count).sum())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn count(query: &str, total: Option<u64>, whole: Option<u64>) -> String {
        let count = Count::new(&Search::read(query), 20, total, whole, true);
        format!("{} {}", count.number, count.text)
    }

    #[test]
    fn once_a_time_is_chosen_one_list_leads_to_the_other() {
        let fit = |query: &str| fit(&Search::read(query)).map(|link| (link.href, link.text));
        assert_eq!(fit("q=gpu&free_only=true"), None);
        let window = "from=2026-06-11T14:00&to=2026-06-11T18:00";
        let (all, text) = fit(&format!("{window}&free_only=true&cursor=c")).unwrap();
        assert_eq!((all, text.as_str()), (format!("/?{window}"), "Show everything, free or not"));
        let (free, text) = fit(window).unwrap();
        assert_eq!((free, text.as_str()), (format!("/?{window}&free_only=true"), "Show only what is free"));
    }

    #[test]
    fn the_count_says_what_it_counts() {
        assert_eq!(count("", Some(1363), Some(1363)), "1,363 in the catalogue");
        assert_eq!(count("q=gpu", Some(42), Some(1363)), "42 of 1,363 match");
        assert_eq!(count("q=gpu", Some(1), Some(1363)), "1 of 1,363 matches");
        assert_eq!(count("q=gpu", Some(42), None), "42 match");
        assert_eq!(count("q=gpu", None, None), "20 shown, more follow");
    }
}
