//! Different spellings of the same answer, and different answers in similar spellings.

use pure_verify::Verifier;

fn equal(pairs: &[(&str, &str)]) {
    let judge = Verifier::default();
    for (left, right) in pairs {
        let (there, back) = (judge.compare(left, right), judge.compare(right, left));
        assert!(there.is_correct(), "{left} = {right}: {there:?}");
        assert!(back.is_correct(), "{right} = {left}: {back:?}");
    }
}

fn different(pairs: &[(&str, &str)]) {
    let judge = Verifier::default();
    for (left, right) in pairs {
        assert!(!judge.compare(left, right).is_correct(), "{left} = {right}");
        assert!(!judge.compare(right, left).is_correct(), "{right} = {left}");
    }
}

#[test]
fn numbers_in_every_notation() {
    equal(&[
        ("1,234,567", "1234567"),
        ("11,\\! 111,\\! 111,\\! 100", "11111111100"),
        ("10{,}080", "10,\\!080"),
        ("100\\,337", "100337"),
        ("1.50", "\\frac{3}{2}"),
        (".0000672", "6.72e-5"),
        ("6.72 \\times 10^{-5}", "6.72e-05"),
        ("3.7 x 10^1", "37"),
        ("1\\frac{4}{5}", "9/5"),
        ("137 \\frac{1}{2}", "137.5"),
        ("5 1/81", "406/81"),
        ("3(\\frac{1}{2})", "\\frac{3}{2}"),
        ("(0)(\\frac{1}{2})", "0"),
        ("\\frac43", "\\dfrac{4}{3}"),
        ("\\frac9{19}", "{9 \\over 19}"),
        ("-1./3", "-\\frac{1}{3}"),
        ("0.\\overline{3}", "1/3"),
        ("0.1\\overline{6}", "1/6"),
        ("5!", "120"),
        ("\\binom{5}{2}", "10"),
        ("007", "7"),
        ("033", "33"),
        ("27,54,108,135", "27, 54, 108, 135"),
        ("111, \\! 111, \\! 111", "111,111,111"),
        ("48 519/1225", "\\frac{59319}{1225}"),
        ("1{4 \\over 5}", "9/5"),
        ("22\\frac{1}{2}^\\circ", "22.5^\\circ"),
        ("990/7^\\circ", "\\frac{990}{7}^\\circ"),
        ("9.35*e5", "9.35e5"),
        ("4.46 \\cdot e19", "4.46e19"),
        ("1e - 3", "0.001"),
        ("x = \\approx 8.24", "8.24"),
        ("5 - -3", "8"),
        ("-(-5)", "5"),
        ("½", "0.5"),
        ("２７", "27"),
        ("−5", "-5"),
        ("\\frac{100!}{2^{50}}", "\\frac{100 \\cdot 99!}{2^{50}}"),
        ("2^{1009}", "2 \\cdot 2^{1008}"),
        ("\\frac{7!}{3!\\,4!}", "35"),
        ("3! 4!", "144"),
        ("(1421)_7", "1421_{7}"),
        ("2\\colon 15", "2:15"),
    ]);
    different(&[
        ("1,234", "1234.5"),
        ("2^{1009}", "2^{1008}"),
        ("3!", "3"),
        ("1/0", "1"),
        ("1/0", "2/0"),
        ("2e - 3", "2e-3"),
        ("3*e-10", "3e-10"),
        ("27,54", "27054"),
        ("3! 4", "24"),
        ("(1421)_7", "1421_8"),
        ("(1421)_7", "1421"),
        ("2\\colon 15", "15:2"),
    ]);
}

#[test]
fn roots_by_exact_decision() {
    equal(&[
        ("\\sqrt{20}", "2\\sqrt{5}"),
        ("\\frac{1}{\\sqrt{2}}", "\\frac{\\sqrt{2}}{2}"),
        ("\\sqrt{3+2\\sqrt{2}}", "1+\\sqrt{2}"),
        ("\\sqrt[3]{7+5\\sqrt{2}}", "1+\\sqrt{2}"),
        ("\\sqrt{2}\\sqrt{3}", "\\sqrt6"),
        ("2^{-2 / 3}", "\\frac{1}{\\sqrt[3]{4}}"),
        ("\\sqrt[6]{4}", "\\sqrt[3]{2}"),
        ("\\sqrt{-4}", "2i"),
        ("\\frac{4}{1+i}", "2-2i"),
        ("\\sqrt{5+2\\sqrt{6}} - \\sqrt{2}", "\\sqrt{3}"),
        ("\\frac{189 \\sqrt{11}}{11}", "\\frac{189}{\\sqrt{11}}"),
        ("√2", "\\sqrt2"),
    ]);
    different(&[
        ("\\sqrt{10}+\\sqrt{11}", "\\sqrt{42}"),
        ("\\sqrt{5+2\\sqrt{6}}", "\\sqrt{2}+\\sqrt{3}+10^{-30}"),
        ("\\sqrt{3-2\\sqrt{2}}", "1-\\sqrt{2}"),
        ("i", "-i"),
    ]);
}

