//! One binary, a file a concern.

mod judgement;
mod search;
