//! Compiles `memory.c`, for x86-64 alone: other processors' functions are fast in musl too.

#![expect(clippy::disallowed_methods, reason = "cargo speaks to a build script by its environment")]

use std::env;

fn main() {
    println!("cargo:rerun-if-changed=src/memory.c");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    if !is("CARGO_CFG_TARGET_ARCH", "x86_64") {
        return;
    }
    let mut build = cc::Build::new();
    // No loop may become a call of the very function that it is in.
    build.file("src/memory.c").opt_level(2).flag("-fno-builtin").flag("-fno-stack-protector");
    build.flag_if_supported("-fno-tree-loop-distribute-patterns");
    if !is("CARGO_CFG_TARGET_ENV", "musl") {
        // The C library keeps its own, and tests can call ours.
        build.define("NAMED(name)", "memory_##name");
    }
    build.compile("memory");
}
