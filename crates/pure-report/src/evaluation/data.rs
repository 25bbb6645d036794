//! What the page's scripts are given: curves in the form of all pages, problems, samples.

use std::collections::HashMap;

use pure_core::Aggregate;
use pure_data::{Prompt, cut_steps};
use pure_eval::{Curve, Estimate, Problem, Protocol, Results, Sample, WrongKind};
use pure_verify::Reason;
use serde::Serialize;

use super::EvaluatedBenchmark;
use crate::sample_browser::{Group, Question, Samples, Shown, Wrong};

/// What the page's scripts are given.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Data<'a> {
    /// The protocols.
    arms: Vec<Arm>,
    /// Of which those are not shown at first.
    hidden: Vec<usize>,
    x_name: &'static str,
    doublings: bool,
    steps: Vec<Vec<usize>>,
    pub charts: Vec<Chart>,
    #[serde(flatten)]
    samples: Samples<'a>,
}

/// More samples are not shown; those that are wrong go first.
const MOST: usize = 40_000;

#[derive(Serialize)]
struct Arm {
    name: String,
    runs: usize,
    collapse: [u64; 0],
    notices: [u64; 0],
}

#[derive(Serialize)]
pub(super) struct Chart {
    pub title: String,
    unit: &'static str,
    curves: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    arm: usize,
    split: &'static str,
    steps: usize,
    median: Vec<f64>,
    lowest: Vec<f64>,
    highest: Vec<f64>,
}

/// Those that are shown at first, where there are rewards: of the others there is one an aggregate.
const FIRST: [Protocol; 4] = [
    Protocol::Pass,
    Protocol::Majority,
    Protocol::BestOf(Aggregate::Min),
    Protocol::WeightedMajority(Aggregate::Min),
];

impl<'a> Data<'a> {
    pub fn of(results: &Results, benchmarks: &[EvaluatedBenchmark<'a>]) -> Self {
        let mut protocols: Vec<Protocol> = Vec::new();
        for curve in results.benchmarks.iter().flat_map(|of| &of.curves) {
            if !protocols.contains(&curve.protocol) {
                protocols.push(curve.protocol);
            }
        }
        let mut steps = Vec::new();
        let measured = results.benchmarks.iter().filter(|of| !of.curves.is_empty());
        let charts = measured.map(|of| Chart {
            title: of.name.clone(),
            unit: "%",
            curves: lines(&of.curves, &protocols, &mut steps),
        });
        let charts = charts.collect();
        let (mut reasons, mut samples) = (Vec::new(), Vec::new());
        for (place, of) in benchmarks.iter().enumerate() {
            samples.extend(shown(place, of, &mut reasons));
        }
        let all = samples.len();
        if all > MOST {
            samples.retain(|sample| sample.wrong.is_some());
            samples.truncate(MOST);
        }
        let rest = protocols.iter().enumerate();
        let rest = rest.filter(|(_, protocol)| !FIRST.contains(protocol));
        Self {
            hidden: rest.map(|(place, _)| place).collect(),
            arms: protocols.iter().map(arm).collect(),
            x_name: "k",
            doublings: true,
            steps,
            charts,
            samples: Samples {
                group_name: "Benchmark",
                groups: benchmarks.iter().map(asked).collect(),
                left_out: all - samples.len(),
                reasons,
                samples,
            },
        }
    }
}

fn arm(protocol: &Protocol) -> Arm {
    Arm {
        name: protocol.to_string(),
        runs: 1,
        collapse: [],
        notices: [],
    }
}

fn lines(curves: &[Curve], protocols: &[Protocol], steps: &mut Vec<Vec<usize>>) -> Vec<Line> {
    let line = |curve: &Curve| {
        let of = |value: fn(&Estimate) -> f64| {
            let points = curve.points.iter();
            points.map(|point| value(&point.estimate)).collect()
        };
        steps.push(curve.points.iter().map(|point| point.k).collect());
        let mut places = protocols.iter();
        Line {
            arm: places.position(|it| *it == curve.protocol).unwrap_or(0),
            split: "valid",
            steps: steps.len() - 1,
            median: of(|it| it.value),
            lowest: of(|it| it.low),
            highest: of(|it| it.high),
        }
    };
    curves.iter().map(line).collect()
}

fn asked<'a>(of: &EvaluatedBenchmark<'a>) -> Group<'a> {
    let question = |problem: &'a Problem| Question {
        id: &problem.id,
        prompt: match &problem.prompt {
            Prompt::Text(text) => text.clone(),
            Prompt::Messages(turns) => {
                let turns = turns.iter();
                let turns = turns.map(|turn| format!("{}: {}", turn.role, turn.content));
                turns.collect::<Vec<_>>().join("\n\n")
            }
        },
        answer: Some(&problem.answer),
        level: problem.level.as_deref(),
        subject: problem.subject.as_deref(),
    };
    Group {
        name: of.benchmark.name.clone(),
        problems: of.benchmark.problems.iter().map(question).collect(),
    }
}

/// The samples of the benchmark at this place, in the order of its problems.
fn shown<'a>(
    place: usize,
    of: &EvaluatedBenchmark<'a>,
    reasons: &mut Vec<String>,
) -> Vec<Shown<'a>> {
    let samples = of.samples.iter();
    let samples: HashMap<(&str, usize), &Sample> = samples
        .map(|sample| ((sample.id.as_str(), sample.sample), sample))
        .collect();
    let mut all = Vec::new();
    for (problem, judged) in of.judged.iter().enumerate() {
        for it in &judged.samples {
            let Some(&sample) = samples.get(&(judged.id.as_str(), it.sample)) else {
                continue;
            };
            let text = &sample.generation.text;
            let rewards = sample.rewards.as_deref();
            let steps = cut_steps(text);
            all.push(Shown {
                at: (place, problem, it.sample),
                steps: match rewards {
                    Some(rewards) if rewards.len() == steps.len() => steps,
                    _ => vec![text.clone()],
                },
                rewards: rewards.map(<[f32]>::to_vec),
                extracted: Some(sample.verdict.extracted.as_deref()),
                wrong: it.wrong.map(wrong),
                reason: Some(number(reasons, reason(sample.verdict.reason))),
                tokens: it.num_tokens,
                cut: it.is_truncated,
            });
        }
    }
    all
}

fn wrong(of: WrongKind) -> Wrong {
    match of {
        WrongKind::Wrong => Wrong::AnotherAnswer,
        WrongKind::CutOff => Wrong::CutOff,
        WrongKind::NoAnswer => Wrong::NoAnswer,
        WrongKind::Unparsable => Wrong::Unparsable,
        WrongKind::Undecided => Wrong::Undecided,
    }
}

/// A reason as samples are sorted by it.
fn reason(of: Reason) -> String {
    match of {
        Reason::DifferentLength { .. } => "the numbers of values differ".to_owned(),
        of => of.to_string(),
    }
}

/// The place of a text among others, of which it may become the last.
fn number(all: &mut Vec<String>, text: String) -> usize {
    all.iter().position(|it| *it == text).unwrap_or_else(|| {
        all.push(text);
        all.len() - 1
    })
}
