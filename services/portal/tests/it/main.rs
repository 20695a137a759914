//! The portal as it runs: the real app on a loopback port, against a stand-in for the hardware service.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on should say where it stopped"
)]
#![expect(
    clippy::needless_pass_by_value,
    reason = "`json!` at the place of the call reads better than a reference to it"
)]

mod booking;
mod booking_lost;
mod booking_refused;
mod bookings;
mod command;
mod customer;
mod errors;
mod free;
mod harness;
mod item;
mod item_around;
mod next_times;
mod reservation;
mod reservation_refused;
mod safety;
mod series;
mod static_files;
mod tasks;
mod tasks_maintenance;
mod tasks_new;
mod tasks_once;
mod tasks_update;
mod theme;
mod timeline;
mod unavailable;
