//! Runs that are made up, in folders as `pure train` writes them. Their measures are computed by
//! `pure_core::Signals`, as a true run's are.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use pure_core::signals::Observed;
use pure_core::{CreditConfig, Finish, Paid, Response, Scores, Signals, StepSpan, compare_forms};
use serde_json::{Value, json};

/// What becomes of a run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Learns,
    Collapses,
}

/// Evaluations are at 0, 10, 20 and 30.
pub const EVALUATIONS: [u64; 4] = [0, 10, 20, 30];
const PROMPTS: usize = 20;
const LIMIT: usize = 60;

/// Texts that would act if they stood in a page as they are.
pub const HOSTILE: [&str; 2] = [
    "</script><script>window.hacked = 1</script>",
    "<img src=x onerror=\"window.hacked = 1\">",
];

/// Makes a run `name` under `folder`.
pub fn run(folder: &Path, name: &str, form: &str, seed: u64, fate: Fate) -> PathBuf {
    let folder = folder.join(name);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("config.toml"), config(name, form, seed)).unwrap();
    let credit: CreditConfig = form.parse().unwrap();
    let mut chance = Chance(seed * 7919 + 1);
    let (mut metrics, mut samples) = (String::new(), String::new());
    for step in 0..=30 {
        if step > 0 {
            let answers: Vec<Made> = (0..8).map(|_| answer(&mut chance, fate, step)).collect();
            let mut line = measures(&answers, &credit);
            for (key, value) in [
                ("answers", answers.len() as f64),
                ("entropy", 0.1 + 0.001 * step as f64),
                ("kl", 0.002 * step as f64),
                ("grad_norm", 0.5),
            ] {
                line[key] = json!(value);
            }
            line["time"] =
                json!({"tokens_per_second": 900.0, "rollout": 0.5, "update": 0.25, "step": 0.8});
            put(&mut metrics, step, "train", line);
            for (index, answer) in answers.iter().take(2).enumerate() {
                let mut line = sample(answer, &credit, step, "train", "sampled", index);
                line["advantages"] = json!(
                    (0..answer.tokens)
                        .map(|at| 0.5 - at as f32 / 10.0)
                        .collect::<Vec<_>>()
                );
                writeln!(samples, "{line}").unwrap();
            }
        }
        if EVALUATIONS.contains(&step) {
            let mut line = Value::Null;
            for drawn in ["sampled", "greedy"] {
                let answers: Vec<Made> = (0..PROMPTS)
                    .map(|_| answer(&mut chance, fate, step))
                    .collect();
                for (index, answer) in answers.iter().enumerate() {
                    let line = sample(answer, &credit, step, "valid", drawn, index);
                    writeln!(samples, "{line}").unwrap();
                }
                let measured = measures(&answers, &credit);
                match drawn {
                    "sampled" => line = measured,
                    _ => line["greedy_accuracy"] = measured["accuracy"].clone(),
                }
            }
            line["time"] = json!({"evaluation": 0.5});
            put(&mut metrics, step, "valid", line);
        }
    }
    if fate == Fate::Collapses {
        let notice = json!({"notice": format!("truncated is above 0.9 {}", HOSTILE.concat()), "evidence": {}});
        put(&mut metrics, 12, "monitor", notice);
    }
    fs::write(folder.join("metrics.jsonl"), metrics).unwrap();
    fs::write(folder.join("samples.jsonl"), samples).unwrap();
    folder
}

/// Makes of a run one without `[evaluation]`, as `pure train` writes it: lines of evaluations, none of them before
/// the first step, that tell nothing but a time.
pub fn without_evaluations(run: &Path) {
    let lines = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(run.join(name)).unwrap();
        let lines = text.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect()
    };
    let write = |name: &str, lines: &[Value]| {
        let lines: String = lines.iter().map(|line| format!("{line}\n")).collect();
        fs::write(run.join(name), lines).unwrap();
    };
    let is_valid = |line: &Value| line["split"] == "valid";
    let mut metrics = lines("metrics.jsonl");
    metrics.retain(|line| !(is_valid(line) && line["step"] == 0));
    for line in metrics.iter_mut().filter(|line| is_valid(line)) {
        *line = json!({"step": line["step"], "split": "valid", "time": {"evaluation": 1e-6}});
    }
    write("metrics.jsonl", &metrics);
    let mut samples = lines("samples.jsonl");
    samples.retain(|line| !is_valid(line));
    write("samples.jsonl", &samples);
}