#[test]
fn elementary_functions() {
    equal(&[
        ("\\sin\\frac{\\pi}{6}", "\\frac12"),
        ("\\cos 75^\\circ", "\\frac{\\sqrt6-\\sqrt2}{4}"),
        ("\\tan(\\pi/3)", "\\sqrt{3}"),
        ("\\ln 4", "2\\ln 2"),
        ("\\log_2 32", "5"),
        ("-\\log_{10} 250", "-2 - \\log_{10} 2.5"),
        (
            "\\frac{\\log 2}{\\log 2-\\log 3}",
            "\\frac{\\ln 2}{\\ln 2-\\ln 3}",
        ),
        ("e^{i\\pi}", "-1"),
        ("2e^{i\\pi/3}", "1+\\sqrt{3} i"),
        ("\\arcsin(1/2)", "30^\\circ"),
        ("\\arctan 1", "\\frac{\\pi}{4}"),
        ("\\sqrt{\\pi^2}", "\\pi"),
        ("7\\pi", "\\pi \\cdot 7"),
        ("e^{\\ln 2 + \\ln 3}", "e^{\\ln 6}"),
        ("|{-5}|", "5"),
        ("\\lfloor 3.7 \\rfloor", "3"),
    ]);
    different(&[
        ("7\\pi", "8\\pi"),
        ("\\ln 2", "\\log 2"),
        ("\\sin 1", "\\sin 1^\\circ"),
        ("e^2", "e^3"),
    ]);
}

#[test]
fn expressions_in_variables() {
    equal(&[
        ("(x+5)^2", "x^2+10x+25"),
        ("(a+5)(b+2)", "ab+2a+5b+10"),
        ("\\frac{x^2-1}{x-1}", "x+1"),
        ("\\sin^2 x+\\cos^2 x", "1"),
        ("\\sin 2x", "2\\sin x\\cos x"),
        ("\\cot x", "\\frac{\\cos x}{\\sin x}"),
        ("\\sqrt{2} \\cos (2 t-\\pi / 4)", "\\cos 2t + \\sin 2t"),
        ("\\frac{n}{2}", "0.5n"),
        ("2^{n+1}", "2 \\cdot 2^n"),
        ("4^{n}", "2^{2n}"),
        ("e^{-2x}c", "\\frac{c}{e^{2x}}"),
        ("-\\frac{1}{2} X^{-\\frac{1}{2}}", "-\\frac{1}{2\\sqrt{X}}"),
        ("\\sqrt{4x}", "2\\sqrt{x}"),
        ("\\frac{\\sqrt{x}}{\\sqrt{y}}", "\\sqrt{\\frac{x}{y}}"),
        ("\\binom{2n}{n}", "\\frac{(2n)!}{(n!)^2}"),
        (
            "\\lfloor\\log _{2} n\\right\\rfloor+1",
            "1+\\lfloor \\log_2(n) \\rfloor",
        ),
        ("xy", "y \\cdot x"),
        ("E_{1},E_{2}", "E_2, E_1"),
        ("\\frac{dM}{dt}", "\\frac{d M}{d t}"),
        ("2RC+R+C", "R+C+2CR"),
        ("(-1)^{n+1}", "(-1)^{n-1}"),
        ("(-1)^{-n}", "(-1)^n"),
        ("(-2)^n", "(-1)^n 2^n"),
        ("-(-1)^n n!", "(-1)^{n+1} n!"),
        ("\\frac{(-1)^n}{2^n}", "(-\\frac{1}{2})^n"),
        ("42xsqrt(5x)", "42x\\sqrt{5x}"),
        ("72\\pisqrt(3)", "72\\pi\\sqrt{3}"),
    ]);
    different(&[
        ("(x+5)^2", "x^2+10x+26"),
        ("15400x", "15400"),
        ("2^{n}", "2^{n+1}"),
        ("\\sqrt{x^2}", "x"),
        ("\\sin x", "x"),
        ("x", "X"),
        ("I(0)", "0"),
        ("\\frac{dx}{dt}", "\\frac{x}{t}"),
        ("\\lfloor n \\rfloor", "n"),
        ("E_1", "E_2"),
        ("f(2x)", "2f(x)"),
        ("\\sqrt{x^2 y^2}", "xy"),
        ("\\infty-\\infty", "0"),
        ("-\\infty", "\\infty"),
        ("BAC", "ABC"),
        ("(-1)^n", "1"),
        ("(-1)^n", "(-1)^{n+1}"),
        ("(-1)^{n/2}", "1"),
        ("(-1)^{m}", "(-1)^{n}"),
        // Whole numbers are only for what must be whole.
        ("(-1)^n |x|", "(-1)^n x"),
        ("n! |x|", "n! x"),
    ]);
}

