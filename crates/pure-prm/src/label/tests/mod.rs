//! Labels by policies that are known: one that solves the built-in task, and one that has a table.

mod policy;

use std::ops::ControlFlow;

use pure_data::StepLabel::{self, Bad, Good, Ignored, Soft};
use pure_rollout::{Event, Sampling};
use pure_task::chain::{
    Dice, Level, Problem, Problems, SolutionStyle, SolutionWriter, Split, judge,
};

use self::policy::{Completion, Scripted, solver, tokenizer};
use super::{Attempt, Count, LabelConfig, LabelMethod, Labeller, ShareRule, StepLabels};

const HARD: LabelMethod = LabelMethod::MonteCarlo(ShareRule::AnyRight);
const SOFT: LabelMethod = LabelMethod::MonteCarlo(ShareRule::Soft);

fn config(method: LabelMethod, samples: usize) -> LabelConfig {
    LabelConfig {
        method,
        samples,
        sampling: Sampling::default(),
    }
}

fn label(config: LabelConfig, policy: &mut Scripted, attempts: &[Attempt]) -> Vec<StepLabels> {
    let labeller = Labeller::new(config, tokenizer()).unwrap();
    let all = labeller.label(policy, attempts, &mut |_| ControlFlow::Continue(()));
    all.unwrap().expect("nobody breaks it off")
}

fn labels(of: &[StepLabels]) -> Vec<Vec<StepLabel>> {
    of.iter().map(|one| one.labels.clone()).collect()
}

fn attempt(number: u64, prompt: &str, steps: &[&str], truth: &str) -> Attempt {
    Attempt {
        number,
        prompt: tokenizer().encode(prompt, true).unwrap(),
        steps: steps.iter().map(|&step| step.to_owned()).collect(),
        truth: truth.to_owned(),
    }
}

/// Answers with slips and fillers, and what the oracle says of their steps. There is no product in
/// them: a mistake that is multiplied by 0 is gone.
fn slips(count: usize) -> (Vec<Attempt>, Vec<Vec<bool>>, Vec<bool>) {
    let style = SolutionStyle {
        slips: 0.15,
        filler: 0.2,
        long_winded: 0.0,
        ..SolutionStyle::correct()
    };
    let writer = SolutionWriter::new(style, 1).unwrap();
    let mut dice = Dice::new(1, "answers with slips");
    let problems = Problems::new(Level::base(), Split::Train, 1).unwrap();
    let problems: Vec<Problem> = problems
        .filter(|problem| !problem.prompt().contains('*'))
        .take(count)
        .collect();
    let mut attempts = Vec::new();
    let (mut good, mut correct) = (Vec::new(), Vec::new());
    for (number, problem) in (1..).zip(&problems) {
        let text = writer.write(problem, &mut dice);
        let judgement = judge(problem, &text, true);
        let steps: Vec<&str> = text.split("\n\n").collect();
        let truth = problem.answer().to_string();
        attempts.push(attempt(number, problem.prompt(), &steps, &truth));
        good.push(judgement.steps.iter().map(|step| step.good).collect());
        correct.push(judgement.correct);
    }
    (attempts, good, correct)
}

#[test]
fn a_perfect_policy_finds_the_first_errors_of_the_oracle() {
    let (attempts, good, correct) = slips(60);
    let first_error = |good: &Vec<bool>| good.iter().position(|good| !good);
    let oracle: Vec<Option<usize>> = good.iter().map(first_error).collect();
    assert!(oracle.iter().flatten().count() > 20 && oracle.iter().any(Option::is_none));

    let found = label(config(HARD, 2), &mut solver(0.0), &attempts);
    let first_bad = |of: &StepLabels| of.labels.iter().position(|label| label.is_bad());
    assert!(found.iter().map(first_bad).eq(oracle.iter().copied()));

    let found = label(
        config(LabelMethod::BinarySearch, 2),
        &mut solver(0.0),
        &attempts,
    );
    for (place, found) in found.iter().enumerate() {
        // A second slip may take the first one back. Then the answer is right, and is taken at its
        // word.
        let error = oracle[place].filter(|_| !correct[place]);
        let expected = (0..found.labels.len()).map(|step| match error {
            Some(error) if step == error => Bad,
            Some(error) if step > error => Ignored,
            _ => Good,
        });
        assert!(expected.eq(found.labels.iter().copied()), "{found:?}");
    }
}

#[test]
fn a_binary_search_asks_about_no_more_prefixes_than_halving_takes() {
    let (attempts, ..) = slips(40);
    let mut policy = solver(0.0);
    label(config(LabelMethod::BinarySearch, 3), &mut policy, &attempts);
    assert!(policy.calls.len() <= 4, "all answers are searched at once");
    for attempt in &attempts {
        let asked = policy.calls.iter().flatten();
        let probes = asked.filter(|stream| *stream >> 24 == attempt.number);
        let most = attempt.steps.len().next_power_of_two().ilog2() as usize;
        assert!(probes.count() <= most);
    }
}

#[test]
fn neither_batches_nor_neighbours_change_a_label() {
    let (attempts, ..) = slips(24);
    for method in [SOFT, HARD, LabelMethod::BinarySearch] {
        let all = label(config(method, 4), &mut solver(0.3), &attempts);
        for size in [1, 5, 23] {
            let batches = attempts.rchunks(size).rev();
            let parts = batches.flat_map(|some| label(config(method, 4), &mut solver(0.3), some));
            assert_eq!(parts.collect::<Vec<_>>(), all);
        }
        let mut other = config(method, 4);
        other.sampling.seed = 1;
        assert_ne!(label(other, &mut solver(0.3), &attempts), all);
    }
}

