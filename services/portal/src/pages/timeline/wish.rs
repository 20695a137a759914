//! What a timeline's URL asks for: the list's filters, a day, and how much time around it.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use crate::{
    calendar::{Calendar, Span, read_date},
    hardware_client::ListQuery,
    links,
    search::{Mistake, Search},
    view::Hidden,
};

/// Where the timeline is.
pub(crate) const PATH: &str = "/timeline";

/// The query as typed. Empty text means "not given".
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    /// `day`, `week` or `month`.
    pub(crate) view: String,
    /// A day in it, `2026-06-11`; without one it is today.
    pub(crate) date: String,
    /// The filters. Its window is the timeline's, and empty here.
    pub(crate) search: Search,
}

impl Wish {
    /// Reads a URL's query. Of a parameter given twice the first counts; unknown ones are left alone.
    pub(crate) fn read(query: &str) -> Self {
        let pairs = links::read_query(query);
        let field = |wanted: &str| {
            let value = pairs.iter().find(|(name, value)| name == wanted && !value.trim().is_empty());
            value.map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
        };
        Self { view: field("view"), date: field("date"), search: without_window(&Search::read(query)) }
    }

    /// The timeline of what a search looks at: as much time as its window needs, and the same filters. Which of
    /// the rows fit in that window is no filter here: the timeline shows when each of them does.
    pub(crate) fn of_search(search: &Search, (from, to): (DateTime<Utc>, DateTime<Utc>), tz: Tz) -> Self {
        let span = match (to - from).num_hours() {
            ..=24 => Span::Day,
            25..=168 => Span::Week,
            _ => Span::Month,
        };
        let untimed = search.from.is_empty();
        let date = from.with_timezone(&tz).date_naive().to_string();
        let search = Search { free_only: String::new(), ..without_window(&search.first_page()) };
        if untimed {
            return Self { search, ..Self::default() };
        }
        Self { view: span.word().to_owned(), date, search }
    }

    /// What to show and what to ask for, or everything that is wrong with what was typed.
    pub(crate) fn check(&self, tz: Tz, now: DateTime<Utc>) -> Result<(Calendar, ListQuery), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let calendar = self.check_calendar(tz, now).map_err(|mistake| mistakes.push(mistake)).ok();
        let question = self.search.check(tz).map_err(|found| mistakes.extend(found)).ok();
        match (calendar, question) {
            (Some(calendar), Some(question)) => {
                // Only this filter depends on the time. The rows of a page stay the same when one moves on.
                let window = self.search.free_only().then(|| calendar.window());
                Ok((calendar, ListQuery { window, ..question }))
            }
            _ => Err(mistakes),
        }
    }

    fn check_calendar(&self, tz: Tz, now: DateTime<Utc>) -> Result<Calendar, Mistake> {
        let span = match self.view.as_str() {
            "" => Span::default(),
            word => Span::from_word(word)
                .ok_or_else(|| Mistake::impossible("view", "The view must be a day, a week or a month"))?,
        };
        let date = match self.date.as_str() {
            "" => now.with_timezone(&tz).date_naive(),
            text => read_date(text)
                .ok_or_else(|| Mistake::unreadable("date", "Date must be a day, such as 2026-06-11"))?,
        };
        Calendar::new(span, date, tz)
            .ok_or_else(|| Mistake::impossible("date", format!("Date does not exist in {}", tz.name())))
    }

    /// The same filters at another time: the same page of rows, unless the time decides which they are.
    pub(super) fn at(&self, span: Span, date: &str) -> Self {
        let search = if self.search.free_only() { self.search.first_page() } else { self.search.clone() };
        Self { view: span.word().to_owned(), date: date.to_owned(), search }
    }

    /// The same time with other filters.
    pub(super) fn with_search(&self, search: &Search) -> Self {
        Self { search: without_window(search), ..self.clone() }
    }

    /// The link that asks this.
    pub(crate) fn link(&self) -> String {
        let mut pairs = vec![("view", self.view.as_str()), ("date", &self.date)];
        pairs.extend(self.search.pairs());
        links::link(PATH, &pairs)
    }

    /// What the form sends along: everything that it has no field for.
    pub(super) fn hidden(&self) -> Vec<Hidden> {
        let search = &self.search;
        let kept = [
            ("view", &self.view),
            ("provider", &search.provider),
            ("category", &search.category),
            ("location", &search.location),
            ("tag", &search.tag),
        ];
        let given = kept.into_iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| Hidden::new(name, value.as_str())).collect()
    }
}

