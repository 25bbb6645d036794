//! What a program does once, at its start, so that a device can neither surprise nor deceive it.

use crate::panics;

/// Guards the process against what devices do unasked. Every program that computes calls it first in
/// `main`.
///
/// - **A panic on the thread of a device ends the process**, with exit code 101. Burn would go on, and
///   read as results what the device never wrote.
/// - **Burn's default device becomes the processor**, in binaries with a GPU backend, unless
///   `BURN_DEVICE` names another. This workspace takes its devices from
///   [`DeviceChoice`](crate::DeviceChoice). But Burn reads what an optimizer remembers onto its own
///   default device first, and in a binary that has CUDA compiled in that is CUDA, even where there is
///   no GPU: going on with a run would end in a panic.
/// - With wgpu on Linux, `XDG_RUNTIME_DIR` is set to an empty place where it is unset, as on servers:
///   else EGL complains of it in eight lines whenever devices are looked for.
///
/// # Panics
///
/// If there are other threads already and the environment is to be changed: they may be reading it.
pub fn guard_devices() {
    panics::install_hook();
    if cfg!(feature = "gpu") {
        set_if_unset("BURN_DEVICE", "flex");
    }
    if cfg!(all(
        target_os = "linux",
        any(feature = "wgpu", feature = "vulkan")
    )) {
        // Of all absolute paths, one that is promised to be nobody's: a socket in it would be trusted.
        set_if_unset("XDG_RUNTIME_DIR", "/nonexistent");
    }
}

fn set_if_unset(variable: &str, value: &str) {
    // On macOS the default is Metal, which is there; so nothing is lost where threads cannot be counted.
    let may = cfg!(windows) || cfg!(target_os = "linux");
    if may && std::env::var_os(variable).is_none() {
        assert!(
            cfg!(windows) || is_only_thread(),
            "guard_devices() comes first in `main`, before there are other threads"
        );
        // SAFETY: on Windows it is always sound; on Linux there is no other thread, which could be
        // reading the environment.
        unsafe { std::env::set_var(variable, value) };
    }
}

/// Whether the process has no other thread, on Linux.
pub(crate) fn is_only_thread() -> bool {
    std::fs::read_dir("/proc/self/task").is_ok_and(|threads| threads.count() == 1)
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn another_thread_is_noticed() {
        // A test has a thread of its own beside the main one.
        assert!(!is_only_thread());
    }
}
