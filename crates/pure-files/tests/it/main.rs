//! pure-files from outside, on real files, links, pipes and devices.

mod read;
mod whole;
