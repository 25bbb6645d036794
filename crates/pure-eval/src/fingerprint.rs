//! The fingerprint of a file, as results keep it.

use serde::{Deserialize, Serialize};

/// The length and checksum of a file or folder, by [`pure_files::fingerprint`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Its length in bytes.
    pub bytes: u64,
    /// Its CRC-32.
    pub crc32: u32,
}

impl From<pure_files::Fingerprint> for Fingerprint {
    fn from(of: pure_files::Fingerprint) -> Self {
        Self {
            bytes: of.length,
            crc32: of.checksum,
        }
    }
}
