//! An answer among others to the same problem.

/// One of the answers that are chosen from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    /// How good it is thought to be: a number, and where it is the weight of a vote, none below 0.
    pub score: f64,
    /// Whether it is right.
    pub right: bool,
    /// Which of the problem's different answers it gives, equal answers having equal numbers; nothing
    /// where it gives none.
    pub answer: Option<usize>,
}
