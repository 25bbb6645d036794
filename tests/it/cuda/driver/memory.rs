//! Memory of the device, and pinned memory of the host: both are the host's, and take no room until written to.

use std::collections::HashMap;
use std::ffi::{c_int, c_uint, c_void};
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};

use super::facts::MEMORY;
use super::trace::tell;
use super::{INVALID, OK, OUT_OF_MEMORY, Pointer, Status};

#[derive(Default)]
struct Memory {
    /// Where each part begins, its bytes, and whether they are the device's.
    parts: HashMap<usize, (usize, bool)>,
    held: usize,
}

static PARTS: LazyLock<Mutex<Memory>> = LazyLock::new(Mutex::default);

unsafe extern "C" {
    fn mmap(
        at: *mut c_void,
        size: usize,
        access: c_int,
        flags: c_int,
        file: c_int,
        from: i64,
    ) -> *mut c_void;
    fn munmap(at: *mut c_void, size: usize) -> c_int;
}

fn memory() -> MutexGuard<'static, Memory> {
    PARTS.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes of the device that are in use.
pub fn held() -> usize {
    memory().held
}

impl Memory {
    fn take(&mut self, size: usize, is_of_device: bool) -> Option<usize> {
        let held = self.held + size;
        if is_of_device && held > MEMORY {
            tell(format_args!("refused alloc {size} {held}"));
            return None;
        }
        const READ_AND_WRITE: c_int = 3;
        const PRIVATE_ANONYMOUS_WITHOUT_RESERVE: c_int = 0x4022;
        // SAFETY: a new mapping overlaps nothing.
        let at = unsafe {
            mmap(
                std::ptr::null_mut(),
                size.max(1),
                READ_AND_WRITE,
                PRIVATE_ANONYMOUS_WITHOUT_RESERVE,
                -1,
                0,
            )
        } as usize;
        if at == usize::MAX {
            return None;
        }
        self.parts.insert(at, (size, is_of_device));
        if is_of_device {
            self.held = held;
            tell(format_args!("alloc {size} {held}"));
        }
        Some(at)
    }

    fn give(&mut self, at: usize) -> Status {
        let Some((size, is_of_device)) = self.parts.remove(&at) else {
            return INVALID;
        };
        if is_of_device {
            self.held -= size;
            tell(format_args!("free {size} {}", self.held));
        }
        // SAFETY: it was mapped with this size, and is forgotten.
        unsafe { munmap(at as *mut c_void, size.max(1)) };
        OK
    }
}

unsafe fn taken(to: *mut usize, size: usize, is_of_device: bool) -> Status {
    let Some(at) = memory().take(size, is_of_device) else {
        return OUT_OF_MEMORY;
    };
    // SAFETY: the caller gives a place for the answer.
    unsafe { to.write(at) };
    OK
}

/// Functions that take memory, and those that give it back.
macro_rules! functions {
    (take { $($take:ident($is_of_device:expr $(, $more:ty)*);)* } give { $($give:ident($($and:ty)?);)* }) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $take(to: *mut usize, size: usize $(, _: $more)*) -> Status {
                // SAFETY: the caller gives a place for the answer.
                unsafe { taken(to, size, $is_of_device) }
            }
        )*
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $give(at: usize $(, _: $and)?) -> Status {
                memory().give(at)
            }
        )*
    };
}

functions! {
    take {
        cuMemAlloc_v2(true);
        cuMemAllocAsync(true, Pointer);
        cuMemAllocHost_v2(false);
        cuMemHostAlloc(false, c_uint);
    }
    give {
        cuMemFree_v2();
        cuMemFreeAsync(Pointer);
        cuMemFreeHost();
    }
}
