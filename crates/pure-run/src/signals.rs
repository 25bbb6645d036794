//! Ctrl-C and what schedulers send: a run saves a checkpoint and stops.

use std::process::exit;
use std::sync::{Mutex, PoisonError};

use burn::train::Interrupter;

/// What is done before the process ends at once.
static BEFORE: Mutex<Option<fn()>> = Mutex::new(None);

/// Has something done before a second signal ends the process: whoever changed the terminal gives it back.
pub fn before_ending_at_once(restore: fn()) {
    *BEFORE.lock().unwrap_or_else(PoisonError::into_inner) = Some(restore);
}

/// Ends the process, as a second signal does.
pub fn end_at_once() -> ! {
    let restore = *BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(restore) = restore {
        restore();
    }
    exit(130)
}

/// An interrupter that stops at Ctrl-C (SIGINT), SIGTERM and SIGHUP: a run ends after the step that it is in, with
/// a checkpoint. A second signal ends the process at once, which a run survives as well. Called once a process.
pub fn stop_on_signals() -> Interrupter {
    let interrupter = Interrupter::new();
    let handle = interrupter.clone();
    // Where there can be no handler a signal ends the process.
    let _ = ctrlc::set_handler(move || {
        if handle.should_stop() {
            end_at_once();
        }
        handle.stop(Some("a signal"));
    });
    interrupter
}
