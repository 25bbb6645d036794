//! An experiment of every kind of setting, and the mistakes that can be made in its file.

mod experiment;
mod files;
mod keys;
mod kinds;
mod listing;
mod overriding;
mod places;
mod renaming;
mod robustness;
mod roundtrip;
