//! Makes both binaries smaller in memory: a position-independent program of this size has more than a megabyte of
//! relocations, which are read at start, and a twentieth of that when they are packed. musl and glibc 2.36 unpack them; an
//! older glibc would refuse to start the program.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by its environment")]

use std::{env, process::Command};

fn main() {
    println!("cargo:rerun-if-changed=../build.rs");
    if can_unpack() {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

fn can_unpack() -> bool {
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    let is_native = env::var("TARGET").ok() == env::var("HOST").ok();
    is("CARGO_CFG_TARGET_OS", "linux")
        && (is("CARGO_CFG_TARGET_ENV", "musl")
            || (is_native && glibc_minor().is_some_and(|minor| minor >= 36)))
}

/// The 36 of this machine's "glibc 2.36".
fn glibc_minor() -> Option<u32> {
    let told = Command::new("getconf").arg("GNU_LIBC_VERSION").output().ok()?;
    String::from_utf8(told.stdout).ok()?.trim().strip_prefix("glibc 2.")?.split('.').next()?.parse().ok()
}
