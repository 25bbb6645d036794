//! Which steps the oracle calls good, by hand-written responses.

use pure_task::chain::{Problem, StepKind, judge};

const PROMPT: &str = "7+3*4-8=";
const RIGHT: &str = "7+3=0\n\n0*4=0\n\n0-8=2\n\n\\boxed{2}";

/// One letter a step, the kind's first, upper case if good, then whether finished and correct.
fn judged(response: &str, finished: bool) -> (String, bool, bool) {
    let problem: Problem = PROMPT.parse().unwrap();
    let judgement = judge(&problem, response, finished);
    let letters = judgement.steps.iter().map(|step| {
        let letter = match step.kind {
            StepKind::Solve => 's',
            StepKind::Filler => 'n',
            StepKind::Final => 'b',
            StepKind::Empty => 'e',
            StepKind::Junk => 'j',
            StepKind::Tail => 't',
        };
        if step.good {
            letter.to_ascii_uppercase()
        } else {
            letter
        }
    });
    (letters.collect(), judgement.finished, judgement.correct)
}

fn finished(response: &str) -> (String, bool, bool) {
    judged(response, true)
}

fn expect(letters: &str, finished: bool, correct: bool) -> (String, bool, bool) {
    (letters.to_owned(), finished, correct)
}

#[test]
fn a_right_solution_is_good_throughout_with_any_number_of_fillers() {
    assert_eq!(finished(RIGHT), expect("SSSB", true, true));
    let wordy = "now 7\n\n7+3=0\n\nnow 0\n\nnow 0\n\n0*4=0\n\n0-8=2\n\nnow 2\n\n\\boxed{2}";
    assert_eq!(finished(wordy), expect("NSNNSSNB", true, true));
}

#[test]
fn a_wrong_result_is_one_bad_step_and_what_follows_from_it_is_good() {
    let carried = "7+3=1\n\nnow 1\n\n1*4=4\n\n4-8=6\n\n\\boxed{6}";
    assert_eq!(finished(carried), expect("sNSSB", true, false));
    let not_carried = "7+3=1\n\n0*4=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(not_carried), expect("ssSB", true, true));
}

#[test]
fn skipped_repeated_and_extra_work_is_bad() {
    let skipped = "7+3=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(skipped), expect("SsB", true, true));
    let repeated = "7+3=0\n\n7+3=0\n\n0*4=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(repeated), expect("SsSSB", true, true));
    let extra = "7+3=0\n\n0*4=0\n\n0-8=2\n\n2+1=3\n\n\\boxed{2}";
    assert_eq!(finished(extra), expect("SSSsB", true, true));
}

#[test]
fn wrong_copies_are_bad() {
    let left = "7+3=0\n\n5*4=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(left), expect("SsSB", true, true));
    let operator = "7+3=0\n\n0+4=4\n\n0*4=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(operator), expect("SsSSB", true, true));
    let replaced = "7+3=0\n\n0+4=4\n\nnow 4\n\n4-8=6\n\n\\boxed{6}";
    assert_eq!(finished(replaced), expect("SsNSB", true, false));
    let filler = "7+3=0\n\nnow 7\n\n0*4=0\n\n0-8=2\n\n\\boxed{2}";
    assert_eq!(finished(filler), expect("SnSSB", true, true));
}

#[test]
fn a_box_is_good_only_at_the_end_of_all_work() {
    assert_eq!(finished("\\boxed{2}"), expect("b", true, true));
    assert_eq!(finished("7+3=0\n\n\\boxed{0}"), expect("Sb", true, false));
    let twice = format!("\\boxed{{2}}\n\n{RIGHT}");
    assert_eq!(finished(&twice), expect("bSSSB", true, true));
    let closed = format!("{RIGHT}\n\n");
    assert_eq!(finished(&closed), expect("SSSbe", false, false));
    let other = "7+3=0\n\n0*4=0\n\n0-8=2\n\n\\boxed{3}";
    assert_eq!(finished(other), expect("SSSb", true, false));
}

#[test]
fn empty_steps_and_answers_are_bad() {
    assert_eq!(finished(""), expect("e", false, false));
    assert_eq!(judged("", false), expect("", false, false));
    assert_eq!(judged("\n\n\n\n", false), expect("ee", false, false));
    assert_eq!(finished("7+3=0\n\n"), expect("Se", false, false));
}

#[test]
fn what_was_cut_off_or_never_closed_is_bad() {
    assert_eq!(judged(RIGHT, false), expect("SSSt", false, false));
    assert_eq!(judged("7+3=0\n\n0*4", false), expect("St", false, false));
    assert_eq!(judged("7+3=0\n\n", false), expect("S", false, false));
    assert_eq!(finished("7+3=0"), expect("s", false, false));
    assert_eq!(finished("now 7"), expect("n", false, false));
    assert_eq!(finished("thank you"), expect("j", false, false));
}

#[test]
fn one_giant_step_is_junk() {
    let giant = RIGHT.replace("\n\n", "\n");
    assert_eq!(finished(&giant), expect("j", false, false));
}

#[test]
fn brackets_are_judged_by_the_results_that_were_stated() {
    let problem: Problem = "2+(3*4)-(1-5)=".parse().unwrap();
    let good = |response: &str| -> Vec<bool> {
        let steps = judge(&problem, response, true).steps;
        steps.iter().map(|step| step.good).collect()
    };
    let right = "3*4=2\n\n2+2=4\n\n1-5=6\n\n4-6=8\n\n\\boxed{8}";
    assert_eq!(good(right), [true; 5]);
    let slip = "3*4=3\n\n2+3=5\n\n1-5=6\n\n5-6=9\n\n\\boxed{9}";
    assert_eq!(good(slip), [false, true, true, true, true]);
    let wrong_order = "2+3=5\n\n3*4=2\n\n2+2=4\n\n1-5=6\n\n4-6=8\n\n\\boxed{8}";
    assert_eq!(good(wrong_order), [false, true, true, true, true, true]);
}

#[test]
fn every_byte_belongs_to_one_step() {
    let problem: Problem = PROMPT.parse().unwrap();
    for response in [RIGHT, "\n\n\n", "é\n\nü", "a\n\n\n\nb"] {
        let steps = judge(&problem, response, true).steps;
        let joined: String = steps.iter().map(|s| &response[s.range.clone()]).collect();
        assert_eq!(joined, response);
    }
}
