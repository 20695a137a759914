//! The service with the feature `naive`: it checks first and writes later, without holding the lock in between. Only
//! the concurrency checker builds it, to prove that it would catch such a service.

#[path = "../main.rs"]
mod program;

fn main() -> std::process::ExitCode {
    program::main()
}
