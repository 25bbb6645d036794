//! What a program with CUDA tells a GPU to do, counted by a driver (`driver/driver.rs`) that is built here and has none;
//! NVRTC compiles every kernel as for a real one. Nothing is computed, so only counts are tested.
//!
//! `PURE_NVRTC` is a folder with NVRTC in `lib` and the toolkit's headers in `include`, as the wheels nvidia-cuda-nvrtc,
//! -runtime, -crt and -cccl of PyPI have them in `nvidia/cu13`. (It is not named `CUDA_PATH` here: cargo would build all
//! that depends on it anew.) These tests are ignored unless asked for.
//!
//! ```sh
//! PURE_NVRTC=... cargo test --profile quick --features cuda --test it -- --ignored cuda
//! ```

mod counts;
mod missing;
mod trace;

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use self::trace::Trace;
use crate::command_line::err;

/// The folder of the driver.
static DRIVER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cuda-driver");
    fs::create_dir_all(&folder).unwrap();
    let built = Command::new(env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args([
            "-O",
            "--edition",
            "2024",
            "--crate-type",
            "cdylib",
            "-D",
            "warnings",
        ])
        .arg("-o")
        .arg(folder.join("libcuda.so"))
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cuda/driver/driver.rs"))
        .output()
        .unwrap();
    assert!(built.status.success(), "{}", err(&built));
    folder
});

/// NVRTC and headers.
fn toolkit() -> PathBuf {
    let folder = env::var_os("PURE_NVRTC");
    PathBuf::from(folder.expect("PURE_NVRTC is a folder with NVRTC and headers"))
}

/// Lets a program find the driver, and NVRTC in some folders.
fn on_driver<'a>(command: &'a mut Command, libraries: &[PathBuf]) -> &'a mut Command {
    let folders = std::iter::once(&*DRIVER).chain(libraries);
    let libraries = env::join_paths(folders).unwrap();
    command
        .env("LD_LIBRARY_PATH", libraries)
        .env("CUBECL_AUTOTUNE_LEVEL", "minimal")
}

/// Runs the program on the driver's device, and tells what it was told to do. All must end well: the program, every
/// compilation, every launch.
fn told(mut command: Command, scratch: &Path) -> Trace {
    let (toolkit, trace) = (toolkit(), scratch.join("trace"));
    let done = on_driver(&mut command, &[toolkit.join("lib")])
        .env("CUDA_PATH", &toolkit)
        .env("CUDA_DRIVER_TRACE", &trace)
        .output()
        .unwrap();
    let said = err(&done);
    assert!(done.status.success(), "{said}");
    assert!(!said.contains("PANIC") && !said.contains("rror"), "{said}");
    let trace = Trace::read(&trace);
    assert_eq!(trace.refused(), Vec::<&str>::new());
    trace
}
