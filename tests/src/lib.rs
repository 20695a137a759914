//! Whole-system tests: the real binaries on a real database, in front of a real browser. They are in
//! `tests/system`; nothing is exported.
