//! Everything at once: book, move, cancel, check out, return, maintain, cut capacity.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::{
    actor::{Actor, World},
    checker::Hardware,
    on_both,
    run::{CLIENTS, Run},
};

/// Units that each reservation has lines for, and units that its claims hold.
const UNITS: &str = "SELECT r.id, r.state, \
     CAST((SELECT COALESCE(SUM(l.qty), 0) FROM reservation_line l WHERE l.reservation_id = r.id) AS SIGNED), \
     CAST((SELECT COALESCE(SUM(c.qty), 0) FROM claim c WHERE c.reservation_id = r.id) AS SIGNED) \
     FROM reservation r";

on_both! {
    async fn a_mixed_life_of_32_clients_loses_no_update_no_unit_and_no_event(kind) {
        let mut run = Run::new("mixed life", kind).await;
        let hardware = run.add_some(4, Hardware { capacity: 4, buffer: 60 }).await;
        let world = World::new(hardware);
        let until = run.ends_at();
        run.at_once(CLIENTS, 0, |client| Actor { client, world: world.clone() }.live(until)).await;
        let reservations = run.stage.reservations().await;
        let mut findings = world.history.differences(&reservations);
        findings.extend(missing_events(&run, &reservations).await);
        findings.extend(lost_units(&run).await);
        run.ends_clean(findings).await;
    }
}

/// Every version of a reservation has its line in the audit log.
async fn missing_events(run: &Run, reservations: &[Value]) -> Vec<String> {
    let mut written: BTreeMap<String, i64> = BTreeMap::new();
    let mut after = 0;
    loop {
        let page =
            run.stage.services[0].get(&format!("/events?limit=500&after={after}")).await.is(200).json();
        let Some(last) = page.as_array().unwrap().last() else { break };
        after = last["seq"].as_i64().unwrap();
        for event in page.as_array().unwrap() {
            *written.entry(event["subject"].as_str().unwrap().to_owned()).or_default() += 1;
        }
    }
    let count = |row: &Value| written.get(&format!("reservation/{}", row["id"])).copied().unwrap_or_default();
    let wrong = reservations.iter().filter(|row| row["version"].as_i64() != Some(count(row)));
    wrong.map(|row| format!("{} events of {row}", count(row))).collect()
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
