//! The memory of freed tensors, kept for the next ones.
//!
//! Every tensor of the processor backend is a fresh buffer, megabytes each, freed soon after. By
//! default glibc gives such buffers back to the system at once, and the next one is paged in anew,
//! zeroed page by page: that was a quarter of a training step. Musl, macOS and Windows keep theirs
//! by rules of their own; there this does nothing.

/// Lets the process keep the memory of freed buffers for the next ones.
///
/// A program calls it first in `main`: once there are other threads it does nothing. It is the program's
/// choice and not made for it by this library, as it holds for all memory of the process: what was in
/// use at the peak stays with the process, in blocks of up to 32 MiB; larger ones go back to the system
/// as before. (Each thread has an arena of its own, so what a model of some size allocates had better be one thread's;
/// one arena for all makes threads wait for each other.)
#[allow(unsafe_code, reason = "glibc is told in no other way")]
pub fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    if crate::guard::is_only_thread() {
        const MIB: libc::c_int = 1 << 20;
        for (setting, value) in [
            (libc::M_MMAP_THRESHOLD, 32 * MIB),
            (libc::M_TRIM_THRESHOLD, libc::c_int::MAX),
            (libc::M_TOP_PAD, 64 * MIB),
        ] {
            // SAFETY: `mallopt` takes two numbers and no pointer, and refuses a value that it does not
            // like. It must not run beside another thread that allocates: there is none.
            unsafe { libc::mallopt(setting, value) };
        }
    }
}
