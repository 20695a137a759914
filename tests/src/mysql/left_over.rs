//! Containers that their test process did not end. Nothing in a process runs after its last test, and nothing at all
//! after it was killed.

use std::{
    os::unix::process::CommandExt,
    path::Path,
    process::{Command, Stdio},
};

/// What `docker ps --filter` finds left-over containers by.
pub const LABEL: &str = "toolcrib.test";
/// Names the process that a container belongs to.
pub const PID: &str = "toolcrib.pid";

/// Removes containers of processes that are gone.
pub fn sweep() {
    let listed = Command::new("docker")
        .args(["ps", "--all", "--filter", &format!("label={LABEL}")])
        .args(["--format", &format!("{{{{.ID}}}} {{{{.Label \"{PID}\"}}}}")])
        .output();
    let Ok(listed) = listed else { return };
    for line in String::from_utf8_lossy(&listed.stdout).lines() {
        let Some((id, pid)) = line.split_once(' ') else { continue };
        if !pid.is_empty() && !Path::new("/proc").join(pid).exists() {
            let _ = Command::new("docker").args(["rm", "--force", "--volumes", id]).output();
        }
    }
}

/// Leaves a shell behind that removes the container within a second of this process's end, however it ends. It has a
/// process group of its own, or the Ctrl-C that ends the tests would end it first.
pub fn outlive(container: &str) {
    let script =
        "while kill -0 \"$1\" 2>/dev/null; do sleep 1; done; exec docker rm --force --volumes \"$2\"";
    let pid = std::process::id().to_string();
    let mut shell = Command::new("sh");
    shell.args(["-c", script, "sh", &pid, container]).process_group(0);
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[expect(clippy::zombie_processes, reason = "it outlives us")]
    let _ = shell.spawn().unwrap();
}
