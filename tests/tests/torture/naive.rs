//! A build that looks first and books then, without holding anything meanwhile. A checker that does not catch it
//! catches nobody, and then the other tests prove nothing.

use system_tests::command;

use crate::{database::Database, on_both, run::Run, tries::collisions, windows::race_for_random_windows};

const BINARY: &str = "hardware-naive";
const BUILD: &str = "cargo build --workspace --features hardware/naive --bin hardware-naive --test torture";
/// The first round catches it, as a rule.
const ROUNDS: usize = 10;

on_both! {
    async fn the_naive_build_is_caught(kind) {
        assert!(command::path(BINARY).is_file(), "{BINARY} is missing: run `{BUILD}`");
        let mut run = Run::on("naive build", kind, Database::new(kind).await, BINARY).await;
        for round in 0..ROUNDS {
            let tries = race_for_random_windows(&mut run, round).await;
            if let Some(caught) = collisions(&run, &tries).first() {
                run.report(&format!(", caught in round {round}: {caught}"));
                return;
            }
        }
        run.report(", NOT caught");
        panic!("the run is void: the naive build was not caught in {ROUNDS} rounds");
    }
}
