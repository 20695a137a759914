//! On real MySQL.

mod ensure;
mod password;
mod rights;
mod together;
