//! The tests that need more than one crate, or files: one binary, a file a concern.

mod golden;
mod golden_models;
