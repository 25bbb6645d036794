//! What the device says of itself: an H100, but for a word in its name.

use std::ffi::{CStr, c_char, c_int, c_uint};

use super::memory::held;
use super::{INVALID, OK, Pointer, Status, answers};

/// Bytes of the device.
pub const MEMORY: usize = 85_028_765_696;
/// Bytes of shared memory that a block may have.
pub const SHARED: c_uint = 232_448;
/// Threads of a block.
pub const THREADS: c_uint = 1024;
/// Blocks along the second and the third side of a grid.
pub const BLOCKS: c_uint = 65_535;

const CAPABILITY: c_int = 90;

answers! {
    cuDriverGetVersion(c_int) = 13_000;
    cuDeviceGetCount(c_int) = 1;
    cuDeviceGet(c_int, c_int) = 0;
    cuDeviceTotalMem_v2(usize, c_int) = MEMORY;
    cuDeviceGetUuid_v2([u8; 16], c_int) = [7; 16];
    cuFuncGetAttribute(c_int, c_int, Pointer) = 0;
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetName(to: *mut c_char, room: c_int, _: c_int) -> Status {
    // SAFETY: the caller gives so much room.
    unsafe { text(c"NVIDIA H100 80GB HBM3 (pretended)", to, room) }
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetPCIBusId(to: *mut c_char, room: c_int, _: c_int) -> Status {
    // SAFETY: the caller gives so much room.
    unsafe { text(c"0000:01:00.0", to, room) }
}

unsafe fn text(text: &CStr, to: *mut c_char, room: c_int) -> Status {
    let bytes = text.to_bytes_with_nul();
    if room < bytes.len() as c_int {
        return INVALID;
    }
    // SAFETY: there is room for it.
    unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr().cast(), to, bytes.len()) };
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuDeviceGetAttribute(
    to: *mut c_int,
    attribute: c_int,
    _: c_int,
) -> Status {
    let value = match attribute {
        // Threads of a block, in all and along its sides.
        1..=3 => THREADS as c_int,
        4 => 64,
        // Blocks of a grid.
        5 => c_int::MAX,
        6 | 7 => BLOCKS as c_int,
        // Shared memory of a block as it is, of a multiprocessor, and of a block that asks for more.
        8 => 49_152,
        81 => SHARED as c_int + 1024,
        97 => SHARED as c_int,
        // Threads of a warp, and multiprocessors.
        10 => 32,
        16 => 132,
        75 => CAPABILITY / 10,
        76 => CAPABILITY % 10,
        // What is asked for beside are abilities.
        _ => 1,
    };
    // SAFETY: the caller gives a place for the answer.
    unsafe { to.write(value) };
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuCtxGetStreamPriorityRange(
    least: *mut c_int,
    most: *mut c_int,
) -> Status {
    // SAFETY: the caller gives places for the answers.
    unsafe {
        least.write(0);
        most.write(-5);
    }
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuMemGetInfo_v2(free: *mut usize, all: *mut usize) -> Status {
    // SAFETY: the caller gives places for the answers.
    unsafe {
        free.write(MEMORY - held());
        all.write(MEMORY);
    }
    OK
}