#[test]
fn equations_and_inequalities() {
    equal(&[
        ("x = 5", "5"),
        ("f(x) = \\frac{1}{x}", "1/x"),
        ("y = 2x+3", "2x - y + 3 = 0"),
        ("5x - 7y + 11z + 4 = 0", "7y-5x-11z=4"),
        ("x \\in [-2,7]", "[-2,7]"),
        ("-2 \\le x \\le 7", "x \\in [-2,7]"),
        ("7 \\ge x \\ge -2", "[-2, 7]"),
        ("x > 2", "(2,\\infty)"),
        ("k \\geqslant 2", "2 \\le k"),
        ("x<3", "-x>-3"),
        ("x=y=5", "5"),
        ("(x,y) = (1,2)", "(1,2)"),
        ("f(n)=n, g(n)=1", "g(n)=1,f(n)=n"),
        ("x = 1 \\pm \\sqrt{2}", "1+\\sqrt2, 1-\\sqrt2"),
        ("name = \\text{Navin}", "\\text{Navin}"),
    ]);
    different(&[
        ("x > 14", "14"),
        ("x<3", "x>3"),
        ("x<3", "-x<-3"),
        ("y = 2x+3", "y = 2x+4"),
        ("x=5+1", "x=5"),
        ("1=2", "3=4"),
        ("0.56 = 56\\%+1", "0.56 = 56\\%"),
        ("f(y)=\\frac{1}{y}", "f(x)=\\frac{1}{x}"),
        ("\\text{z=1}", "x=1"),
    ]);
}

#[test]
fn tuples_sets_intervals_and_matrices() {
    equal(&[
        ("\\left( 3, \\frac{\\pi}{2} \\right)", "(3,0.5\\pi)"),
        ("1,-2", "-2,1"),
        ("1, 2 \\text{ and } 3", "3,2,1"),
        ("\\{1\\pm\\sqrt{5},-2\\}", "\\{-2, 1-\\sqrt5, 1+\\sqrt5\\}"),
        ("\\{1,1,2\\}", "\\{2,1\\}"),
        ("3 \\pm 2 \\sqrt{2}", "3-2\\sqrt2,3+2\\sqrt2"),
        ("(0,9) \\cup (9,36)", "(9,36)\\cup(0,9)"),
        ("(-\\infty, 0) \\cup\\{1\\}$.", "(-\\infty,0)\\cup\\{1\\}"),
        (
            "\\begin{pmatrix} 1/5 \\\\ -18/5 \\end{pmatrix}",
            "\\begin{bmatrix} 0.2 \\\\ -3.6 \\end{bmatrix}",
        ),
        (
            "\\begin{pmatrix} -1 & 0 \\\\ 0 & -1 \\\\ \\end{pmatrix}",
            "\\begin{pmatrix}-1&0\\\\0&-1\\end{pmatrix}",
        ),
        ("10,800", "10, 800"),
        ("90^{\\circ}$,$60^{\\circ}", "60^\\circ, 90^\\circ"),
        ("\\emptyset", "\\{\\}"),
        ("((((5))))", "5"),
        ("3:4", "6:8"),
        ("x \\in \\{1, 2\\}", "2, 1"),
        ("x \\in \\{1, 2\\}", "\\{2, 1\\}"),
        ("x \\in \\{1, 2\\}", "x = 1 \\text{ or } x = 2"),
        (
            "x \\in (-\\infty, 1) \\cup (2, \\infty)",
            "x < 1 \\text{ or } x > 2",
        ),
    ]);
    different(&[
        ("(1,2)", "(2,1)"),
        ("(10,10)", "10"),
        ("1,3,5", "1,3,5,15"),
        ("-3,0", "-3,0,99"),
        ("\\{1,2\\}", "(1,2)"),
        (
            "\\begin{pmatrix} 7 \\\\ 16 \\end{pmatrix}",
            "\\begin{pmatrix} 7 & 16 \\end{pmatrix}",
        ),
        ("3:4", "4:3"),
        ("3:30", "3:03"),
        ("x \\in \\{1, 2\\}", "1, 3"),
        ("x \\in \\{1, 2\\}", "y \\in \\{1, 2\\}"),
        ("x \\in \\{1, 2\\}", "y = 1, y = 2"),
        (
            "x \\in (-\\infty, 1) \\cup (2, \\infty)",
            "y < 1 \\text{ or } y > 2",
        ),
        ("x \\in \\{1, 2\\}", "(1, 2)"),
        (
            "x \\in (-\\infty, 1) \\cup (2, \\infty)",
            "x < 1 \\text{ or } x \\ge 2",
        ),
    ]);
}