fn config(name: &str, form: &str, seed: u64) -> String {
    let credit: CreditConfig = form.parse().unwrap();
    let Value::Object(credit) = serde_json::to_value(credit).unwrap() else {
        unreachable!("a form is a table");
    };
    let mut text = format!(
        "output = \"runs/{name}\"\nseed = {seed}\n\n[rollouts]\nmax_new_tokens = {LIMIT}\ndump = \"runs/{name}/dump\"\n\n\
         [method]\nbaseline = \"token-leave-one-out\"\n\n[method.credit]\n"
    );
    for (key, value) in credit {
        writeln!(text, "{key} = {value}").unwrap();
    }
    text
}

struct Made {
    text: String,
    tokens: usize,
    steps: Vec<StepSpan>,
    scores: Scores,
    finish: Finish,
}

/// An answer that is the only one of its group.
struct Alone<'a>(usize, &'a Made);

impl Observed for Alone<'_> {
    fn response(&self) -> Response<'_> {
        Response {
            group: self.0,
            length: self.1.tokens,
            steps: &self.1.steps,
            scores: &self.1.scores,
            log_probs: None,
            finish: self.1.finish,
        }
    }

    fn text(&self) -> &str {
        &self.1.text
    }
}

/// A policy that learns gets right more often; one that collapses writes more steps that say nothing.
fn answer(chance: &mut Chance, fate: Fate, step: u64) -> Made {
    let (right, steps) = match fate {
        Fate::Learns => (0.5 + 0.015 * step as f64, 3 + chance.below(3)),
        Fate::Collapses if step < 10 => (0.5, 4 + chance.below(3)),
        Fate::Collapses => (0.05, 16 + chance.below(5)),
    };
    let tokens = (3 * steps).min(LIMIT);
    let steps = tokens / 3;
    let mut parts: Vec<String> = (0..steps)
        .map(|step| format!("step {step} says {}", chance.below(10)))
        .collect();
    for (part, hostile) in parts.iter_mut().zip(HOSTILE) {
        *part = hostile.to_owned();
    }
    let ends: Vec<usize> = (0..steps).map(|step| 3 * step + 2).collect();
    Made {
        text: parts.join("\n\n"),
        tokens,
        steps: StepSpan::from_ends(&ends, tokens).unwrap(),
        scores: Scores {
            process: (0..steps)
                .map(|_| chance.below(2000) as f32 / 1000.0 - 0.9)
                .collect(),
            outcome: Some(f32::from(u8::from(
                (chance.below(1000) as f64) < 1000.0 * right,
            ))),
        },
        finish: if tokens == LIMIT {
            Finish::Length
        } else {
            Finish::End
        },
    }
}

fn paid(answer: &Made, credit: &CreditConfig) -> f32 {
    let response = Alone(0, answer);
    let table = compare_forms(&response.response(), &[*credit]);
    table.unwrap().forms[0].total
}

fn measures(answers: &[Made], credit: &CreditConfig) -> Value {
    let paid = answers.iter().map(|answer| Paid {
        process: paid(answer, credit).into(),
        outcome: 0.0,
    });
    let paid: Vec<Paid> = paid.collect();
    let alone = answers.iter().enumerate();
    let alone: Vec<Alone<'_>> = alone.map(|(group, answer)| Alone(group, answer)).collect();
    let signals = Signals::measure(alone.iter().zip(&paid));
    let mut line = serde_json::to_value(signals).unwrap();
    let tokens: usize = answers.iter().map(|answer| answer.tokens).sum();
    line["tokens_per_answer"] = json!(tokens as f64 / answers.len() as f64);
    line
}

fn sample(
    answer: &Made,
    credit: &CreditConfig,
    step: u64,
    split: &str,
    drawn: &str,
    index: usize,
) -> Value {
    json!({
        "step": step, "split": split, "drawn": drawn, "id": format!("{split}-{index:03}"), "sample": 0,
        "prompt": format!("{index} + {} =", HOSTILE[1]), "text": answer.text, "tokens": answer.tokens,
        "step_ends": answer.steps.iter().map(|step| step.last()).collect::<Vec<_>>(),
        "rewards": answer.scores.process, "outcome": answer.scores.outcome,
        "paid": paid(answer, credit), "finish": answer.finish,
    })
}

fn put(metrics: &mut String, step: u64, split: &str, rest: Value) {
    let mut line = json!({"step": step, "split": split});
    let Value::Object(rest) = rest else {
        unreachable!("measures are a table");
    };
    line.as_object_mut().unwrap().extend(rest);
    writeln!(metrics, "{line}").unwrap();
}

/// Numbers that look random, the same for a seed everywhere.
struct Chance(u64);

impl Chance {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
