//! Everything at once: book, move, cancel, check out, return, maintain, cut capacity, archive, import, verify.

use crate::{
    actor::{Actor, World},
    audit::Audit,
    checker::Hardware,
    clerk, on_both,
    run::{CLIENTS, Run},
};

const RIGS: usize = 6;
/// Units that each reservation has lines for, and units that its claims hold.
const UNITS: &str = "SELECT r.id, r.state, \
     CAST((SELECT COALESCE(SUM(l.qty), 0) FROM reservation_line l WHERE l.reservation_id = r.id) AS SIGNED), \
     CAST((SELECT COALESCE(SUM(c.qty), 0) FROM claim c WHERE c.reservation_id = r.id) AS SIGNED) \
     FROM reservation r";

on_both! {
    async fn a_mixed_life_of_32_clients_loses_no_update_no_unit_and_no_event(kind) {
        let mut run = Run::new("mixed life", kind).await;
        let hardware = run.add_some(RIGS, Hardware { capacity: 4, buffer: 60 }).await;
        let world = World::new(hardware);
        let until = run.ends_at();
        let mut audit = Audit::default();
        let life = run.at_once(CLIENTS, 0, |client| Actor { client, world: world.clone() }.live(until));
        let clerk = clerk::work(&run.stage, RIGS, run.dice("clerk"), until);
        let (_, (), mut findings) = tokio::join!(life, audit.follow(&run.stage.services[1], until), clerk);
        let reservations = run.stage.reservations().await;
        findings.extend(world.history.differences(&reservations));
        findings.extend(audit.differences(&run.stage.services[0], &run.stage.database).await);
        findings.extend(audit.missing(&reservations));
        findings.extend(lost_units(&run).await);
        run.ends_clean(findings).await;
    }
}

/// A reservation that holds or held something has a claim for each unit; one that never did has none.
async fn lost_units(run: &Run) -> Vec<String> {
    let rows: Vec<(i64, String, i64, i64)> = run.stage.database.rows(UNITS).await;
    let wrong = rows.into_iter().filter(|(_, state, units, claimed)| {
        let held = if matches!(&**state, "cancelled" | "no_show") { 0 } else { *units };
        held != *claimed
    });
    wrong
        .map(|(id, state, units, claimed)| {
            format!("{state} reservation {id}: {claimed} of {units} units are claimed")
        })
        .collect()
}
