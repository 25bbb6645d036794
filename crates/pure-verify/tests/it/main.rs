//! What the judge promises, one file a promise.

mod agreement;
mod answers;
mod extraction;
mod found;
mod fuzz;
mod hostile;
mod meaning;
mod memory;
mod properties;
mod traps;

#[global_allocator]
static COUNTED: memory::Counted = memory::Counted;
