//! Toolcrib's hardware service: what hardware is free, how much of it, and when.
//!
//! | module | holds |
//! |---|---|
//! | [`api`] | HTTP handlers and wire types; one file a noun |
//! | [`domain`] | pure types and the peak rule; no I/O, no clock |
//! | [`store`] | all SQL |
//! | [`cache`] | answers about availability, kept for a moment |
//! | [`import`], [`export`] | the catalogue as CSV |
//! | [`db`] | the two databases behind one type |
//! | [`storage`] | objects in a bucket or a folder |
//! | [`readiness`] | watches the database and its schema |
//! | [`config`] | what can be set |
//! | [`cli`] | what each command does |
//! | [`app`] | routes and middleware on one screen |

pub mod api;
pub mod app;
pub mod cache;
pub mod cli;
pub mod config;
pub mod db;
pub mod domain;
pub mod export;
pub mod import;
pub mod openapi;
pub mod readiness;
pub mod storage;
pub mod store;
