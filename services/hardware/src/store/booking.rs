//! The one way to claim: under the lock of the hardware, read what overlaps, sweep, and only then write.

use super::{
    StoreError,
    claim_change::OwnClaim,
    claims,
    locks::Stock,
    refusals::{self, Shortfall, WantedLine},
};
use crate::{
    db::{Conn, Db, DbError},
    domain::{
        demand::{self, Shortage},
        peak::Claim,
        present::Present,
        window::Window,
    },
};

/// A claim that is to be written, and what it takes the place of.
#[derive(Clone, Debug)]
pub struct Intent {
    /// The hardware, locked.
    pub stock: Stock,
    /// What is occupied already by the same line; only an increase is checked.
    pub old: Option<Claim>,
    /// What is to be occupied.
    pub new: OwnClaim,
}

impl Intent {
    /// Whether anything is occupied that was not before.
    #[must_use]
    pub fn takes_more(&self) -> bool {
        !demand::increase(self.old, self.new.claim()).is_empty()
    }
}

/// Lets all of `intents` pass, or none.
///
/// # Errors
/// [`StoreError::Short`] with everything that is missing.
pub async fn check(
    conn: &mut Conn<'_>,
    intents: &[Intent],
    own: &[i64],
    movable: Option<Window>,
    present: Present,
) -> Result<(), StoreError> {
    let mut lines = Vec::with_capacity(intents.len());
    for intent in intents {
        let shortages = shortages(conn, intent, own, present).await?;
        let Intent { stock, new, .. } = intent;
        lines.push(WantedLine { stock: stock.clone(), qty: new.qty, window: new.window(), shortages });
    }
    if lines.iter().all(|line| line.shortages.is_empty()) {
        return Ok(());
    }
    let own = own.to_vec();
    Err(StoreError::Short(Box::new(Shortfall { lines, own, movable, present, series: None })))
}

/// Where too little is free for one claim, `own` ones left out.
///
/// # Errors
/// The database cannot be reached.
pub async fn shortages(
    conn: &mut Conn<'_>,
    intent: &Intent,
    own: &[i64],
    present: Present,
) -> Result<Vec<Shortage>, DbError> {
    let Intent { stock, old, new } = intent;
    let parts = demand::increase(*old, new.claim());
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let others = claims::of_others(conn, stock.id, new.window(), own, present).await?;
    Ok(parts.into_iter().flat_map(|part| demand::shortages(stock.capacity, &others, part, new.qty)).collect())
}

/// A refusal in full: what could not be had is explained after its transaction has ended.
///
/// # Errors
/// `result`'s own, with [`StoreError::Short`] turned into [`StoreError::Refused`].
pub async fn explained<T>(db: &Db, result: Result<T, StoreError>) -> Result<T, StoreError> {
    match result {
        Err(StoreError::Short(shortfall)) => {
            Err(StoreError::Refused(Box::new(refusals::explain(db, *shortfall).await?)))
        }
        other => other,
    }
}
