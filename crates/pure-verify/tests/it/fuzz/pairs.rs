//! Pairs of a prediction and an answer, each made from its number alone.
//!
//! Four sources, mixed: expressions of a grammar that nests every notation in every other, answers of
//! public benchmarks with pieces changed, pieces of notation in any order, and any characters. Answers
//! are as often a change of the prediction as something else. One pair in a hundred is long.

/// Notation with holes for further notation.
pub const SHAPES: [&str; 76] = [
    "#+#",
    "#-#",
    "#\\pm #",
    "#\\mp #",
    "\\pm #",
    "-#",
    "-(#)",
    "(#)",
    "(#)(#)",
    "# #",
    "#\\cdot #",
    "#/#",
    "\\frac{#}{#}",
    "\\frac{d #}{d x}",
    "\\sqrt{#}",
    "\\sqrt[3]{#}",
    "#^{#}",
    "(#)^{-2}",
    "(#)^{1/3}",
    "(-1)^{#}",
    "e^{#}",
    "e^{i\\pi #}",
    "x_{#}",
    "\\log_{#} #",
    "\\log #",
    "\\ln #",
    "\\sin #",
    "\\cos(#)",
    "\\tan^{#}(#)",
    "\\sin^{-1} #",
    "\\arctan #",
    "\\arccos(#)",
    "\\tanh(#)",
    "\\gcd(#,#)",
    "\\max(#)",
    "\\lcm #",
    "f(#)",
    "f(x)=#",
    "\\binom{#}{#}",
    "{#\\choose #}",
    "{#\\over #}",
    "|#|",
    "\\left|#\\right|",
    "\\lfloor #\\rfloor",
    "\\lceil #\\rceil",
    "(#,#)",
    "[#,#]",
    "(#,#]",
    "\\{#,#\\}",
    "#,#",
    "#\\text{ or }#",
    "#\\cup #",
    "#:#",
    "x=#",
    "#=#",
    "#<#",
    "#\\le x<#",
    "x\\in #",
    "\\begin{pmatrix}#&#\\\\#&#\\end{pmatrix}",
    "\\begin{bmatrix}#\\\\#\\end{bmatrix}",
    "#!",
    "#\\%",
    "#^\\circ",
    "\\$#",
    "#\\$",
    "#\\text{ cm}",
    "#\\text{ m}^{#}",
    "# million",
    "#_{7}",
    "#\\frac{1}{2}",
    "\\text{(C) }#",
    "(B) #",
    "\\text{#}",
    "\\boxed{#}",
    "{#}",
    "$#$",
];

const LEAVES: [&str; 40] = [
    "0",
    "1",
    "2",
    "3",
    "5",
    "7",
    "12",
    "100",
    "0.5",
    "1.25",
    ".3",
    "1e3",
    "1.5e-7",
    "2147483648",
    "4294967296",
    "9223372036854775808",
    "1e999",
    "0.\\overline{142857}",
    "x",
    "y",
    "n",
    "x_1",
    "\\alpha",
    "\\pi",
    "e",
    "i",
    "\\infty",
    "\\emptyset",
    "1,234",
    "10^{100}",
    "5 1/2",
    "\\sqrt2",
    "30^\\circ",
    "12_8",
    "3 km/h",
    "May 5",
    "3:30",
    "even",
    "\\pm",
    "",
];