/// The service's window is the day that was asked for.
pub(super) fn named(mistakes: Vec<Mistake>) -> Vec<Mistake> {
    let name = |mistake: Mistake| match mistake.field.as_str() {
        "from" | "to" | "tz" | "grain" => Mistake { field: "date".to_owned(), ..mistake },
        _ => mistake,
    };
    mistakes.into_iter().map(name).collect()
}

fn without_window(search: &Search) -> Search {
    Search { from: String::new(), to: String::new(), ..search.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-06-11T22:30:00Z";

    fn check(query: &str) -> Result<(Calendar, ListQuery), Vec<Mistake>> {
        Wish::read(query).check(Tz::Europe__Berlin, NOW.parse().unwrap())
    }

    #[test]
    fn without_anything_it_is_this_week_of_the_customers_calendar() {
        let (calendar, question) = check("").unwrap();
        assert_eq!((calendar.span, calendar.first.to_string().as_str()), (Span::Week, "2026-06-08"));
        assert_eq!(question.to_query(), "limit=50");
        // Half past midnight in Berlin: there it is the twelfth.
        assert_eq!(check("view=day").unwrap().0.first.to_string(), "2026-06-12");
    }

    #[test]
    fn filters_are_asked_and_only_what_fits_is_asked_over_the_time_that_is_shown() {
        let (_, question) = check("view=day&date=2026-06-11&q=gpu&qty=2&cursor=c&from=x&to=y").unwrap();
        assert_eq!(question.to_query(), "qty=2&q=gpu&limit=50&cursor=c");
        let (_, question) = check("view=day&date=2026-06-11&free_only=true").unwrap();
        let meant = "from=2026-06-10T22:00:00Z&to=2026-06-11T22:00:00Z&free_only=true&limit=50";
        assert_eq!(question.to_query(), meant);
    }

    #[test]
    fn what_cannot_be_is_told_all_at_once() {
        let fields = |query: &str| -> Vec<_> {
            check(query).unwrap_err().into_iter().map(|m| (m.field, m.impossible)).collect()
        };
        assert_eq!(fields("view=%3Cscript%3E&qty=0"), [("view".into(), true), ("qty".into(), true)]);
        for date in ["soon", "2026-6-11", "2026-02-30", "+12026-01-01", "11.06.2026", "2026-06-11T10:00"] {
            assert_eq!(fields(&format!("date={date}")), [("date".into(), false)], "{date}");
        }
    }

    #[test]
    fn a_wish_survives_its_own_link_and_moving_keeps_the_page() {
        let wish = Wish::read("view=month&date=2026-06-11&q=a%26b&provider=Lab+B2&qty=2&cursor=c&seen=50");
        assert_eq!(Wish::read(wish.link().split_once('?').unwrap().1), wish);
        assert_eq!(
            wish.at(Span::Day, "2026-06-12").link(),
            "/timeline?view=day&date=2026-06-12&qty=2&q=a%26b&provider=Lab+B2&cursor=c&seen=50"
        );
        let fits = Wish::read("free_only=true&cursor=c&seen=50");
        assert_eq!(fits.at(Span::Week, "").link(), "/timeline?view=week&free_only=true");
    }

    #[test]
    fn a_search_is_shown_with_as_much_time_as_its_window_needs() {
        let link = |from: &str, to: &str| {
            let search = Search::read(&format!("from={from}&to={to}&q=gpu&qty=2&free_only=true&cursor=c"));
            let (_, asked) = (0, search.check(Tz::Europe__Berlin).unwrap());
            Wish::of_search(&search, asked.window.unwrap(), Tz::Europe__Berlin).link()
        };
        let day = link("2026-06-11T00:00", "2026-06-11T18:00");
        assert_eq!(day, "/timeline?view=day&date=2026-06-11&qty=2&q=gpu");
        assert!(link("2026-06-11T14:00", "2026-06-13T18:00").contains("view=week"));
        assert!(link("2026-06-11T14:00", "2026-07-13T18:00").contains("view=month"));
        let now = NOW.parse().unwrap();
        let untimed = Wish::of_search(&Search::read("q=gpu"), (now, now), Tz::UTC);
        assert_eq!(untimed.link(), "/timeline?q=gpu");
    }
}
