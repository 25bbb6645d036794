//! What the crate promises, one file a promise.

mod agreement;
mod answers;
mod extraction;
mod found;
mod fuzz;
mod hostile;
mod machine;
mod meaning;
mod properties;
mod rewritten;
mod traps;

#[global_allocator]
static COUNTED: machine::Counted = machine::Counted;
