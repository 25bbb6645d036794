//! Beam search with policies and reward models that are scripted, worked by hand.

mod golden;
mod policy;

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use pure_core::{Aggregate, Finish};
use pure_data::Prompt;
use pure_eval::Compute;
use pure_prm::{
    BeamSearch, BeamSearchConfig, Error, Sampled, SearchEvent, SearchProblem, Searched, StepRewards,
};
use pure_rollout::{Request, Sampling, StopStrings};

use self::policy::{PROMPT, Scripted, judge, tokenizer};

type Judged = Result<Vec<Option<StepRewards>>, Error>;

const WIDTH_2: BeamSearchConfig = BeamSearchConfig {
    n: 4,
    beam_width: 2,
    aggregate: Aggregate::Min,
};

static ASKED: LazyLock<Prompt> = LazyLock::new(|| Prompt::Text(PROMPT.to_owned()));

/// The problem, whose answers have so many tokens at most.
fn problem(max_new_tokens: usize) -> SearchProblem<'static> {
    let sampling = Sampling {
        max_new_tokens,
        end_tokens: tokenizer().eos_token().into_iter().collect(),
        ..Sampling::default()
    };
    SearchProblem {
        id: "p",
        prompt: &ASKED,
        request: Request {
            prompt: tokenizer().encode(PROMPT, false).unwrap(),
            samples: 0..1,
            stream: 7,
            sampling,
            stop: None,
        },
    }
}

fn search(config: BeamSearchConfig) -> BeamSearch {
    BeamSearch::new(config, tokenizer().clone(), 512).unwrap()
}

