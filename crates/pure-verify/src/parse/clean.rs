//! Turns Unicode into plain LaTeX: `−½π` becomes `-\frac{1}{2}\pi`, full-width forms become ASCII, and
//! invisible characters are dropped. ASCII text is passed on unchanged.

use std::borrow::Cow;

/// The same text in ASCII, as far as its characters have a meaning in mathematics.
pub(crate) fn to_ascii(text: &str) -> Cow<'_, str> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let mut in_superscript = false;
    for character in text.chars() {
        if let Some(raised) = superscript(character) {
            if !in_superscript {
                out.push_str("^{");
            }
            in_superscript = true;
            out.push(raised);
            continue;
        }
        if std::mem::take(&mut in_superscript) {
            out.push('}');
        }
        push(character, &mut out);
    }
    if in_superscript {
        out.push('}');
    }
    Cow::Owned(out)
}

fn superscript(character: char) -> Option<char> {
    Some(match character {
        '⁰' => '0',
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        '⁴'..='⁹' => char::from(b'4' + (character as u32 - '⁴' as u32) as u8),
        '⁺' => '+',
        '⁻' => '-',
        'ⁿ' => 'n',
        _ => return None,
    })
}

fn push(character: char, out: &mut String) {
    match character {
        ' '..='~' => out.push(character),
        // Marks of direction, joiners, byte order marks and control characters carry no meaning.
        '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}' => {}
        '\t'
        | '\n'
        | '\r'
        | '\u{b}'
        | '\u{c}'
        | '\u{85}'
        | '\u{a0}'
        | '\u{2000}'..='\u{200a}'
        | '\u{202f}'
        | '\u{3000}' => out.push(' '),
        '\u{ff01}'..='\u{ff5e}' => {
            out.push(char::from((character as u32 - 0xff01) as u8 + b'!'));
        }
        _ if character.is_ascii_control() => {}
        _ => match (digit(character), symbol(character)) {
            (Some(digit), _) => out.push(digit),
            (None, Some(text)) => out.push_str(text),
            (None, None) => out.push(character),
        },
    }
}

/// Decimal digits of the scripts that language models write.
fn digit(character: char) -> Option<char> {
    const ZEROS: [char; 10] = ['٠', '۰', '०', '০', '๐', '𝟎', '𝟘', '𝟢', '𝟬', '𝟶'];
    let value = |zero: char| (character as u32).checked_sub(zero as u32);
    let digit = |zero| char::from_digit(value(zero)?, 10);
    ZEROS.into_iter().find_map(digit)
}

fn symbol(character: char) -> Option<&'static str> {
    Some(match character {
        '−' | '–' | '—' | '‐' | '‑' | '‒' | '﹣' => "-",
        '×' | '✕' => "\\times ",
        '·' | '⋅' | '∙' | '•' => "\\cdot ",
        '÷' => "\\div ",
        '∕' | '⁄' => "/",
        '√' => " sqrt ",
        '∛' => "\\sqrt[3]",
        '°' | 'º' => "^\\circ ",
        '∞' => "\\infty ",
        '±' => "\\pm ",
        '∓' => "\\mp ",
        '≤' | '⩽' => "\\le ",
        '≥' | '⩾' => "\\ge ",
        '≠' => "\\ne ",
        '≈' => "\\approx ",
        '∪' => "\\cup ",
        '∩' => "\\cap ",
        '∈' => "\\in ",
        '∅' | '⌀' => "\\emptyset ",
        'ℝ' => "\\mathbb{R}",
        'ℤ' => "\\mathbb{Z}",
        'ℕ' => "\\mathbb{N}",
        'ℚ' => "\\mathbb{Q}",
        'ℂ' => "\\mathbb{C}",
        '∠' => "\\angle ",
        '⌊' => "\\lfloor ",
        '⌋' => "\\rfloor ",
        '⌈' => "\\lceil ",
        '⌉' => "\\rceil ",
        '′' | '’' | '‘' => "'",
        '″' | '“' | '”' => "\"",
        '，' | '、' => ",",
        '；' => ";",
        '。' => ".",
        '…' => "...",
        '½' => "\\frac{1}{2}",
        '⅓' => "\\frac{1}{3}",
        '⅔' => "\\frac{2}{3}",
        '¼' => "\\frac{1}{4}",
        '¾' => "\\frac{3}{4}",
        '⅕' => "\\frac{1}{5}",
        '⅛' => "\\frac{1}{8}",
        '€' => "\\text{euro}",
        '£' => "\\text{pound}",
        'α' => "\\alpha ",
        'β' => "\\beta ",
        'γ' => "\\gamma ",
        'δ' => "\\delta ",
        'Δ' => "\\Delta ",
        'ε' | 'ϵ' => "\\epsilon ",
        'θ' => "\\theta ",
        'λ' => "\\lambda ",
        'μ' => "\\mu ",
        'π' => "\\pi ",
        'ρ' => "\\rho ",
        'σ' => "\\sigma ",
        'τ' => "\\tau ",
        'φ' | 'ϕ' => "\\phi ",
        'ω' => "\\omega ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::to_ascii;

    #[test]
    fn digits_of_every_script_are_digits() {
        assert_eq!(to_ascii("１３٤५𝟓"), "13455");
    }

    #[test]
    fn superscripts_in_a_row_are_one_power() {
        assert_eq!(to_ascii("x¹²+1"), "x^{12}+1");
    }

    #[test]
    fn characters_without_a_meaning_here_are_kept() {
        assert_eq!(to_ascii("五⑤"), "五⑤");
    }
}
