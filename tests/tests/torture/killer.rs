//! Ends processes and servers as a power cut would, at any moment, and starts them again.

use std::time::{Duration, Instant};

use reqwest::Method;
use system_tests::{Answer, Service, mysql::Server, wait::until};

use crate::{dice::Dice, tally::Tally};

pub struct Killer<'a> {
    pub services: &'a mut [Service; 2],
    /// A database server that may be killed as well.
    pub server: Option<&'a Server>,
    pub dice: Dice,
    pub tally: &'a Tally,
}

impl Killer<'_> {
    /// Goes on until then, at least until everything was killed once; afterwards all answer.
    pub async fn rage(&mut self, until: Instant) {
        self.pause(200, 800).await;
        self.kill_server().await;
        for process in [0, 1] {
            self.pause(100, 800).await;
            self.kill_process(process).await;
        }
        while Instant::now() < until {
            self.pause(50, 1_200).await;
            match self.dice.below(5) {
                0 => self.kill_server().await,
                // Both at once: nobody is left to answer.
                1 => self.kill_both().await,
                process => self.kill_process(process % 2).await,
            }
            // As a rule all are up before the next blow, or nobody would ever be answered.
            if !self.dice.one_in(4) {
                self.all_are_ready().await;
            }
        }
        self.all_answer().await;
    }

    /// `/readyz` tells of the last look at the database, which a kill may have followed.
    async fn all_answer(&mut self) {
        self.all_are_ready().await;
        for service in self.services.iter() {
            until("a process to read from its database", async || {
                let asked = service.request(Method::GET, "/reservations?limit=1");
                let answer = Answer::of(asked).await.ok()?;
                (answer.status == 200).then_some(())
            })
            .await;
        }
    }

    async fn all_are_ready(&mut self) {
        for service in self.services.iter_mut() {
            service.becomes_ready().await;
        }
    }

    async fn pause(&mut self, least_ms: i64, most_ms: i64) {
        let pause = self.dice.between(least_ms, most_ms).unsigned_abs();
        tokio::time::sleep(Duration::from_millis(pause)).await;
    }

    async fn kill_process(&mut self, process: usize) {
        self.services[process].kill();
        self.tally.kills.up();
        self.pause(0, 300).await;
        self.services[process].start_again();
    }

    async fn kill_both(&mut self) {
        self.services.iter_mut().for_each(Service::kill);
        self.tally.kills.up();
        self.tally.kills.up();
        self.pause(0, 300).await;
        self.services.iter_mut().for_each(Service::start_again);
    }

    async fn kill_server(&mut self) {
        let Some(server) = self.server else { return };
        server.kill();
        self.tally.kills.up();
        self.pause(0, 500).await;
        server.start_again();
    }
}
