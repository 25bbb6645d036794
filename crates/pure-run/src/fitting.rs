//! How large a forward pass is, where the settings leave it open.

use pure_model::Room;

use crate::config::BATCH_TOKENS;

/// Tokens of a forward pass that a device has room for, where the settings leave them open: halved until the peak that
/// `peak` forecasts fits, but enough for the longest text.
pub fn tokens_that_fit(room: Room, longest: usize, peak: impl Fn(usize) -> u64) -> usize {
    let mut tokens = BATCH_TOKENS.max(longest);
    while room.is_tight(peak(tokens)) && tokens / 2 >= longest {
        tokens /= 2;
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_halved_until_they_fit_and_stay_enough_for_the_longest_text() {
        let room = |bytes| Room {
            is_host: true,
            bytes,
        };
        // Ten bytes a token, a thousand beside.
        let peak = |tokens: usize| 1000 + 10 * tokens as u64;
        let tokens = |bytes, longest| tokens_that_fit(room(bytes), longest, peak);
        assert_eq!(tokens(None, 100), 8192);
        assert_eq!(tokens(Some(82_920), 100), 8192);
        assert_eq!(tokens(Some(82_919), 100), 4096);
        assert_eq!(tokens(Some(21_480), 100), 2048);
        assert_eq!(tokens(Some(0), 100), 128);
        assert_eq!(tokens(Some(0), 3000), 4096);
        assert_eq!(tokens(Some(0), 20_000), 20_000);
    }
}
