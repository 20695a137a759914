//! The last answers of the catalogue, kept in memory to be looked at while the hardware service is away.

use std::{
    collections::VecDeque,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::{hardware_client::Listing, search::Search, view::level::Amount};

/// Answers kept; one holds a page of rows at most, some 10 kB.
const MAX_ANSWERS: usize = 16;

/// An older answer says nothing about today any more.
const MAX_AGE: TimeDelta = TimeDelta::hours(24);

/// One answer, as much of it as is shown again.
#[derive(Clone, Debug)]
pub struct LastAnswer {
    /// The search it answers.
    pub search: Search,
    /// The window it is for.
    pub window: (DateTime<Utc>, DateTime<Utc>),
    /// When it came.
    pub at: DateTime<Utc>,
    /// Its rows, in order of id.
    pub rows: Vec<LastRow>,
}

/// One row of it.
#[derive(Clone, Debug, Serialize)]
pub struct LastRow {
    /// Who has it.
    pub provider: String,
    /// What it is called there.
    pub name: String,
    /// How much of it was free.
    pub amount: Amount,
}

impl LastAnswer {
    /// Takes from `listing` what is worth keeping.
    #[must_use]
    pub fn new(
        search: &Search,
        listing: &Listing,
        window: (DateTime<Utc>, DateTime<Utc>),
        at: DateTime<Utc>,
    ) -> Self {
        let keep = |row: &crate::hardware_client::Hardware| LastRow {
            provider: row.provider.clone(),
            name: row.name.clone(),
            amount: Amount::of(row),
        };
        let search = Search { seen: String::new(), ..search.clone() };
        Self { search, window, at, rows: listing.rows.iter().map(keep).collect() }
    }
}

/// The most recent answers, one a search.
#[derive(Debug, Default)]
pub struct LastAnswers(Mutex<VecDeque<LastAnswer>>);

impl LastAnswers {
    /// Keeps `answer` in place of an older one to the same search. An empty one is not worth keeping.
    pub fn keep(&self, answer: LastAnswer) {
        if answer.rows.is_empty() {
            return;
        }
        let mut answers = self.lock();
        answers.retain(|kept| kept.search != answer.search);
        answers.truncate(MAX_ANSWERS - 1);
        answers.push_front(answer);
    }

    /// The best there is for `search` at `now`: the answer to the same search, else to the whole catalogue,
    /// else the newest.
    #[must_use]
    pub fn best(&self, search: &Search, now: DateTime<Utc>) -> Option<LastAnswer> {
        let answers = self.lock();
        let fresh = || answers.iter().filter(|kept| now - kept.at <= MAX_AGE);
        let same = fresh().find(|kept| kept.search == *search);
        let whole = || fresh().find(|kept| kept.search.first_page() == Search::default());
        same.or_else(whole).or_else(|| fresh().next()).cloned()
    }

    /// A thread that panicked while it held the lock left whole answers behind: they are still good.
    fn lock(&self) -> MutexGuard<'_, VecDeque<LastAnswer>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hardware_client::Availability, view::level::Bar};

    fn at(s: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(s, 0).unwrap()
    }

    fn answer(query: &str, at_s: i64) -> LastAnswer {
        let bar = Bar::new(Availability::High, 1, 1);
        let amount = Amount { level: "HIGH", bar, free: "1".into(), capacity: "1".into(), over: None };
        let row = LastRow { provider: "p".into(), name: "n".into(), amount };
        LastAnswer { search: Search::read(query), window: (at(0), at(3_600)), at: at(at_s), rows: vec![row] }
    }

    fn best(answers: &LastAnswers, query: &str, now_s: i64) -> Option<i64> {
        answers.best(&Search::read(query), at(now_s)).map(|kept| kept.at.timestamp())
    }

    #[test]
    fn the_same_search_comes_first_then_the_whole_catalogue_then_the_newest() {
        let answers = LastAnswers::default();
        assert_eq!(best(&answers, "", 10), None);
        answers.keep(answer("q=a", 1));
        answers.keep(answer("q=b", 2));
        assert_eq!(best(&answers, "q=a", 10), Some(1));
        assert_eq!(best(&answers, "q=c", 10), Some(2));
        answers.keep(answer("", 3));
        answers.keep(answer("q=b", 4));
        assert_eq!(best(&answers, "q=c", 10), Some(3));
        assert_eq!(best(&answers, "q=b", 10), Some(4));
    }

    #[test]
    fn there_is_an_end_to_how_many_and_to_how_old() {
        let answers = LastAnswers::default();
        for n in 0..100 {
            answers.keep(answer(&format!("q={n}"), n));
        }
        assert_eq!(answers.lock().len(), MAX_ANSWERS);
        assert_eq!(best(&answers, "q=99", 100), Some(99));
        assert_eq!(best(&answers, "q=99", 99 + MAX_AGE.num_seconds() + 1), None);
    }

    #[test]
    fn an_empty_answer_does_not_push_out_a_full_one() {
        let answers = LastAnswers::default();
        answers.keep(answer("", 1));
        answers.keep(LastAnswer { rows: Vec::new(), ..answer("", 2) });
        assert_eq!(best(&answers, "", 10), Some(1));
    }
}
