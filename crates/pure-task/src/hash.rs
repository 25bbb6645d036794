//! FNV-1a of 128 bits: a hash that is the same on every platform and in every version.
//!
//! ```text
//! h <- (h xor byte) * (2^88 + 2^8 + 0x3b)  mod 2^128
//! ```
//!
//! It decides to which split a problem belongs, so it may never change.

const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

/// A hash that grows by parts.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hash(u128);

impl Hash {
    /// Of nothing.
    pub(crate) fn new() -> Self {
        Self(OFFSET)
    }

    /// With more bytes. Where parts begin and end does not matter: see [`Self::part`].
    pub(crate) fn bytes(mut self, bytes: &[u8]) -> Self {
        for &byte in bytes {
            self.0 = (self.0 ^ u128::from(byte)).wrapping_mul(PRIME);
        }
        self
    }

    /// With a part that is not confused with its neighbours.
    pub(crate) fn part(self, bytes: &[u8]) -> Self {
        self.bytes(&(bytes.len() as u64).to_le_bytes()).bytes(bytes)
    }

    /// All of it.
    pub(crate) fn value(self) -> u128 {
        self.0
    }

    /// 64 bits of it that all depend on every byte.
    pub(crate) fn mixed(self) -> u64 {
        // The last bytes hardly reach the upper bits of FNV: finish as splitmix64 does.
        let mut x = (self.0 >> 64) as u64 ^ self.0 as u64;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_published_hash() {
        // From the test vectors of draft-eastlake-fnv.
        assert_eq!(Hash::new().value(), OFFSET);
        let a = 0xd228_cb69_6f1a_8caf_7891_2b70_4e4a_8964;
        assert_eq!(Hash::new().bytes(b"a").value(), a);
        let foobar = 0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18;
        assert_eq!(Hash::new().bytes(b"foobar").value(), foobar);
    }

    #[test]
    fn parts_are_not_confused_with_their_neighbours() {
        let one = Hash::new().part(b"ab").part(b"c");
        let other = Hash::new().part(b"a").part(b"bc");
        assert_ne!(one.value(), other.value());
    }
}
