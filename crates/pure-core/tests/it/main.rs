//! One binary, a file a concern.

mod allocation;
mod golden;
mod golden_loss;
mod golden_methods;
mod golden_openrlhf;
mod golden_prm;
mod golden_signals;
mod golden_verl;
mod properties;
mod records;
