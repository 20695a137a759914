//! I3: the claims that one line of a reservation must have, by the reservation's state.

use super::{
    rows::{ClaimRow, LineRow, ReservationRow},
    times,
};
use crate::domain::reservation::State;

/// What is wrong with a line and its claims.
pub(super) fn wrong(
    reservation: &ReservationRow,
    state: State,
    line: &LineRow,
    claims: &[&ClaimRow],
) -> Vec<String> {
    let mut wrong = Vec::new();
    if line.qty < 1 {
        wrong.push(format!("its line is of {} units", line.qty));
    }
    if (line.starts_at, line.ends_at) != (reservation.starts_at, reservation.ends_at) {
        let (own, its) =
            (times(line.starts_at, line.ends_at), times(reservation.starts_at, reservation.ends_at));
        wrong.push(format!("its line is {own}, the reservation {its}"));
    }
    wrong.extend(wrong_counts(state, line));
    match state {
        State::Confirmed => wrong.extend(wrong_confirmed(reservation, line, claims)),
        State::Out => wrong.extend(wrong_out(reservation, line, claims)),
        State::Returned => wrong.extend(wrong_back(line.qty, claims)),
        State::Cancelled | State::NoShow if !claims.is_empty() => {
            wrong.push(format!("it still has {}", named(claims)));
        }
        State::Cancelled | State::NoShow => {}
    }
    wrong
}

/// Units out and returned that the state does not allow.
fn wrong_counts(state: State, line: &LineRow) -> Option<String> {
    let LineRow { qty, out_qty, returned_qty, .. } = *line;
    let right = match state {
        State::Out => out_qty >= 0 && returned_qty >= 0 && out_qty.checked_add(returned_qty) == Some(qty),
        State::Returned => (out_qty, returned_qty) == (0, qty),
        State::Confirmed | State::Cancelled | State::NoShow => (out_qty, returned_qty) == (0, 0),
    };
    (!right).then(|| format!("of {qty} units {out_qty} are out and {returned_qty} returned"))
}

fn wrong_confirmed(reservation: &ReservationRow, line: &LineRow, claims: &[&ClaimRow]) -> Vec<String> {
    let [claim] = claims else {
        return vec![format!("it must have one claim of {} units, and has {}", line.qty, named(claims))];
    };
    let mut wrong = Vec::new();
    if claim.qty != line.qty {
        wrong.push(format!("claim {} takes {} units of {}", claim.id, claim.qty, line.qty));
    }
    if (claim.starts_at, claim.ends_at) != (reservation.starts_at, reservation.ends_at) {
        let (own, its) =
            (times(claim.starts_at, claim.ends_at), times(reservation.starts_at, reservation.ends_at));
        wrong.push(format!("claim {} is {own}, the reservation {its}", claim.id));
    }
    wrong
}

fn wrong_out(reservation: &ReservationRow, line: &LineRow, claims: &[&ClaimRow]) -> Vec<String> {
    let (out, back): (Vec<_>, Vec<_>) = claims.iter().partition(|claim| claim.is_out != 0);
    let mut wrong = Vec::from_iter(wrong_back(line.returned_qty, &back));
    match out.as_slice() {
        [] if line.out_qty == 0 => {}
        [claim] if line.out_qty != 0 => {
            if claim.qty != line.out_qty {
                wrong.push(format!("claim {} holds {} units, {} are out", claim.id, claim.qty, line.out_qty));
            }
            if claim.ends_at != reservation.ends_at || claim.starts_at > reservation.starts_at {
                let (own, its) = (
                    times(claim.starts_at, claim.ends_at),
                    times(reservation.starts_at, reservation.ends_at),
                );
                wrong.push(format!("claim {} is {own}, the reservation {its}", claim.id));
            }
        }
        out => wrong.push(format!("{} units are out, held by {}", line.out_qty, named(out))),
    }
    wrong
}

/// What came back keeps claims of as many units.
fn wrong_back(returned: i64, claims: &[&ClaimRow]) -> Option<String> {
    let kept =
        claims.iter().filter(|claim| claim.is_out == 0).map(|claim| claim.qty).fold(0, i64::saturating_add);
    (kept != returned)
        .then(|| format!("{returned} units came back, but their claims are of {kept}: {}", named(claims)))
}

fn named(claims: &[&ClaimRow]) -> String {
    if claims.is_empty() {
        return "no claim".to_owned();
    }
    claims.iter().map(|claim| format!("claim {}", claim.id)).collect::<Vec<_>>().join(", ")
}
