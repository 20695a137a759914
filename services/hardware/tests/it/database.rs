//! `hardware database`: the real binary, as an administrator who has the rights he needs and no others.

mod mysql;
mod refused;
mod site;
