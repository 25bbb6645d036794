//! The process that a program runs in: its memory, and the device that Burn falls back on.
//!
//! Every tensor of the processor backend is a fresh buffer, megabytes each, freed soon after. By
//! default glibc gives such buffers back to the system at once, and the next one is paged in anew,
//! zeroed page by page: that was a quarter of a training step. Musl, macOS and Windows keep theirs
//! by rules of their own; there this does nothing.

/// Lets the process keep the memory of freed buffers for the next ones.
///
/// A program calls it once, when it starts. It is the program's choice and not made for it by this
/// library, as it holds for all memory of the process: what was in use at the peak stays with the
/// process, in blocks of up to 32 MiB; larger ones go back to the system as before.
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        const MIB: libc::c_int = 1 << 20;
        let settings = [
            (libc::M_MMAP_THRESHOLD, 32 * MIB),
            (libc::M_TRIM_THRESHOLD, libc::c_int::MAX),
            (libc::M_TOP_PAD, 64 * MIB),
        ];
        for (setting, value) in settings {
            // SAFETY: `mallopt` takes two numbers and locks the allocator itself. A value that it
            // does not like it refuses, and all stays as it was.
            unsafe { libc::mallopt(setting, value) };
        }
    }
}

/// Makes the processor the device that Burn falls back on, unless `BURN_DEVICE` names another.
///
/// This workspace takes its devices from [`DeviceChoice`](crate::DeviceChoice). But Burn reads what an
/// optimizer remembers onto its own default device first, and in a binary that has CUDA compiled in
/// that is CUDA, even where there is no GPU: going on with a run would end in a panic.
///
/// # Safety
///
/// It changes the environment: call it first in `main`, as long as there is no other thread.
pub unsafe fn fall_back_on_processor() {
    const VARIABLE: &str = "BURN_DEVICE";
    if std::env::var_os(VARIABLE).is_none() {
        // SAFETY: the caller has no other thread.
        unsafe { std::env::set_var(VARIABLE, "flex") };
    }
}
