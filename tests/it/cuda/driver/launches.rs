//! Kernels: they are loaded, and launched into nothing.

use std::ffi::{CStr, c_char, c_int, c_uint};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::facts::{BLOCKS, SHARED, THREADS};
use super::trace::tell;
use super::{INVALID, OK, Pointer, Status, next};

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleLoadData(to: *mut usize, image: *const c_char) -> Status {
    // SAFETY: PTX is text, and the caller gives a place for the answer.
    let size = unsafe {
        to.write(next());
        CStr::from_ptr(image).count_bytes()
    };
    tell(format_args!("module {size}"));
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleLoadDataEx(
    to: *mut usize,
    image: *const c_char,
    _: c_uint,
    _: Pointer,
    _: Pointer,
) -> Status {
    // SAFETY: as there.
    unsafe { cuModuleLoadData(to, image) }
}

/// A kernel's name, which lives as long as the program.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuModuleGetFunction(
    to: *mut *const String,
    _: Pointer,
    name: *const c_char,
) -> Status {
    // SAFETY: a name is text, and the caller gives a place for the answer.
    unsafe {
        let name = CStr::from_ptr(name).to_string_lossy().into_owned();
        to.write(Box::into_raw(Box::new(name)));
    }
    OK
}

#[unsafe(no_mangle)]
pub extern "C" fn cuFuncSetAttribute(_: Pointer, attribute: c_int, value: c_int) -> Status {
    const SHARED_MEMORY: c_int = 8;
    if attribute == SHARED_MEMORY && value > SHARED as c_int {
        tell(format_args!("refused shared memory {value}"));
        return INVALID;
    }
    OK
}

/// CubeCL asks how fast a device is by ever longer work until it takes twenty milliseconds, so that work must seem to
/// take time, or its length overflows.
static IS_PROBE: AtomicBool = AtomicBool::new(false);

fn waited() -> Status {
    if IS_PROBE.swap(false, Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(25));
    }
    OK
}

#[unsafe(no_mangle)]
pub extern "C" fn cuStreamSynchronize(_: Pointer) -> Status {
    waited()
}

#[unsafe(no_mangle)]
pub extern "C" fn cuEventSynchronize(_: Pointer) -> Status {
    waited()
}

fn launched(
    kernel: *const String,
    grid: [c_uint; 3],
    block: [c_uint; 3],
    shared: c_uint,
) -> Status {
    // SAFETY: it is one that `cuModuleGetFunction` gave.
    let name = unsafe { &*kernel };
    let probes = ["throughput", "launch_overhead", "prime_buffer"];
    if probes.iter().any(|probe| name.contains(probe)) {
        IS_PROBE.store(true, Ordering::Relaxed);
    }
    let is_empty = grid.contains(&0) || block.contains(&0);
    let is_too_large = grid[1..].iter().any(|&side| side > BLOCKS)
        || block.iter().product::<c_uint>() > THREADS
        || shared > SHARED;
    if is_empty || is_too_large {
        tell(format_args!(
            "refused launch {name} {grid:?} {block:?} {shared}"
        ));
        return INVALID;
    }
    tell(format_args!("launch {name}"));
    OK
}

#[unsafe(no_mangle)]
pub extern "C" fn cuLaunchKernel(
    kernel: *const String,
    grid_x: c_uint,
    grid_y: c_uint,
    grid_z: c_uint,
    block_x: c_uint,
    block_y: c_uint,
    block_z: c_uint,
    shared: c_uint,
    _: Pointer,
    _: Pointer,
    _: Pointer,
) -> Status {
    launched(
        kernel,
        [grid_x, grid_y, grid_z],
        [block_x, block_y, block_z],
        shared,
    )
}

/// A grid, a block, and the shared memory of a block.
#[repr(C)]
pub struct Launch {
    grid: [c_uint; 3],
    block: [c_uint; 3],
    shared: c_uint,
    stream: Pointer,
    attributes: Pointer,
    count: c_uint,
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuLaunchKernelEx(
    launch: *const Launch,
    kernel: *const String,
    _: Pointer,
    _: Pointer,
) -> Status {
    // SAFETY: the caller gives a whole one.
    let launch = unsafe { &*launch };
    launched(kernel, launch.grid, launch.block, launch.shared)
}