/// Pieces of notation that are put anywhere.
const PIECES: [&str; 72] = [
    "\\frac",
    "\\sqrt",
    "\\sqrt[3]",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\\{",
    "\\}",
    "^",
    "_",
    "\\left|",
    "\\right|",
    "\\left(",
    "\\right)",
    "\\text{",
    "\\boxed{",
    "\\sin",
    "\\log_",
    "\\ln",
    "!",
    "%",
    "\\%",
    "^\\circ",
    "\\pi",
    "e",
    "i",
    "x",
    "y",
    "=",
    "<",
    "\\le",
    "\\in",
    "\\cup",
    "\\pm ",
    "\\mp ",
    "\\infty",
    ",",
    ";",
    "|",
    "\\lfloor",
    "\\rfloor",
    "+",
    "-",
    "*",
    "/",
    ":",
    "\\cdot",
    "and",
    " ",
    "\\\\",
    "&",
    "\\begin{pmatrix}",
    "\\end{pmatrix}",
    "$",
    "\\$",
    "cm",
    "\\mathrm{~m}",
    "\\overline{",
    "\\binom",
    "0",
    "1",
    "2",
    "10",
    "0.5",
    "1e9",
    "٣",
    "½",
    "²",
    "√",
];

/// What is repeated in long texts: something that opens, and something that closes it.
const NESTS: [(&str, &str); 30] = [
    ("(", ")"),
    ("{", "}"),
    ("\\{", "\\}"),
    ("[", "]"),
    ("|", "|"),
    ("\\left|", "\\right|"),
    ("\\frac{1}{", "}"),
    ("\\frac{d", "}{dx}"),
    ("\\sqrt{", "}"),
    ("\\sqrt[3]{1+", "}"),
    ("\\text{", "}"),
    ("\\boxed{", "}"),
    ("\\sin(", ")"),
    ("\\gcd(\\pm 3,", ")"),
    ("e^{", "}"),
    ("2^{", "}"),
    ("x_{", "}"),
    ("\\log_{2}(", ")"),
    ("-(", ")"),
    ("\\pm(", ")"),
    ("1/", ""),
    ("5\\$", ""),
    ("2!", ""),
    ("x+", ""),
    ("1.5e-99+", ""),
    ("1,", ""),
    ("1,000,", ""),
    ("km ", ""),
    ("\\begin{pmatrix}", "\\end{pmatrix}"),
    ("\\sum_{k=1}^{10^{9}} ", ""),
];

/// Where predictions put their answer; `#` is the answer.
const RESPONSES: [&str; 8] = [
    "\\boxed{#}",
    "So $x = \\boxed{#}$.",
    "\\boxed{1} or $\\boxed{#}$ it is",
    "#",
    "The answer is #.",
    "We add.\n#### #",
    "Hence # is the answer",
    "\\boxed #",
];

/// A generator of random numbers (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// The pair of this number.
pub fn pair(number: u64, seeds: &[String]) -> (String, String) {
    let mut dice = Dice(number);
    let found = if dice.one_in(100) {
        long(&mut dice, seeds)
    } else {
        short(&mut dice, seeds)
    };
    let answer = match dice.below(4) {
        0 => found.clone(),
        1 => changed(&mut dice, found.clone(), seeds),
        _ => short(&mut dice, seeds),
    };
    (dice.pick(&RESPONSES).replacen('#', &found, 1), answer)
}

fn short(dice: &mut Dice, seeds: &[String]) -> String {
    match dice.below(10) {
        0..=4 => {
            let depth = dice.below(7);
            expression(dice, depth)
        }
        5..=6 => {
            let seed = seeds[dice.below(seeds.len())].clone();
            changed(dice, seed, seeds)
        }
        7..=8 => (0..dice.below(40)).map(|_| dice.pick(&PIECES)).collect(),
        _ => {
            let bytes: Vec<u8> = (0..dice.below(200)).map(|_| dice.next() as u8).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

fn expression(dice: &mut Dice, depth: usize) -> String {
    if depth == 0 || dice.one_in(6) {
        return dice.pick(&LEAVES).to_owned();
    }
    let mut whole = String::new();
    for (at, part) in dice.pick(&SHAPES).split('#').enumerate() {
        if at > 0 {
            whole += &expression(dice, depth - 1);
        }
        whole += part;
    }
    whole
}

/// A text with some pieces taken out, repeated, put in or taken from another text.
fn changed(dice: &mut Dice, text: String, seeds: &[String]) -> String {
    let mut characters: Vec<char> = text.chars().collect();
    for _ in 0..1 + dice.below(4) {
        let from = dice.below(characters.len() + 1);
        let to = (from + dice.below(8)).min(characters.len());
        let piece: String = match dice.below(5) {
            0 => String::new(),
            1 => {
                let kept: String = characters[from..to].iter().collect();
                kept.repeat(2 + dice.below(3))
            }
            2 => seeds[dice.below(seeds.len())].clone(),
            3 => expression(dice, 2),
            _ => dice.pick(&PIECES).to_owned(),
        };
        characters.splice(from..to, piece.chars());
    }
    characters.into_iter().collect()
}

fn long(dice: &mut Dice, seeds: &[String]) -> String {
    let (open, close) = NESTS[dice.below(NESTS.len())];
    let most = [30, 300, 3_000, 100_000][dice.below(4)] / (open.len() + close.len());
    let times = 1 + dice.below(most + 1);
    let middle = short(dice, seeds);
    match dice.below(3) {
        // Several such rows in a sum, so that each is within the limits that all are beyond.
        0 => {
            let times = times.min(20);
            let row = open.repeat(times) + &middle + &close.repeat(times);
            let rows = (most / times / 2).max(1);
            vec![row; rows].join(dice.pick(&["+", "", ",", "=", "/", "\\pm "]))
        }
        1 => open.repeat(times) + &middle,
        _ => open.repeat(times) + &middle + &close.repeat(times),
    }
}
