//! The portal and the API's page in a real browser, as people have it: on a phone, in the dark, without scripts.

mod booking;
mod person;
mod safety;
mod screenshot;
mod sight;
