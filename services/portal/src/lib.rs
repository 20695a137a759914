//! Toolcrib's web frontend: asks the hardware service over HTTP and shows what is free.
//!
//! | module | holds |
//! |---|---|
//! | [`app`] | routes and middleware on one screen |
//! | [`state`] | what every page works with |
//! | [`config`], [`customer`] | the settings, and whom they make the pages greet |
//! | [`colours`], [`colour`] | what the customer's pages look like, and whether that can be read |
//! | [`hardware_client`], [`failure`] | the calls to the hardware service, and what becomes of those that fail |
//! | [`search`], [`common_times`], [`links`] | what a visitor asks for, in a URL and as typed |
//! | [`calendar`] | a day, a week or a month of the wall clock as columns |
//! | [`booking`], [`form`] | what a visitor wants to book, as a form sends it |
//! | [`bookings_search`], [`overdue`] | which bookings a visitor asks for |
//! | [`task`], [`flash`], [`report`] | what a visitor wants noted, and what the next page says of it |
//! | [`visit`], [`theme`], [`fresh`], [`cookies`], [`csrf`] | whose request it is |
//! | [`pages`] | one module a page: its handler, and what its template prints |
//! | [`view`] | what several pages print |
//! | [`templates`], [`assets`] | handlebars and static files, in the binary |
//! | [`last_answers`] | what to look at while the hardware service is away |

pub mod app;
pub mod assets;
pub mod booking;
pub mod bookings_search;
pub mod calendar;
pub mod colour;
pub mod colours;
pub mod common_times;
pub mod config;
pub mod cookies;
pub mod csrf;
pub mod customer;
pub mod failure;
pub mod flash;
pub mod form;
pub mod fresh;
pub mod hardware_client;
pub mod last_answers;
pub mod links;
pub mod overdue;
pub mod pages;
pub mod report;
pub mod search;
pub mod state;
pub mod task;
pub mod templates;
pub mod theme;
pub mod view;
pub mod visit;
