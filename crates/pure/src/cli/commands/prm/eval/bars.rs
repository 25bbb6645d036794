//! Bars of Unicode blocks, an eighth of a cell exact.

/// A cell, filled by so many eighths.
const EIGHTHS: [char; 8] = [' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/// A bar of this share of so many cells, padded with spaces.
pub fn bar(share: f64, cells: usize) -> Vec<char> {
    let eighths = (share.clamp(0.0, 1.0) * (8 * cells) as f64).round() as usize;
    let mut bar = vec!['█'; eighths / 8];
    match eighths % 8 {
        0 => {}
        part => bar.push(EIGHTHS[part]),
    }
    bar.resize(cells, ' ');
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        let text = |share| bar(share, 4).into_iter().collect::<String>();
        assert_eq!(text(0.0), "    ");
        assert_eq!(text(0.5), "██  ");
        assert_eq!(text(0.5 + 1.0 / 32.0), "██▏ ");
        assert_eq!(text(1.0), "████");
    }
}
