//! A CUDA driver without a GPU: a `libcuda.so` that pretends to be one H100, on which kernels do nothing.
//!
//! Memory is the host's, copies are made, launches are counted. So a program with `--device cuda` runs through, NVRTC
//! compiles each kernel that it would on a real machine, and what it launched, copied and allocated stands in a file, a
//! line each:
//!
//! ```text
//! module BYTES             PTX that NVRTC made of a kernel
//! launch NAME              a kernel; `refused` in front where no device has such a grid, block or shared memory
//! to_host BYTES            and to_device
//! alloc BYTES HELD         of the device; free likewise
//! ```
//!
//! ```sh
//! rustc -O --edition 2024 --crate-type cdylib -o libcuda.so driver.rs
//! CUDA_DRIVER_TRACE=trace LD_LIBRARY_PATH=. pure generate --device cuda ...
//! ```
//!
//! Nothing is computed: answers are zeros, or what lay there. It must not be called `libcuda.so.1`, which NVRTC opens
//! and asks for a table that only NVIDIA's driver has.
#![allow(non_snake_case, reason = "the names are those of CUDA")]
#![allow(
    clippy::missing_safety_doc,
    reason = "what may be asked of them is CUDA's to say"
)]

mod copies;
mod facts;
mod launches;
mod memory;
mod trace;

use std::ffi::{c_char, c_int, c_uint, c_void};
use std::sync::atomic::{AtomicUsize, Ordering};

type Status = c_int;
const OK: Status = 0;
const INVALID: Status = 1;
const OUT_OF_MEMORY: Status = 2;

type Pointer = *mut c_void;

/// Functions that do nothing, successfully.
macro_rules! nothing {
    ($($name:ident($($argument:ty),*);)*) => {
        $(
            #[unsafe(no_mangle)]
            pub extern "C" fn $name($(_: $argument),*) -> Status {
                OK
            }
        )*
    };
}

/// Functions that write one answer.
macro_rules! answers {
    ($($name:ident($answer:ty $(, $argument:ty)*) = $value:expr;)*) => {
        $(
            #[unsafe(no_mangle)]
            pub unsafe extern "C" fn $name(to: *mut $answer $(, _: $argument)*) -> Status {
                // SAFETY: the caller gives a place for the answer.
                unsafe { to.write($value) };
                OK
            }
        )*
    };
}
pub(crate) use answers;

nothing! {
    cuInit(c_uint);
    cuDevicePrimaryCtxRelease_v2(c_int);
    cuCtxSetCurrent(Pointer);
    cuCtxSynchronize();
    cuStreamDestroy_v2(Pointer);
    cuStreamQuery(Pointer);
    cuStreamWaitEvent(Pointer, Pointer, c_uint);
    cuEventDestroy_v2(Pointer);
    cuEventRecord(Pointer, Pointer);
    cuEventQuery(Pointer);
    cuModuleUnload(Pointer);
    cuStreamBeginCapture_v2(Pointer, c_int);
    cuGraphUpload(Pointer, Pointer);
    cuGraphLaunch(Pointer, Pointer);
    cuGraphExecDestroy(Pointer);
    cuGraphDestroy(Pointer);
}

answers! {
    cuDevicePrimaryCtxRetain(usize, c_int) = 0x1000;
    cuCtxGetCurrent(usize) = 0x1000;
    cuStreamCreate(usize, c_uint) = next();
    cuStreamCreateWithPriority(usize, c_uint, c_int) = next();
    cuStreamIsCapturing(c_int, Pointer) = 0;
    cuEventCreate(usize, c_uint) = next();
    cuEventElapsedTime(f32, Pointer, Pointer) = 100.0;
    cuEventElapsedTime_v2(f32, Pointer, Pointer) = 100.0;
    cuGetErrorName(*const c_char, c_int) = c"REFUSED".as_ptr();
    cuGetErrorString(*const c_char, c_int) = c"the driver without a GPU refused".as_ptr();
    cuGraphInstantiateWithFlags(usize, Pointer, u64) = next();
    cuTensorMapEncodeTiled([u8; 128]) = [0; 128];
    cuTensorMapEncodeIm2col([u8; 128]) = [0; 128];
    cuTensorMapEncodeIm2colWide([u8; 128]) = [0; 128];
}

/// A handle that no other has.
fn next() -> usize {
    static LAST: AtomicUsize = AtomicUsize::new(0x2000);
    LAST.fetch_add(16, Ordering::Relaxed)
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuStreamEndCapture(_: Pointer, to: *mut usize) -> Status {
    // SAFETY: the caller gives a place for the answer.
    unsafe { to.write(next()) };
    OK
}

#[unsafe(no_mangle)]
pub unsafe extern "C" fn cuGraphGetNodes(_: Pointer, _: Pointer, count: *mut usize) -> Status {
    // SAFETY: the caller gives a place for the answer.
    unsafe { count.write(0) };
    OK
}
