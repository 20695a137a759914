//! The present: when "now" is, and for how long what is overdue is taken to stay away.

use super::{peak::Claim, window::Window};

/// When a question is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Present {
    /// UTC epoch seconds.
    pub now_s: i64,
    /// How long overdue units are expected to stay away from now, in seconds.
    pub grace_s: i64,
}

impl Present {
    /// What an overdue claim occupies: until its own end, or until the grace from now, whichever is later. So it
    /// neither lies about today nor freezes next month.
    #[must_use]
    pub fn overdue(self, claim: Claim) -> Claim {
        Claim { blocked_until: claim.blocked_until.max(self.now_s.saturating_add(self.grace_s)), ..claim }
    }

    /// The second called "now".
    #[must_use]
    pub fn instant(self) -> Window {
        Window { from: self.now_s, to: self.now_s + 1 }
    }

    /// Whether now is in `window`.
    #[must_use]
    pub fn is_in(self, window: Window) -> bool {
        window.from <= self.now_s && self.now_s < window.to
    }

    /// Everything from now on.
    #[must_use]
    pub fn onwards(self) -> Window {
        Window { from: self.now_s, to: i64::MAX }
    }
}
