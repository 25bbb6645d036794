//! The tests that need more than one crate, or files: one binary, a file a concern.
#![recursion_limit = "256"]

mod adapters;
mod allocation;
mod arms;
mod broken_files;
mod chat;
mod command_line;
mod credit;
mod credit_golden;
#[cfg(all(target_os = "linux", feature = "cuda"))]
mod cuda;
mod data;
mod eval;
mod fuzz;
mod generate;
mod generate_text;
mod golden;
mod golden_models;
mod gpu;
mod info;
mod joined;
mod layouts;
mod logprobs;
mod man;
mod memory;
mod policy;
mod prm;
mod prm_eval;
mod prm_files;
mod prm_label;
mod proof;
mod saving;
mod score;
mod shell;
mod solve;
mod tokenizer;
mod training;
mod verify;

#[global_allocator]
static ALLOCATOR: allocation::Watching = allocation::Watching;
