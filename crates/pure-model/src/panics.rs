//! Panics that are no fault of the caller: of a library that was given a strange file, and of a thread
//! that serves a device.
//!
//! [`caught`] turns the first kind into errors. The second kind is worse: Burn runs what a GPU is to
//! do on threads of its own, catches every panic there and only logs it, so that what the device should
//! have written is read as if it had been. [`install_hook`] lets such a panic end the process.

use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::thread;

/// How the names of device threads begin (cubecl-common, `device/handle/channel.rs`).
const DEVICE_THREADS: [&str; 2] = ["DSU-", "DSD-"];

/// The exit code of a panic.
const EXIT_CODE: i32 = 101;

thread_local! {
    /// Whether a panic of this thread is expected, and need not be printed.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// While a device is tried out: the first panic of a device thread, if there was one.
static TRIAL: Mutex<Option<Option<String>>> = Mutex::new(None);

/// Does `work`, and gives the words of its panic if it panics.
///
/// What `work` was in the middle of changing must not be used after a panic, or must not mind it.
pub(crate) fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    let before = EXPECTED.replace(true);
    let result = panic::catch_unwind(AssertUnwindSafe(work));
    EXPECTED.set(before);
    result.map_err(|panic| words(panic.as_ref()))
}

/// As [`caught`], for work on a device: panics of device threads count as well, instead of ending the
/// process. One trial at a time.
pub(crate) fn caught_on_device<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    *trial() = Some(None);
    let result = caught(work);
    match trial().take().flatten() {
        Some(of_thread) => Err(of_thread),
        None => result,
    }
}

fn trial() -> MutexGuard<'static, Option<Option<String>>> {
    TRIAL.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on a panic of a device thread ends the process, after everything that the hook before does,
/// and a panic that is expected is not printed.
pub(crate) fn install_hook() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(set_hook);
}

fn set_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        let is_of_device = thread::current()
            .name()
            .is_some_and(|name| DEVICE_THREADS.iter().any(|start| name.starts_with(start)));
        if is_of_device {
            if let Some(first) = trial().as_mut() {
                first.get_or_insert_with(|| words(panic.payload()));
                return;
            }
            before(panic);
            end(panic);
        }
        if !EXPECTED.get() {
            before(panic);
        }
    }));
}

fn end(panic: &PanicHookInfo<'_>) -> ! {
    eprintln!(
        "error: the device stopped computing: {}\n\
         Results from here on would be garbage, so the program ends. What was saved before is whole.",
        words(panic.payload())
    );
    std::process::exit(EXIT_CODE)
}

fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| payload.downcast_ref::<&str>().copied());
    text.unwrap_or("it panicked").to_owned()
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn on_thread(name: &str, work: impl FnOnce() + Send + 'static) {
        let thread = thread::Builder::new().name(name.to_owned());
        let _ = thread.spawn(work).unwrap().join();
    }

    #[test]
    fn a_panic_is_caught_with_its_words() {
        assert_eq!(caught(|| 3), Ok(3));
        assert_eq!(
            caught(|| panic!("no {}", 7)),
            Err::<(), _>("no 7".to_owned())
        );
    }

    /// Runs another test of this binary alone, in a process of its own.
    fn alone(test: &str) -> (Option<i32>, String) {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                &format!("panics::tests::{test}"),
                "--ignored",
                "--nocapture",
            ])
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8_lossy(&output.stderr).into_owned(),
        )
    }

    #[test]
    fn a_device_thread_that_panics_ends_the_process() {
        let (code, said) = alone("panicking_device_thread");
        assert_eq!(code, Some(101), "{said}");
        assert!(said.contains("stopped computing: no kernel"), "{said}");
        assert!(!said.contains("still here"), "{said}");
    }

    #[test]
    #[ignore = "ends the process"]
    fn panicking_device_thread() {
        install_hook();
        on_thread("DSD-0-0", || panic!("no kernel"));
        eprintln!("still here");
    }

    #[test]
    fn a_device_thread_may_panic_while_the_device_is_tried_out_and_others_always() {
        let (code, said) = alone("panicking_trial");
        assert_eq!(code, Some(0), "{said}");
        assert!(
            !said.contains("no kernel") && !said.contains("quiet"),
            "{said}"
        );
        assert!(said.contains("loud"), "{said}");
    }

    #[test]
    #[ignore = "changes what panics do in the whole process"]
    fn panicking_trial() {
        install_hook();
        let tried = caught_on_device(|| on_thread("DSD-0-0", || panic!("no kernel")));
        assert_eq!(tried, Err("no kernel".to_owned()));
        assert_eq!(caught_on_device(|| 4), Ok(4));
        caught(|| -> () { panic!("quiet") }).unwrap_err();
        on_thread("other", || panic!("loud"));
    }
}
