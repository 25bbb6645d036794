//! Any text gets a verdict, for the work and in the memory that a verdict may take, on a small stack.
//!
//! Work is what the crate counts itself; memory and stack are what the machine gives. How long it takes
//! is measured in the benches.

use pure_verify::{Mode, Reason, Verdict, Verifier, verify};

use crate::machine::{MEMORY, held_by, on_a_small_stack};

fn judged(prediction: &str, answer: &str) -> Verdict {
    for (prediction, answer) in [(prediction, answer), (answer, prediction)] {
        for mode in [Mode::Sound, Mode::Math] {
            let (verdict, held) = held_by(|| verify(prediction, answer, mode));
            let shown: String = prediction.chars().take(60).collect();
            assert_eq!(verdict.correct, verdict.reason.is_correct());
            assert!(verdict.work <= Verdict::MAX_WORK, "{shown}");
            assert!(
                held <= MEMORY + answer.len(),
                "{mode:?}, {held} bytes for {shown}"
            );
        }
    }
    verify(prediction, answer, Mode::Sound)
}

#[test]
fn deep_and_long_texts_take_no_more_work_and_memory_than_a_verdict_may() {
    let nested = |open: &str, close: &str, times: usize| {
        format!("{}5{}", open.repeat(times), close.repeat(times))
    };
    let texts = [
        nested("(", ")", 30_000),
        nested("{", "}", 30_000),
        nested("\\frac{1}{", "}", 3_000),
        nested("\\sqrt{", "}", 3_000),
        nested("\\sqrt[3]{1+", "}", 35),
        nested("\\sin(", ")", 30),
        nested("e^{", "}", 35),
        nested("|", "|", 1_000),
        "\\frac".repeat(5_000),
        "-".repeat(20_000) + "5",
        "9^".repeat(1_000) + "9",
        "2^{2^{2^{2^{2^{2}}}}}".to_owned(),
        "9^{9^{9}}".to_owned(),
        "(1+x)^{1000000}".to_owned(),
        "(a+b+c+d+e+f)^{32}".to_owned(),
        "(a+b+c+d)^{20} (e+f+g+h)^{20}".to_owned(),
        "100000!".to_owned(),
        "400!^{400!}".to_owned(),
        "\\binom{1000}{500}^{9}".to_owned(),
        "1".repeat(5_000),
        format!("1.{}", "3".repeat(900)),
        format!("\\sqrt{{{}}}", "7".repeat(900)),
        format!("\\ln {}", "7".repeat(300)),
        format!("1e{}", "9".repeat(30)),
        format!("{{{}}}", "1,".repeat(3_000)),
        "x+".repeat(10_000) + "1",
        (0..60)
            .map(|n| format!("\\sqrt{{{}}}+", 1009 + 2 * n))
            .collect::<String>()
            + "1",
        (0..40)
            .map(|n| format!("\\sin({n}x+{n}y+{n}z)"))
            .collect::<String>(),
        (0..30)
            .map(|n| format!("\\frac{{1}}{{x+{n}}}+"))
            .collect::<String>()
            + "1",
        "\\boxed{".repeat(20_000),
        "\\boxed{}".repeat(20_000),
        "\\text{".repeat(3_000),
        "####".repeat(20_000),
        "$".repeat(60_000),
        "the answer is ".repeat(10_000),
        "\\begin{pmatrix}".repeat(1_000),
        "e^{e^{e^{e^{9}}}}".to_owned(),
        "\\cos(10^{300})".to_owned(),
        "\\sqrt[64]{2+\\sqrt[64]{3+\\sqrt[64]{5}}}".to_owned(),
        "\\sqrt[7]{2}+\\sqrt[11]{3}+\\sqrt[13]{5}+\\sqrt[17]{7}".to_owned(),
        "x^{1/64}y^{1/63}z^{1/61}".to_owned(),
        "é".repeat(30_000),
        "\0\u{1}\u{7f}".repeat(1_000),
        nested("\\left|", "\\right|", 4_000),
        nested("\\left|x-", "\\right|", 18),
        nested("\\gcd(\\pm 3,", ")", 19),
        nested("\\sqrt{1+\\frac{1}{", "}}", 9),
        "\\sum_{k=1}^{10^{9}} \\prod_{j=1}^{999999999} (k+j)^{10^{8}}".to_owned(),
        format!("5 {}", "km ".repeat(2_000)),
        "5 \\text{trillion}^9 \\text{trillion}^9 \\text{trillion}^9".to_owned(),
        "^{".repeat(8_000),
        "1.5e-999+".repeat(999) + "1",
        format!(
            "\\lcm({})",
            (0..40)
                .map(|n| format!("{}{n},", "7".repeat(300)))
                .collect::<String>()
        ),
        (0..200).map(|n| format!("{n}.5,")).collect(),
        (0..190).rev().map(|n| format!("({n},{n}\\%),")).collect(),
    ];
    on_a_small_stack(|| {
        for text in &texts {
            let boxed = format!("\\boxed{{{text}}}");
            judged(&boxed, "5");
            judged(text, "x^2+\\sqrt{2}");
            let more = judged(&boxed, &format!("{text}+1"));
            let shown: String = text.chars().take(50).collect();
            println!("{:9} {:?} {shown:?}", more.work, more.reason);
        }
    });
}

#[test]
fn a_verdict_that_would_take_too_much_work_says_so_and_is_wrong() {
    let sum: Vec<String> = (0..30).map(|n| format!("\\frac{{1}}{{x+{n}}}")).collect();
    let (sum, swapped) = (
        sum.join("+"),
        sum.iter().rev().cloned().collect::<Vec<_>>().join("+"),
    );
    let verdict = verify(&format!("\\boxed{{{sum}}}"), &swapped, Mode::Sound);
    assert_eq!(verdict.reason, Reason::OverBudget);
    assert!(!verdict.correct);
}

#[test]
fn the_same_texts_always_take_the_same_work_wherever_the_answer_stands() {
    let (answer, other) = ("\\sqrt{x+1}+\\sin(2x)", "\\sqrt{1+x}+2\\sin x\\cos x");
    let plain = verify(&format!("\\boxed{{{answer}}}"), other, Mode::Sound);
    let long = format!("{} \\boxed{{{answer}}}", "We add 5 and 6. ".repeat(5_000));
    assert!(plain.correct && plain.work > 1_000);
    for _ in 0..3 {
        assert_eq!(verify(&long, other, Mode::Sound).work, plain.work);
    }
}

#[test]
fn texts_without_an_end_are_read_from_their_end_and_in_little_memory() {
    let long = format!("\\boxed{{{}}}", "1,".repeat(10 << 20));
    for mode in [Mode::Sound, Mode::Math] {
        let ends_well = format!("{long} \\boxed{{5}}");
        let (verdict, held) = held_by(|| verify(&ends_well, "5", mode));
        assert!(verdict.correct);
        assert!(held <= MEMORY, "{mode:?}: {held} bytes");
        let (verdict, held) = held_by(|| verify(&long, "5", mode));
        assert!(!verdict.correct);
        assert!(held <= MEMORY, "{mode:?}: {held} bytes");
        let judge = Verifier {
            mode,
            ..Verifier::default()
        };
        assert!(judge.verify("\\boxed{5}", &long).answer.len() < 1_000);
    }
}

#[test]
fn one_judge_serves_every_thread() {
    fn shared<T: Send + Sync>(value: T) -> T {
        value
    }
    let judge = shared(pure_verify::Verifier::default());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| assert!(judge.verify("\\boxed{\\frac12}", "0.5").correct));
        }
    });
}
