//! `memcpy`, `memmove`, `memset`, `memcmp` and `bcmp` for static binaries on x86-64, in C. Whoever depends on this crate has
//! them in place of musl's: the linker takes the first that it finds, and comes to the C library last.
#![no_std]
