//! What holds for every answer, not only for the recorded ones.

mod answers;
mod batches;
mod forms;
mod line;
mod paper;
mod rivals;
pub mod settings;
