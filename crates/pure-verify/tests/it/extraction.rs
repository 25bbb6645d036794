//! Which part of a response is its answer.

use pure_verify::{Mode, Rule, verify};

fn found(response: &str) -> (Option<Rule>, Option<String>) {
    let verdict = verify(response, "0", Mode::Sound);
    (verdict.rule, verdict.extracted)
}

fn finds(rule: Rule, cases: &[(&str, &str)]) {
    for (response, answer) in cases {
        assert_eq!(
            found(response),
            (Some(rule), Some((*answer).to_owned())),
            "{response}"
        );
    }
}

#[test]
fn the_last_box_wins() {
    finds(
        Rule::Box,
        &[
            ("\\boxed{1} or $\\boxed{\\frac{1}{2}}$", "\\frac{1}{2}"),
            ("\\boxed{\\boxed{5}}", "5"),
            ("\\fbox{5} and more", "5"),
            ("$\\boxed 5$ then", "5"),
            ("\\boxed(5)", "5"),
            ("\\boxed {5}", "5"),
            ("The answer is boxed{55}", "55"),
            ("\\boxed{361} then $\\boxed 81$", "81"),
            ("\\boxed{5} \\boxed ", "5"),
            ("\\boxed{\\{1, 2\\}}", "\\{1, 2\\}"),
            ("#### 3\n\\boxed{5}", "5"),
            ("so $\\boxed (8,-2)$ it is", "(8,-2)"),
            ("so $\\boxed (1)/(144)$.", "(1)/(144)"),
            ("\\boxed(1, 2) or $x$", "(1, 2)"),
            ("it costs $\\boxed \\$200$.", "\\$200"),
            ("so $\\boxed f(n)=n$, $g(n)=1$.", "f(n)=n$, $g(n)=1"),
        ],
    );
}

#[test]
fn an_open_box_ends_with_its_formula_but_not_with_the_text() {
    finds(
        Rule::OpenBox,
        &[
            ("so $\\boxed{\\text{43}$ follows", "\\text{43}"),
            ("\\boxed{7\nnext", "7"),
            ("{\\boxed{{$M=\\frac{9}{32}$}$", "{$M=\\frac{9}{32}$}"),
            ("so $\\boxed{-1$,$2$ then", "-1$,$2"),
        ],
    );
    assert_eq!(found("so $\\boxed{43"), (None, None));
}

#[test]
fn announcements_are_understood() {
    finds(Rule::Hashes, &[("2+2=4\n#### 12/3", "12/3")]);
    finds(
        Rule::Announced,
        &[
            (
                "The final answer is $x = 3$. I hope it is correct.",
                "$x = 3$",
            ),
            ("So the answer is 108/3.", "108/3."),
            ("Answer: -\\frac{8}{3}", "-\\frac{8}{3}"),
            ("Step 1: Set up. 5^\\circ is the answer", "5^\\circ"),
            (
                "The answer is 5. This is the answer to the question.",
                "5. This is the answer to the question.",
            ),
        ],
    );
    // What names no value announces none.
    let pronoun = "That makes 50 + 25 = 75.\n\nThis is the answer to the question.";
    finds(Rule::LastNumber, &[(pronoun, "75")]);
}

#[test]
fn a_bare_answer_is_the_answer_and_else_the_last_number() {
    finds(
        Rule::Whole,
        &[
            ("\\frac{2}{7} \\sqrt{53}", "\\frac{2}{7} \\sqrt{53}"),
            ("\\text{even}\\quad", "\\text{even}\\quad"),
            ("$19:60$", "$19:60$"),
        ],
    );
    finds(
        Rule::LastNumber,
        &[
            ("We had 3 and then -1,204.5 of it", "-1,204.5"),
            ("from 3 to 4/5 it goes", "4/5"),
        ],
    );
    assert_eq!(found("I do not know"), (None, None));
}
