//! Ctrl-C and what schedulers send: a run saves a checkpoint and stops.

use std::process::exit;

use burn::train::Interrupter;

/// An interrupter that stops at Ctrl-C (SIGINT), SIGTERM and SIGHUP: a run ends after the step that it is in, with
/// a checkpoint. A second signal ends the process at once, which a run survives as well. Called once a process.
pub fn stop_on_signals() -> Interrupter {
    let interrupter = Interrupter::new();
    let handle = interrupter.clone();
    // Where there can be no handler a signal ends the process.
    let _ = ctrlc::set_handler(move || {
        if handle.should_stop() {
            #[cfg(feature = "dashboard")]
            crate::dashboard::restore_terminal();
            exit(130);
        }
        handle.stop(Some("a signal"));
    });
    interrupter
}