/// What is found for one problem.
fn found(
    config: BeamSearchConfig,
    policy: &mut Scripted<'_>,
    judge: &mut dyn FnMut(&[Sampled<'_>]) -> Judged,
    problem: SearchProblem<'_>,
) -> Searched {
    let mut all = Vec::new();
    let done = search(config).run(policy, judge, &[problem], 1, &mut |event| {
        if let SearchEvent::Found { searched, .. } = event {
            all.push(searched);
        }
        ControlFlow::Continue(())
    });
    done.unwrap();
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn texts(found: &Searched) -> Vec<&str> {
    found.answers.iter().map(|it| it.text.as_str()).collect()
}

/// N = 4, M = 2, minima, of which two are kept:
///
/// ```text
/// 1   1: .75   2: -.5   3: .5   1: again                          1 and 3
/// 2   1 4: -.5   1 5: .125   3 6: .5, and again                   3 6 and 1 5
/// 3   1 5 8: .125   1 5 {5}: .0625   3 6 {6}: .375   3 6 {7}: -1  3 6 {6} and 1 5 8
/// 4   1 5 8 {8}: 0, and again                                     3 6 {6} and 1 5 {5}, both finished
/// ```
#[test]
fn a_search_by_hand() {
    let mut policy = Scripted::new(|so_far, sample| {
        let steps: &[&str] = match so_far.replace("\n\n", " ").trim_end() {
            "" => &["1\n\n", "2\n\n", "3\n\n", "1\n\n"],
            "1" => &["4\n\n", "5\n\n"],
            "3" => &["6\n\n"; 2],
            "1 5" => &["8\n\n", "\\boxed{5};"],
            "3 6" => &["\\boxed{6};", "\\boxed{7};"],
            "1 5 8" => &["\\boxed{8};"; 2],
            other => panic!("{other:?} was not kept"),
        };
        steps[sample].to_owned()
    });
    let mut judge = judge(|steps| match steps.join(" ").as_str() {
        "1" => 0.75,
        "2" | "1 4" => -0.5,
        "3" | "3 6" => 0.5,
        "1 5" => 0.125,
        "1 5 8" => 0.875,
        "1 5 \\boxed{5}" => 0.0625,
        "1 5 8 \\boxed{8}" => 0.0,
        "3 6 \\boxed{6}" => 0.375,
        "3 6 \\boxed{7}" => -1.0,
        other => panic!("{other:?} is not judged"),
    });
    let found = found(WIDTH_2, &mut policy, &mut judge, problem(99));
    let expected = [
        "3\n\n6\n\n\\boxed{6}",
        "1\n\n5\n\n\\boxed{5}",
        "1\n\n5\n\n8\n\n\\boxed{8}",
        "3\n\n6\n\n\\boxed{7}",
    ];
    assert_eq!(texts(&found), expected);
    let scores = found.answers.iter().map(|answer| answer.score.unwrap());
    assert_eq!(scores.collect::<Vec<_>>(), [0.6875, 0.53125, 0.5, 0.0]);
    assert_eq!(found.answers[0].rewards, [0.5, 0.5, 0.375]);
    assert_eq!(found.answers[0].finish, Finish::End);
    // Two tokens of each step, four of an answer, its end included; half of one each in the log-probability.
    assert_eq!(found.answers[0].tokens.len(), 8);
    assert_eq!(found.answers[0].log_prob, -4.0);
    assert_eq!(found.rounds, 4);
    // 4 and 4 steps; one step and three answers; two answers. Of 4, 4, 4 and 2 texts one, one, none and one repeat.
    let compute = Compute {
        policy_tokens: 8 + 8 + (2 + 12) + 8,
        prm_tokens: 100 * (3 + 3 + 4 + 1),
    };
    assert_eq!(found.compute, compute);
    let samples = policy.calls.iter().map(|requests| {
        let samples = requests.iter().map(|request| request.samples.len());
        samples.collect::<Vec<_>>()
    });
    assert_eq!(
        samples.collect::<Vec<_>>(),
        [vec![4], vec![2, 2], vec![2, 2], vec![2]]
    );
    // The first round draws as samples of the request would; all others have a stream of their own.
    let streams: Vec<u64> = policy.calls.iter().flatten().map(|it| it.stream).collect();
    assert_eq!(streams[0], 7);
    let mut different = streams.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), streams.len());
}

#[test]
fn an_answer_without_a_separator_is_found_in_one_round() {
    let mut policy = Scripted::new(|_, sample| format!("{sample}+1=2;"));
    let mut judge = judge(|steps| if steps == ["2+1=2"] { 0.5 } else { 0.25 });
    let found = found(WIDTH_2, &mut policy, &mut judge, problem(99));
    // The best of four; of those that tie the first.
    assert_eq!(texts(&found), ["2+1=2", "0+1=2", "1+1=2", "3+1=2"]);
    assert_eq!(found.rounds, 1);
}

#[test]
fn a_blank_line_alone_is_no_step() {
    let mut policy = Scripted::new(|so_far, _| match so_far {
        "" => "\n\n\n\n1\n\n".to_owned(),
        "\n\n\n\n1\n\n" => "\n\n".repeat(3) + ";",
        other => panic!("{other:?}"),
    });
    let mut judge = judge(|_| 0.5);
    let found = found(WIDTH_2, &mut policy, &mut judge, problem(99));
    assert_eq!(texts(&found), ["\n\n\n\n1\n\n\n\n\n\n\n\n"]);
    assert_eq!(found.rounds, 2);
    // All four were the same, so all of the next four continue it.
    assert_eq!(policy.calls[1][0].samples, 0..4);
}

#[test]
fn an_answer_that_writes_nothing_is_finished_and_judged() {
    let mut policy = Scripted::new(|_, _| ";".to_owned());
    let found = found(WIDTH_2, &mut policy, &mut judge(|_| -1.0), problem(99));
    assert_eq!(texts(&found), [""]);
    assert_eq!(
        (found.answers[0].score, found.compute.prm_tokens),
        (Some(0.0), 100)
    );
}

#[test]
fn the_limit_on_tokens_is_that_of_the_whole_answer() {
    let mut policy = Scripted::new(|_, sample| format!("{sample}\n\n").repeat(9));
    let mut judge = judge(|steps| 1.0 - steps[0].parse::<f32>().unwrap() / 4.0);
    for limit in [1, 5, 6] {
        let found = found(WIDTH_2, &mut policy, &mut judge, problem(limit));
        for answer in &found.answers {
            assert_eq!(
                (answer.tokens.len(), answer.finish),
                (limit, Finish::Length)
            );
        }
        assert_eq!(found.rounds, limit.div_ceil(2));
        let best = "0\n\n0\n\n0\n\n";
        assert_eq!(
            found.answers[0].text,
            best[..limit.div_ceil(2) + limit / 2 * 2]
        );
    }
    let limits = |call: &Vec<Request>| call[0].sampling.max_new_tokens;
    let asked: Vec<usize> = policy.calls.iter().map(limits).collect();
    assert_eq!(asked, [1, 5, 3, 1, 6, 4, 2]);
}

#[test]
fn an_answer_ends_at_a_text_that_stops_it_also_where_that_begins_in_the_step_before() {
    let mut policy = Scripted::new(|so_far, _| match so_far {
        "" => "1=2\n\n".to_owned(),
        _ => "3=4\n\n".to_owned(),
    });
    let stop = StopStrings::new(tokenizer().clone(), ["\n\n3=".to_owned()]);
    let mut stopped = problem(99);
    stopped.request.stop = Some(Arc::new(stop));
    let found = found(WIDTH_2, &mut policy, &mut judge(|_| 0.5), stopped);
    assert_eq!(texts(&found), ["1=2"]);
    assert_eq!(found.answers[0].finish, Finish::Stop);
    assert_eq!(found.answers[0].tokens.len(), 6);
    assert_eq!(found.rounds, 2);
}

#[test]
fn what_cannot_be_judged_comes_last_and_is_an_answer_where_there_is_no_other() {
    let mut policy = Scripted::new(|so_far, sample| match (so_far, sample) {
        ("", 0) => "1\n\n".to_owned(),
        ("", _) => format!("{sample};"),
        _ => "9;".to_owned(),
    });
    let mut none = |partial: &[Sampled<'_>]| -> Judged { Ok(vec![None; partial.len()]) };
    let nothing = found(WIDTH_2, &mut policy, &mut none, problem(99));
    assert_eq!(texts(&nothing), ["1", "2", "3"]);
    assert!(
        nothing
            .answers
            .iter()
            .all(|it| it.score.is_none() && it.rewards.is_empty())
    );
    assert_eq!(nothing.compute.prm_tokens, 0);
    let mut long = |partial: &[Sampled<'_>]| -> Judged {
        let judged = partial.iter().map(|sampled| {
            let rewards = vec![-1.0];
            let prm_tokens = 1;
            (sampled.text != "2").then_some(StepRewards {
                rewards,
                prm_tokens,
            })
        });
        Ok(judged.collect())
    };
    let some = found(WIDTH_2, &mut policy, &mut long, problem(99));
    assert_eq!(texts(&some), ["1", "3", "2"]);
}

#[test]
fn problems_are_searched_together_as_each_by_itself() {
    // The streams of problems tell what they are answered.
    let script = |so_far: &str, sample: usize| match so_far.matches("\n\n").count() {
        3 => format!("\\boxed{{{sample}}};"),
        _ => format!("{}\n\n", (so_far.len() * 5 + sample * 3) % 11),
    };
    let reward =
        |steps: &[&str]| (steps.join("").len() * 7 % 5) as f32 / 5.0 - steps.len() as f32 / 9.0;
    let problems: Vec<SearchProblem<'_>> = (0..7).map(|place| problem(6 + 3 * place)).collect();
    let all = |together: usize| {
        let mut found = vec![None; problems.len()];
        let (mut policy, mut judge) = (Scripted::new(script), judge(reward));
        let search = search(WIDTH_2);
        let done = search.run(&mut policy, &mut judge, &problems, together, &mut |event| {
            if let SearchEvent::Found { problem, searched } = event {
                found[problem] = Some(searched);
            }
            ControlFlow::Continue(())
        });
        done.unwrap();
        (found, policy.calls.len())
    };
    let (alone, rounds) = all(1);
    assert!(alone.iter().all(Option::is_some));
    for together in [0, 2, 3, 99] {
        let (found, calls) = all(together);
        assert_eq!(found, alone);
        assert!(calls <= rounds);
    }
}

#[test]
fn a_search_that_is_broken_off_keeps_what_was_reported() {
    let problems = [problem(99), problem(99), problem(99)];
    let mut seen = Vec::new();
    let mut policy = Scripted::new(|_, _| "1;".to_owned());
    let done = search(WIDTH_2).run(
        &mut policy,
        &mut judge(|_| 0.5),
        &problems,
        1,
        &mut |event| {
            if let SearchEvent::Found { problem, .. } = event {
                seen.push(problem);
            }
            match seen.len() {
                2 => ControlFlow::Break(()),
                _ => ControlFlow::Continue(()),
            }
        },
    );
    assert!(done.is_ok());
    assert_eq!(seen, [0, 1]);
    let mut first = |_| ControlFlow::Break(());
    assert!(
        search(WIDTH_2)
            .run(&mut policy, &mut judge(|_| 0.5), &problems, 1, &mut first)
            .is_ok()
    );
}

#[test]
fn what_the_reward_model_fails_with_ends_the_search() {
    let mut broken = |_: &[Sampled<'_>]| -> Judged {
        let (id, reason) = ("p".to_owned(), "its weights are broken".to_owned());
        Err(Error::Sample { id, reason })
    };
    let mut policy = Scripted::new(|_, _| "1;".to_owned());
    let mut go_on = |_| ControlFlow::Continue(());
    let error = search(WIDTH_2).run(&mut policy, &mut broken, &[problem(9)], 1, &mut go_on);
    assert!(
        error
            .unwrap_err()
            .to_string()
            .contains("weights are broken")
    );
}

#[test]
fn a_number_of_answers_that_the_width_does_not_divide_is_refused() {
    for (n, beam_width) in [(4, 3), (0, 1), (4, 0), (2, 4), (0, 0)] {
        let config = BeamSearchConfig {
            n,
            beam_width,
            ..WIDTH_2
        };
        let refused = BeamSearch::new(config, tokenizer().clone(), 512)
            .err()
            .unwrap();
        let told = refused.to_string();
        assert!(
            told.contains(&format!("a beam search of {n} answers")),
            "{told}"
        );
    }
}