/// A policy that is right so often after so many steps.
fn table(right: &'static [usize]) -> Scripted {
    Scripted::new(|asked| {
        let steps = asked.text.matches("\n\n").count();
        let right = asked.sample < right[steps];
        Completion::ended(if right { "\\boxed{2}" } else { "\\boxed{3}" })
    })
}

#[test]
fn soft_labels_are_the_shares_and_counts_say_what_they_are_made_of() {
    let attempts = [
        attempt(1, "1+1=", &["1+1=2", "now 2", "\\boxed{2}"], "2"),
        attempt(2, "1+1=", &["1+1=3", "now 3", "\\boxed{3}"], "2"),
        attempt(3, "1+1=", &["1+1=2", "now 2"], "2"),
    ];
    let found = label(config(SOFT, 8), &mut table(&[0, 5, 2]), &attempts);
    let shares = [0.625, 0.25].map(Soft);
    assert_eq!(found[0].labels, [shares[0], shares[1], Soft(1.0)]);
    assert_eq!(found[1].labels, [shares[0], shares[1], Soft(0.0)]);
    assert_eq!(found[2].labels, shares);
    let count = |right, samples| Count { right, samples };
    let counts = vec![count(5, 8), count(2, 8), count(0, 1)];
    assert_eq!(found[1].counts, Some(counts));

    let at_least = LabelMethod::MonteCarlo(ShareRule::AtLeast(0.5));
    let found = label(config(at_least, 8), &mut table(&[0, 5, 2]), &attempts);
    assert_eq!(found[0].labels, [Good, Bad, Good]);
}

#[test]
fn an_answer_that_is_finished_is_not_completed() {
    let attempts = [
        attempt(1, "1+1=", &["\\boxed{2}"], "2"),
        attempt(2, "1+1=", &["\\boxed{3}"], "2"),
    ];
    for method in [HARD, LabelMethod::BinarySearch] {
        let mut policy = Scripted::new(|_| panic!("there is nothing to ask"));
        let found = label(config(method, 8), &mut policy, &attempts);
        assert_eq!(labels(&found), [[Good], [Bad]]);
    }
}

#[test]
fn the_last_step_of_an_answer_that_was_cut_off_is_completed_too() {
    let attempts = [attempt(1, "1+1=", &["1+1=2", "now 2"], "2")];
    for (right, expected) in [
        (&[1, 1, 1], [Good, Good]),
        (&[1, 1, 0], [Good, Bad]),
        (&[1, 0, 0], [Bad, Ignored]),
    ] {
        let search = config(LabelMethod::BinarySearch, 4);
        let found = label(search, &mut table(right), &attempts);
        assert_eq!(labels(&found), [expected]);
    }
}

#[test]
fn a_completion_that_was_cut_is_wrong_and_one_that_adds_nothing_leaves_the_answer_as_it_is() {
    let attempts = [attempt(1, "1+1=", &["1+1=2", "now 2"], "2")];
    let mut cut = Scripted::new(|_| Completion::cut("now 2\n\n\\boxed{2}"));
    let found = label(config(HARD, 2), &mut cut, &attempts);
    assert_eq!(labels(&found), [[Bad, Bad]]);
    let mut silent = Scripted::new(|asked| {
        let steps = asked.text.matches("\n\n").count();
        Completion::ended(if steps == 2 { "" } else { "\\boxed{3}" })
    });
    let found = label(config(HARD, 2), &mut silent, &attempts);
    assert_eq!(labels(&found), [[Bad, Good]]);
}

#[test]
fn the_longest_request_holds_all_steps_that_are_asked_about() {
    let labeller = Labeller::new(config(HARD, 3), tokenizer()).unwrap();
    let longest = |steps: &[&str]| {
        let request = labeller.longest_request(&attempt(1, "1+1=", steps, "2"));
        let request = request.unwrap()?;
        assert_eq!(request.samples, 0..3);
        Some(tokenizer().decode(&request.prompt, false))
    };
    let finished = longest(&["1+1=2", "now 2", "\\boxed{2}"]);
    assert_eq!(finished.as_deref(), Some("1+1=1+1=2\n\nnow 2\n\n"));
    let open = longest(&["1+1=2", "now 2"]);
    assert_eq!(open, finished);
    assert_eq!(longest(&["\\boxed{2}"]), None);
}

#[test]
fn who_listens_may_break_it_off() {
    let (attempts, ..) = slips(5);
    for method in [HARD, LabelMethod::BinarySearch] {
        let labeller = Labeller::new(config(method, 2), tokenizer()).unwrap();
        let mut heard = 0;
        let mut report = |event: &Event<'_>| {
            heard += usize::from(matches!(event, Event::Finished { .. }));
            match heard {
                3 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        };
        let found = labeller.label(&mut solver(0.0), &attempts, &mut report);
        assert!(found.unwrap().is_none());
        assert_eq!(heard, 3);
    }
}

#[test]
fn steps_that_the_tokenizer_does_not_know_are_named_by_their_answer() {
    let labeller = Labeller::new(config(HARD, 2), tokenizer()).unwrap();
    let foreign = attempt(17, "1+1=", &["Let us see."], "2");
    let error = labeller.longest_request(&foreign).unwrap_err().to_string();
    assert!(error.contains("answer 17"), "{error}");
}
