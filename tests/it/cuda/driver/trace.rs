//! The file in which everything is written down.

use std::ffi::c_int;
use std::fmt::Arguments;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::sync::{LazyLock, Mutex, PoisonError};

unsafe extern "C" {
    fn atexit(function: extern "C" fn()) -> c_int;
}

static TRACE: LazyLock<Mutex<Option<BufWriter<File>>>> = LazyLock::new(|| {
    let file = std::env::var_os("CUDA_DRIVER_TRACE")
        .map(|path| BufWriter::new(File::create(path).expect("the trace can be written")));
    // SAFETY: the function outlives the program.
    unsafe { atexit(end) };
    Mutex::new(file)
});

extern "C" fn end() {
    if let Some(trace) = &mut *TRACE.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = trace.flush();
    }
}

/// Writes a line.
pub fn tell(line: Arguments<'_>) {
    if let Some(trace) = &mut *TRACE.lock().unwrap_or_else(PoisonError::into_inner) {
        let _ = writeln!(trace, "{line}");
    }
}
