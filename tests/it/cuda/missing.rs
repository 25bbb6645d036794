//! A machine with a GPU and its driver, and without what kernels are compiled with.

use std::process::Command;

use super::{on_driver, toolkit};
use crate::command_line::{err, out, pure};

/// Without the headers, and without NVRTC.
fn without(command: impl Fn() -> Command) -> [std::process::Output; 2] {
    let toolkit = toolkit();
    let mut no_headers = command();
    on_driver(&mut no_headers, &[toolkit.join("lib")]).env_remove("CUDA_PATH");
    let mut no_compiler = command();
    on_driver(&mut no_compiler, &[]).env("CUDA_PATH", &toolkit);
    [no_headers, no_compiler].map(|mut command| command.output().unwrap())
}

#[test]
#[ignore = "NVRTC"]
fn what_kernels_are_compiled_with_is_missed_before_anything_is_computed() {
    for done in without(|| pure(&["devices"])) {
        let said = out(&done) + &err(&done);
        assert!(!done.status.success(), "{said}");
        assert!(said.contains("pip install nvidia-cuda-nvrtc"), "{said}");
    }
    let model = crate::golden::folder(&["models", "qwen2"]).join("qwen2_tied");
    let model = model.to_str().unwrap();
    for done in without(|| pure(&["logprobs", "--model", model, "--device", "cuda"])) {
        assert!(!done.status.success() && out(&done).is_empty());
        assert!(err(&done).contains("does not compute"), "{}", err(&done));
    }
}
