//! What is free of one hardware: numbers, and the seed's word for a reader in a hurry.

use super::{
    peak::{self, Claim},
    present::Present,
    starts::Need,
    window::Window,
};

/// How far ahead the next free time is looked for: 90 days.
pub const NEXT_FREE_WITHIN_S: i64 = 90 * 86_400;

/// How much of the capacity is free, as a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Nothing.
    None,
    /// Up to a third.
    Low,
    /// Up to two thirds.
    Medium,
    /// More.
    High,
}

impl Word {
    /// The word for `free` of `capacity` units; a capacity of 0 is [`Word::None`].
    #[must_use]
    pub fn of(free: i64, capacity: i64) -> Self {
        match free {
            ..=0 => Self::None,
            free if free * 3 <= capacity => Self::Low,
            free if free * 3 <= capacity * 2 => Self::Medium,
            _ => Self::High,
        }
    }
}

/// What the question is: how many units, over which window, and when "now" is.
#[derive(Clone, Copy, Debug)]
pub struct Question {
    /// The window asked about.
    pub window: Window,
    /// Units wanted, at least 1.
    pub qty: i64,
    /// When it is asked.
    pub present: Present,
}

impl Question {
    /// The last start at which the next-free search looks.
    #[must_use]
    pub fn last_start(&self) -> i64 {
        self.window.from + NEXT_FREE_WITHIN_S
    }

    /// What a booking of the window would need of a hardware.
    #[must_use]
    pub fn need(&self, capacity: i64, buffer_s: i64) -> Need {
        Need { capacity, qty: self.qty, length_s: self.window.length_s() + buffer_s }
    }
}

/// The answer for one hardware.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Availability {
    /// Units free over the whole window.
    pub free: i64,
    /// Units free now.
    pub free_now: i64,
    /// `free` as a word.
    pub word: Word,
    /// Whether a booking of the window and `qty` would be accepted, the buffer included.
    pub fits: bool,
    /// The earliest start, from the window's on, at which such a booking fits; UTC epoch seconds. Where it does not
    /// fit at once, claims behind the window have to be read to tell.
    pub next_free_at: Option<i64>,
    /// Units promised beyond the capacity at the window's peak.
    pub overcommitted: i64,
}

impl Availability {
    /// Answers `question` for a hardware. `claims` holds its claims over the window and its buffer, `now` those over
    /// [`Present::instant`]. Nothing is said of the next free time yet unless it is at once.
    #[must_use]
    pub fn of(question: &Question, capacity: i64, buffer_s: i64, claims: &[Claim], now: &[Claim]) -> Self {
        let Question { window, qty, .. } = *question;
        let peak = peak::peak(claims, window);
        let free = (capacity - peak).max(0);
        let fits = capacity - peak::peak(claims, window.with_buffer(buffer_s)) >= qty;
        Self {
            free,
            free_now: peak::free(capacity, now, question.present.instant()),
            word: Word::of(free, capacity),
            fits,
            next_free_at: fits.then_some(window.from),
            overcommitted: (peak - capacity).max(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    proptest! {
        /// Ties, claims longer than everything around them, buffers: all of it second by second.
        #[test]
        fn an_answer_agrees_with_looking_at_every_second(
            claims in vec((0_i64..50, prop_oneof![1_i64..6, 10_i64..80], 1_i64..4), 0..14),
            from in 0_i64..40, length in 1_i64..12, buffer_s in 0_i64..8, qty in 1_i64..5, capacity in 0_i64..7, now_s in 0_i64..60,
        ) {
            let claims: Vec<_> = claims.into_iter()
                .map(|(starts_at, length, qty)| Claim { starts_at, blocked_until: starts_at + length, qty }).collect();
            let in_use = |t: i64| claims.iter().filter(|c| c.starts_at <= t && t < c.blocked_until).map(|c| c.qty).sum::<i64>();
            let peak = |from: i64, to: i64| (from..to).map(in_use).max().unwrap();
            let question = Question { window: Window { from, to: from + length }, qty, present: Present { now_s, grace_s: 0 } };
            let got = Availability::of(&question, capacity, buffer_s, &claims, &claims);
            prop_assert_eq!(got.free, (capacity - peak(from, from + length)).max(0));
            prop_assert_eq!(got.overcommitted, (peak(from, from + length) - capacity).max(0));
            prop_assert_eq!(got.free_now, (capacity - in_use(now_s)).max(0));
            let fits = |t: i64| capacity - peak(t, t + length + buffer_s) >= qty;
            prop_assert_eq!(got.fits, fits(from));
            prop_assert_eq!(got.next_free_at, fits(from).then_some(from));
        }
    }

    #[test]
    fn the_word_changes_at_thirds() {
        let words: Vec<_> = (0..=6).map(|free| Word::of(free, 6)).collect();
        use Word::{High, Low, Medium, None};
        assert_eq!(words, [None, Low, Low, Medium, Medium, High, High]);
        assert_eq!((Word::of(0, 0), Word::of(1, 1), Word::of(1, 4)), (None, High, Low));
    }

    #[test]
    fn the_buffer_counts_for_what_fits_but_not_for_what_is_free() {
        let question = Question {
            window: Window { from: 0, to: 10 },
            qty: 1,
            present: Present { now_s: 12, grace_s: 0 },
        };
        let claims = [Claim { starts_at: 12, blocked_until: 20, qty: 1 }];
        let got = Availability::of(&question, 1, 5, &claims, &claims);
        assert_eq!((got.free, got.fits, got.next_free_at, got.free_now), (1, false, None, 0));
        let without = Availability::of(&question, 1, 0, &claims, &[]);
        assert_eq!((without.fits, without.next_free_at, without.free_now), (true, Some(0), 1));
    }

    #[test]
    fn too_much_asked_for_never_fits() {
        let question = Question {
            window: Window { from: 0, to: 10 },
            qty: 3,
            present: Present { now_s: 0, grace_s: 0 },
        };
        let got = Availability::of(&question, 2, 0, &[], &[]);
        assert_eq!((got.free, got.fits, got.next_free_at), (2, false, None));
    }
}
