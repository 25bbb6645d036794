//! What came of a run, in six lines from its `metrics.jsonl`.
//!
//! ```text
//! before   accuracy 52.0 %, process reward 0.102, tokens per answer 34.2
//! best     accuracy 86.5 %, after iteration 38: runs/rl@38
//! last     accuracy 85.9 %, process reward 0.204, tokens per answer 34.9, after iteration 40
//! noticed  nothing
//! result   runs/rl/model
//! next     pure report runs/rl
//! ```

use std::path::{Path, PathBuf};

use pure::core::metrics::{ACCURACY, Better, LOSS, Metric};
use pure::run::checkpoint_steps;

use super::history::{self, Entry, What};
use super::rows::{Trainee, number};

/// An evaluation on held-out data.
struct Evaluation {
    /// Where its checkpoint would be.
    folder: PathBuf,
    place: String,
    step: usize,
    numbers: Vec<(String, f64)>,
}

/// What was measured in a run, and noticed; `next` is the command that most would give now, if the run is done.
pub fn lines(run: &Path, trainee: Trainee, next: Option<&str>) -> Vec<String> {
    let (mut evaluations, mut notices) = (Vec::new(), Vec::new());
    let parts = history::parts(run);
    for (number, folder) in parts.iter().enumerate() {
        let of_stage = match parts.len() {
            1 => String::new(),
            _ => format!(" of stage {}", number + 1),
        };
        for Entry { step, what } in history::read(folder) {
            let place = format!("after {} {step}{of_stage}", trainee.step());
            match what {
                What::Notice(text) => notices.push(format!("{place}: {text}")),
                What::Measured {
                    is_held_out: true,
                    numbers,
                    ..
                } if !numbers.is_empty() => evaluations.push(Evaluation {
                    folder: folder.clone(),
                    place,
                    step,
                    numbers,
                }),
                What::Measured { .. } => (),
            }
        }
    }
    let mut lines = Vec::new();
    let mut say = |name: &str, text: &str| lines.push(format!("{name:<9}{text}"));
    if let [first, .., last] = &evaluations[..] {
        match first.step {
            0 => say("before", &first.told(trainee)),
            _ => say(
                "first",
                &format!("{}, {}", first.told(trainee), first.place),
            ),
        }
        if let Some(best) = best(&evaluations, trainee) {
            say("best", &best);
        }
        say("last", &format!("{}, {}", last.told(trainee), last.place));
    }
    match &notices[..] {
        [] => say("noticed", "nothing"),
        notices => notices.iter().for_each(|notice| say("noticed", notice)),
    }
    if let Some(next) = next {
        say("result", &run.join("model").display().to_string());
        say("next", next);
    }
    lines
}

impl Evaluation {
    fn get(&self, metric: Metric) -> Option<f64> {
        let found = self.numbers.iter().find(|(name, _)| name == metric.name);
        found.map(|(_, value)| *value)
    }

    /// Its first numbers, in the order of the rows.
    fn told(&self, trainee: Trainee) -> String {
        const MOST: usize = 4;
        let mut metrics: Vec<Metric> = Vec::new();
        for metric in trainee.rows().iter().flat_map(|(_, metrics)| *metrics) {
            if !metrics.contains(metric) {
                metrics.push(*metric);
            }
        }
        let told = metrics.into_iter().filter_map(|metric| {
            let value = self.get(metric)?;
            Some(format!("{} {}", name(metric), number(metric, value)))
        });
        told.take(MOST).collect::<Vec<_>>().join(", ")
    }
}

/// The best of them, and how its checkpoint is named where that is kept.
fn best(evaluations: &[Evaluation], trainee: Trainee) -> Option<String> {
    let metric = match trainee {
        Trainee::Policy => ACCURACY,
        Trainee::Model | Trainee::RewardModel => LOSS,
    };
    let measured = evaluations
        .iter()
        .filter_map(|of| Some((of, of.get(metric)?)));
    let (best, value) = measured.reduce(|best, of| {
        let is_better = match metric.better {
            Better::Higher => of.1 > best.1,
            Better::Lower | Better::Neither => of.1 < best.1,
        };
        if is_better { of } else { best }
    })?;
    let kept = checkpoint_steps(&best.folder).contains(&best.step);
    let kept = match kept {
        true => format!(": {}@{}", best.folder.display(), best.step),
        false => String::new(),
    };
    let (name, value) = (name(metric), number(metric, value));
    Some(format!("{name} {value}, {}{kept}", best.place))
}

/// A metric's title in a sentence.
fn name(metric: Metric) -> String {
    let is_shout = |word: &str| word.chars().skip(1).any(char::is_uppercase);
    let words = metric.title.split(' ');
    let words = words.map(|word| match is_shout(word) || word.len() < 3 {
        true => word.to_owned(),
        false => word.to_lowercase(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    fn run(lines: &str) -> TempDir {
        let run = TempDir::new().unwrap();
        fs::write(run.path().join("metrics.jsonl"), lines).unwrap();
        run
    }

    #[test]
    fn a_run_is_told_in_six_lines() {
        let run = run(concat!(
            r#"{"step":0,"split":"valid","accuracy":0.5,"process":-0.1,"time":{}}"#,
            "\n",
            r#"{"step":1,"split":"train","accuracy":0.99,"time":{"step":1.0}}"#,
            "\n",
            r#"{"step":4,"split":"valid","accuracy":0.75,"process":0.2,"time":{}}"#,
            "\n",
            r#"{"step":6,"split":"monitor","notice":"something is off","evidence":{}}"#,
            "\n",
            r#"{"step":8,"split":"valid","accuracy":0.625,"process":0.25,"time":{}}"#,
            "\n",
        ));
        let told = lines(run.path(), Trainee::Policy, Some("pure report it"));
        let model = run.path().join("model").display().to_string();
        let expected = [
            "before   accuracy 50.0 %, process reward -0.100",
            "best     accuracy 75.0 %, after iteration 4",
            "last     accuracy 62.5 %, process reward 0.250, after iteration 8",
            "noticed  after iteration 6: something is off",
            &format!("result   {model}"),
            "next     pure report it",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn stages_of_a_reward_model_follow_one_another_and_the_lowest_loss_is_the_best() {
        let run = TempDir::new().unwrap();
        for (stage, losses) in [[0.9, 0.7], [0.6, 0.65]].iter().enumerate() {
            let folder = run.path().join(format!("stage-{}", stage + 1));
            fs::create_dir(&folder).unwrap();
            let line = |(at, loss): (usize, &f64)| {
                format!(
                    "{{\"step\":{},\"split\":\"valid\",\"loss\":{loss}}}\n",
                    3 * at + 3
                )
            };
            let text: String = losses.iter().enumerate().map(line).collect();
            fs::write(folder.join("metrics.jsonl"), text).unwrap();
        }
        let told = lines(run.path(), Trainee::RewardModel, None);
        let expected = [
            "first    loss 0.900, after step 3 of stage 1",
            "best     loss 0.600, after step 3 of stage 2",
            "last     loss 0.650, after step 6 of stage 2",
            "noticed  nothing",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_run_that_measured_nothing_says_where_its_result_is() {
        let told = lines(run("").path(), Trainee::Model, Some("pure chat"));
        assert_eq!(told[0], "noticed  nothing");
        assert_eq!(told.len(), 3);
    }
}
