//! `pure credit` against the recorded stages of both branches of the original: what a person gets who
//! gives the program the scores, and the settings as options.
//!
//! The cases are those of pure-core, or of the folder that `PURE_GOLDEN` names. The rewards of steps are
//! computed here, from the recorded logits. `--nocapture` shows the largest difference of each stage.

pub mod cases;
pub mod openrlhf;
pub mod verl;
