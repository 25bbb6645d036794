//! An experiment of every kind of setting, and the mistakes that can be made in its file.

mod experiment;
mod files;
mod keys;
mod kinds;
mod overriding;
mod places;
mod robustness;
mod roundtrip;