#[test]
fn units_percentages_and_angles() {
    equal(&[
        ("5.4 \\text{ cents}", "5.4"),
        ("864 \\mbox{ inches}^2", "864"),
        ("20 \\mathrm{~kg}", "20"),
        ("\\$32,\\!348", "32348 \\text{ dollars}"),
        ("5 m", "m \\cdot 5"),
        ("500 \\text{ cm}", "5 \\text{ m}"),
        ("18 eggs", "18"),
        ("3 million", "3000000"),
        ("60 \\mathrm{~km} / \\mathrm{h}", "60 km/h"),
        ("25\\%", "0.25"),
        ("25\\%", "25"),
        ("62.5%", "\\frac{5}{8}"),
        ("30^\\circ", "30"),
        ("30^{\\circ}", "\\frac{\\pi}{6}"),
        ("\\frac{270}7\\text{ degrees}", "\\frac{270}{7}^\\circ"),
        ("6 + 9i \\text{ units}", "6+9i"),
        ("60 km per hour", "60 km/h"),
        ("5 hours per day", "5"),
        ("12 \\text{ gm}", "12 \\mathrm{~g}"),
        ("40\\text{ min}", "40 \\text{ minutes}"),
        ("3 \\pm 2\\sqrt{2} \\text{ cm}", "3 \\pm 2\\sqrt{2}"),
        ("36^\\circ \\text{ units}", "36^\\circ"),
        ("4210_{5} \\text{ units}", "4210_{5}"),
        ("(1, 2) \\text{ square units}", "(1,2)"),
        ("90^1\\%", "90"),
        ("\\textstyle{2500,7500}\\%", "2500, 7500"),
        ("f(n)=n^{2}\\%", "f(n)=n^2"),
        ("5\\text{ in}", "5 inches"),
        ("5 in", "5"),
        ("70 \\mathrm{in^2}", "70 square inches"),
        ("5\\text{ in}^2", "5 in^2"),
        ("12 in", "1 foot"),
    ]);
    different(&[
        ("5 \\text{ cm}", "5 \\text{ m}"),
        ("5 apples", "5 oranges"),
        ("40\\text{ feet}", "40\\%"),
        ("30^\\circ", "30\\%"),
        ("\\$20", "20\\%"),
        ("5 \\text{ cm} \\text{ units}", "5 \\text{ m}"),
        ("5 hours per day", "5 hours"),
        ("2 dollars per unit", "2 euros"),
        ("3 million", "3"),
        ("25\\%", "2500"),
        ("5 \\text{ or } 6", "5"),
        ("5 thirds", "5"),
        ("5 in", "5 feet"),
        ("5\\text{ in}^2", "5\\text{ in}"),
        ("12 in", "12 cm"),
        ("2 \\text{ in } 3", "2"),
    ]);
}

#[test]
fn words_and_choices() {
    equal(&[
        ("\\text{Evelyn}", "evelyn"),
        ("\\text{(C)}", "C"),
        ("(C)", "\\textbf{(C)}\\ 5"),
        ("\\textbf{(B)}\\ 5", "5"),
        ("five", "5"),
        ("\\text{even}", "Even"),
        ("3:30 p.m.", "3:30 PM"),
        ("\\text{May 5, 2021}", "5 May 2021"),
        ("the 5th of May", "May 5"),
        ("5/16/2021", "May 16, 2021"),
        ("05/06/2021", "5/6/2021"),
        ("x = \\text{May 5}", "May 5"),
        ("\\displaystyle \\text{May 5}\\quad", "May 5"),
        ("\\mathbf{\\text{May 5}}", "$\\text{May 5}$"),
        ("\\textstyle{\\text{(C)}}", "C"),
        ("y = \\text{C}", "\\text{(C)}"),
        ("\\text{Saturday}\\%", "Saturday"),
        ("$CD$", "CD"),
        ("x where $b$is real", "x where b is real"),
    ]);
    different(&[
        ("\\text{even}", "odd"),
        ("\\text{(C)}", "\\text{(B)}"),
        ("\\text{ellipse}", "\\teyt{ellipse}"),
        ("\\text{no}", "on"),
        ("\\text{east}", "seat"),
        ("3:30 a.m.", "3:30 p.m."),
        ("May 5", "May 6"),
        ("10/20/2010", "1/2/2010"),
        ("5/6/2021", "May 6, 2021"),
        ("\\text{apart}", "\\text{a part}"),
        ("x = \\text{East}", "y = \\text{East}"),
        ("May 5", "5"),
        ("June 5, 2021", "May 5, 2021"),
    ]);
}
