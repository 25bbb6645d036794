//! The report of runs that are made up: its numbers, its texts, its errors.

mod made;

use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use made::{Fate, HOSTILE};
use pure_report::{AnswersFrom, ArmSummary, Error, MedianRange, Report};
use serde_json::Value;
use tempfile::{TempDir, tempdir};

/// What an evaluation says, computed from its answers alone.
struct Recomputed {
    accuracy: Option<f64>,
    finished: f64,
    steps: f64,
    tokens: f64,
    process: f64,
}

fn recompute(run: &Path, step: u64, drawn: &str) -> Option<Recomputed> {
    let text = fs::read_to_string(run.join("samples.jsonl")).unwrap();
    let answers: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|it| it["split"] == "valid" && it["step"] == step && it["drawn"] == drawn)
        .collect();
    if answers.is_empty() {
        return None;
    }
    let mean =
        |of: &dyn Fn(&Value) -> f64| answers.iter().map(of).sum::<f64>() / answers.len() as f64;
    let right = answers.iter().filter(|it| it["outcome"] == 1.0).count() as f64;
    let wrong = answers.iter().filter(|it| it["outcome"] == 0.0).count() as f64;
    Some(Recomputed {
        accuracy: (right + wrong > 0.0).then(|| right / (right + wrong)),
        finished: mean(&|it| f64::from(u8::from(it["finish"] != "length"))),
        steps: mean(&|it| it["step_ends"].as_array().unwrap().len() as f64),
        tokens: mean(&|it| it["tokens"].as_f64().unwrap()),
        process: mean(&|it| it["paid"].as_f64().unwrap()),
    })
}

fn steps(run: &Path) -> Vec<u64> {
    let text = fs::read_to_string(run.join("samples.jsonl")).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut steps: Vec<u64> = lines
        .filter(|line| line["split"] == "valid")
        .map(|line| line["step"].as_u64().unwrap())
        .collect();
    steps.dedup();
    steps
}

#[track_caller]
fn assert_same(what: &str, said: Option<MedianRange>, truth: Option<f64>) {
    match (said, truth) {
        (None, None) => {}
        (Some(said), Some(truth)) => {
            let far = (said.median - truth).abs() / truth.abs().max(1.0);
            assert!(far < 1e-6, "{what}: {said:?}, but {truth}");
        }
        other => panic!("{what}: {other:?}"),
    }
}

/// Every number of a run's row against its answers.
fn check_row(run: &Path, row: &ArmSummary) {
    let all = steps(run);
    let at = |step: u64, drawn: &str| recompute(run, step, drawn).and_then(|it| it.accuracy);
    for (drawn, said) in [("sampled", row.accuracy), ("greedy", row.greedy_accuracy)] {
        let best = all
            .iter()
            .filter_map(|&step| at(step, drawn))
            .reduce(f64::max);
        assert_same("before", said.before, at(all[0], drawn));
        assert_same("best", said.best, best);
        assert_same("last", said.last, at(all[all.len() - 1], drawn));
    }
    let last = recompute(run, all[all.len() - 1], "sampled").unwrap();
    assert_same("finished", row.finished, Some(last.finished));
    assert_same("steps", row.steps, Some(last.steps));
    assert_same("tokens", row.tokens, Some(last.tokens));
    // An arm without step rewards has no process reward.
    assert_same("process", row.process, row.process.map(|_| last.process));
    assert_eq!(row.last_step, all[all.len() - 1]);
    // The definition, word by word.
    let accuracy: Vec<f64> = all.iter().filter_map(|&step| at(step, "sampled")).collect();
    let below = |s: usize| accuracy[s] < accuracy[..=s].iter().copied().fold(0.0, f64::max) / 2.0;
    let fallen = (0..accuracy.len()).find(|&t| (t..accuracy.len()).all(below));
    assert_eq!(row.collapse, [fallen.map(|t| all[t])]);
}

fn made(folder: &TempDir) -> Vec<PathBuf> {
    vec![
        made::run(folder.path(), "sum", "sum", 0, Fate::Collapses),
        made::run(folder.path(), "min", "min", 0, Fate::Learns),
    ]
}

#[test]
fn the_table_is_what_the_answers_say() {
    let folder = tempdir().unwrap();
    let runs = made(&folder);
    let report = Report::read(&runs).unwrap();
    for (run, row) in runs.iter().zip(report.summaries()) {
        check_row(run, row);
    }
    assert_eq!(report.summaries()[0].collapse, [Some(10)]);
    assert_eq!(report.summaries()[1].collapse, [None]);
    let table = report.table().to_string();
    assert!(
        table
            .lines()
            .all(|line| line.chars().count() == table.lines().next().unwrap().chars().count())
    );
}

/// `PURE_REPORT_RUNS=runs/sum:runs/min cargo test -p pure-report -- --ignored true_runs`
#[test]
#[ignore = "needs folders of true runs, each an arm"]
fn the_table_of_true_runs_is_what_their_answers_say() {
    let runs = std::env::var_os("PURE_REPORT_RUNS").expect("folders in PURE_REPORT_RUNS");
    let runs: Vec<PathBuf> = std::env::split_paths(&runs).collect();
    let report = Report::read(&runs).unwrap();
    assert_eq!(report.summaries().len(), runs.len());
    for (run, row) in runs.iter().zip(report.summaries()) {
        check_row(run, row);
    }
}

#[test]
fn seeds_make_one_arm() {
    let folder = tempdir().unwrap();
    let runs: Vec<PathBuf> = (0..3)
        .map(|seed| {
            made::run(
                folder.path(),
                &format!("sum-seed{seed}"),
                "sum",
                seed,
                Fate::Collapses,
            )
        })
        .chain([made::run(folder.path(), "min", "min", 0, Fate::Learns)])
        .collect();
    let report = Report::read(&runs).unwrap();
    let [sum, min] = report.summaries() else {
        panic!("{:?}", report.summaries());
    };
    assert_eq!((sum.arm.as_str(), sum.runs), ("sum", 3));
    assert_eq!((min.arm.as_str(), min.runs), ("min", 1));
    let mut last: Vec<f64> = runs[..3]
        .iter()
        .map(|run| recompute(run, 30, "sampled").unwrap().process)
        .collect();
    last.sort_by(f64::total_cmp);
    let said = sum.process.unwrap();
    for (said, truth) in [
        (said.lowest, last[0]),
        (said.median, last[1]),
        (said.highest, last[2]),
    ] {
        assert!((said - truth).abs() < 1e-6);
    }
    let table = report.table().to_string();
    let [head, sum, of_seeds, _min] = table.lines().collect::<Vec<_>>()[..] else {
        panic!("{table}");
    };
    // What is known of all seeds stands under the same name as what is known of each.
    let end = head.find("collapse").unwrap() + "collapse".len();
    assert!(
        sum.starts_with("sum ") && sum[..end].ends_with("3 of 3"),
        "{table}"
    );
    assert!(of_seeds.starts_with("3 seeds "), "{table}");
    assert!(of_seeds.contains("at 10, 10, 10"), "{table}");
}

#[test]
fn an_arm_without_a_reward_model_has_no_credit() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "vr", "min", 0, Fate::Learns);
    let path = run.join("metrics.jsonl");
    // So `pure train` writes where only the outcome is paid.
    let text = fs::read_to_string(&path)
        .unwrap()
        .replace("\"process", "\"other");
    fs::write(&path, text).unwrap();
    let report = Report::read(&[run]).unwrap();
    assert_eq!(report.summaries()[0].process, None);
    let page = report.to_html();
    assert!(page.contains("Its steps have no rewards."));
    assert!(!page.contains("<th scope=col>reward"));
}

#[test]
fn texts_of_a_model_stay_texts() {
    let folder = tempdir().unwrap();
    let page = Report::read(&made(&folder)).unwrap().to_html();
    // Its own two: the numbers, the script.
    assert_eq!(page.matches("</script").count(), 2);
    assert_eq!(page.matches("<script").count(), 2);
    assert!(!page.contains("<img"));
    assert!(page.contains("&lt;img src=x onerror=&quot;window.hacked = 1&quot;&gt;"));
    assert!(HOSTILE.iter().all(|text| !page.contains(text)));
}

#[test]
fn nothing_is_loaded() {
    let folder = tempdir().unwrap();
    let page = Report::read(&made(&folder)).unwrap().to_html();
    let page = page.replace("http://www.w3.org/2000/svg", "");
    for loader in [
        "http:", "https:", "url(", "@import", " src=", "<link", "fetch(", "import(",
    ] {
        assert!(!page.replace("src=x", "").contains(loader), "{loader}");
    }
}

/// What the page's script is given.
fn data(page: &str) -> Value {
    let start = page.find("id=data>").unwrap() + "id=data>".len();
    let end = start + page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..end]).unwrap()
}

#[test]
fn the_numbers_of_the_page_are_json() {
    let folder = tempdir().unwrap();
    let page = Report::read(&made(&folder)).unwrap().to_html();
    let data = data(&page);
    assert_eq!(data["arms"][0]["collapse"], serde_json::json!([10]));
    assert_eq!(data["arms"][0]["notices"][0][0], 12);
    let titles: Vec<&str> = data["charts"]
        .as_array()
        .unwrap()
        .iter()
        .map(|chart| chart["title"].as_str().unwrap())
        .collect();
    assert_eq!(
        titles[..3],
        ["Accuracy", "Greedy accuracy", "Process reward under min"]
    );
}

#[test]
fn a_run_that_is_still_going_works() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Collapses);
    for name in ["metrics.jsonl", "samples.jsonl"] {
        let path = run.join(name);
        let text = fs::read_to_string(&path).unwrap();
        // Cut in the middle of a line, after the first evaluation.
        let lines: Vec<&str> = text.split_inclusive('\n').take(43).collect();
        let text = lines.concat();
        let kept = if name == "metrics.jsonl" {
            text.find('\n').unwrap() + 30
        } else {
            text.len() - 20
        };
        fs::write(path, &text[..kept]).unwrap();
    }
    let report = Report::read(std::slice::from_ref(&run)).unwrap();
    assert_eq!(report.summaries()[0].last_step, 0);
    assert!(report.to_html().contains("before, step 0"));
    fs::remove_file(run.join("samples.jsonl")).unwrap();
    let page = Report::read(&[run]).unwrap().to_html();
    assert!(page.contains("No answers were kept."));
}

fn changed(name: &str, change: impl Fn(String) -> String) -> (TempDir, Error) {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Collapses);
    let path = run.join(name);
    fs::write(&path, change(fs::read_to_string(&path).unwrap())).unwrap();
    let Err(error) = Report::read(&[run]) else {
        panic!("{name} was read");
    };
    (folder, error)
}

#[test]
fn an_arm_is_called_as_its_folders_are_or_as_they_begin() {
    let folder = tempdir().unwrap();
    let called = |names: [&str; 4]| {
        let forms = ["sum", "sum", "mean", "mean"];
        let run = |(index, name): (usize, &str)| {
            let seed = index as u64 % 2;
            made::run(folder.path(), name, forms[index], seed, Fate::Learns)
        };
        let runs: Vec<PathBuf> = names.into_iter().enumerate().map(run).collect();
        let report = Report::read(&runs).unwrap();
        let names = report.summaries().iter().map(|row| row.arm.clone());
        names.collect::<Vec<_>>()
    };
    let folders = ["seed-0/sum01", "seed-1/sum01", "seed-0/sum", "seed-1/sum"];
    assert_eq!(called(folders), ["sum01", "sum"]);
    assert_eq!(
        called(["sum-10", "sum-11", "mean-10", "mean-11"]),
        ["sum", "mean"]
    );
    assert_eq!(called(["a/0", "a/1", "b/0", "b/1"]), ["a", "b"]);
}

#[test]
fn what_is_no_run_is_named() {
    let folder = tempdir().unwrap();
    let error = Report::read(&[folder.path().to_owned()]).unwrap_err();
    assert!(
        matches!(
            error,
            Error::NotARun {
                missing: "config.toml",
                ..
            }
        ),
        "{error}"
    );
    assert!(matches!(Report::read(&[]), Err(Error::NoRuns)));
    let run = made::run(folder.path(), "min", "min", 0, Fate::Learns);
    let twice = Report::read(&[run.clone(), run.join("../min")]);
    assert!(matches!(twice, Err(Error::Twice { .. })));
    let (_folder, error) = changed("config.toml", |text| text.replace("[method", "[other"));
    assert!(matches!(error, Error::OtherRun { .. }), "{error}");
    let (_folder, error) = changed("config.toml", |text| text + "x");
    assert!(matches!(error, Error::Config { .. }), "{error}");
}

#[test]
fn a_broken_line_is_named_with_its_number() {
    let break_third = |text: String| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines[2] = "{\"step\": 1, \"split\"";
        lines.join("\n") + "\n"
    };
    for name in ["metrics.jsonl", "samples.jsonl"] {
        let (_folder, error) = changed(name, break_third);
        assert!(matches!(error, Error::Line { line: 3, .. }), "{error}");
        assert!(
            error.to_string().contains(&format!("{name}, line 3: ")),
            "{error}"
        );
    }
    let (_folder, error) = changed("metrics.jsonl", |text| {
        text.replacen("\"train\"", "\"test\"", 1)
    });
    assert!(
        error.to_string().contains("line 2: \"split\" is \"test\""),
        "{error}"
    );
}

#[test]
fn answers_that_contradict_themselves_are_named() {
    let (_folder, error) = changed("samples.jsonl", |text| {
        text.replace("\"step_ends\":[2,", "\"step_ends\":[900,")
    });
    assert!(matches!(error, Error::Answer { .. }), "{error}");
}

#[test]
fn a_run_of_which_nothing_was_measured_is_no_report() {
    let (_folder, error) = changed("metrics.jsonl", |_| String::new());
    assert!(matches!(error, Error::NothingMeasured { .. }), "{error}");
}

/// The mean of a metric over iterations of a run that have equally many answers.
fn trained(run: &Path, metric: &str, iterations: RangeInclusive<u64>) -> f64 {
    let text = fs::read_to_string(run.join("metrics.jsonl")).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines = lines.filter(|line| {
        line["split"] == "train" && iterations.contains(&line["step"].as_u64().unwrap())
    });
    let values: Vec<f64> = lines.map(|line| line[metric].as_f64().unwrap()).collect();
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn without_evaluations_the_numbers_are_those_of_training() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Collapses);
    made::without_evaluations(&run);
    let report = Report::read(std::slice::from_ref(&run)).unwrap();
    let row = &report.summaries()[0];
    assert_eq!(row.answers_from, AnswersFrom::Training);
    // Eight answers an iteration, so thirteen iterations hold a hundred.
    let [first, last] = [1..=13, 14..=30];
    let mean =
        |metric, iterations: &RangeInclusive<u64>| Some(trained(&run, metric, iterations.clone()));
    assert_same("before", row.accuracy.before, mean("accuracy", &first));
    assert_same("best", row.accuracy.best, mean("accuracy", &first));
    assert_same("last", row.accuracy.last, mean("accuracy", &last));
    assert_same("steps", row.steps, mean("steps_per_answer", &last));
    assert_same("process", row.process, mean("process", &last));
    assert_same("greedy", row.greedy_accuracy.last, None);
    assert_eq!((row.last_step, &row.collapse[..]), (30, &[Some(30)][..]));
    let table = report.table().to_string();
    assert!(
        table.contains("in training: there was no evaluation"),
        "{table}"
    );
    let json = serde_json::to_value(row).unwrap();
    assert_eq!(json["answers_from"], "training");
}

#[test]
fn without_evaluations_the_page_says_so_and_shows_what_training_sampled() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Collapses);
    made::without_evaluations(&run);
    let page = Report::read(&[run]).unwrap().to_html();
    for says in [
        "1 run of 1 arm, measured on answers that training sampled: there was no evaluation on held-out",
        "There was no evaluation on held-out prompts: lines are what training itself saw",
        "<b>iteration 1</b>",
        "<b>iteration 30</b>",
    ] {
        assert!(page.contains(says), "{says}");
    }
    for untrue in [
        "measured on held-out prompts",
        "No answers were kept.</p>",
        "before, step",
    ] {
        assert!(!page.contains(untrue), "{untrue}");
    }
    let data = data(&page);
    assert_eq!(data["points"][0][0].as_array().unwrap().len(), 2);
    let lengths = data["lengths"]["arms"][0].as_array().unwrap();
    // Two answers of each iteration were kept.
    assert_eq!(lengths.len(), 1);
    assert_eq!(lengths[0]["answers"], 60);
}

#[test]
fn arms_with_and_without_evaluations_are_told_apart() {
    let folder = tempdir().unwrap();
    let runs = made(&folder);
    made::without_evaluations(&runs[1]);
    let report = Report::read(&runs).unwrap();
    let from: Vec<AnswersFrom> = report
        .summaries()
        .iter()
        .map(|row| row.answers_from)
        .collect();
    assert_eq!(from, [AnswersFrom::Evaluations, AnswersFrom::Training]);
    let page = report.to_html();
    assert!(page.contains("so measured on answers that training sampled: min."));
    assert!(page.contains("before, step 0") && page.contains("<b>iteration 1</b>"));
}

#[test]
fn an_answer_that_is_longer_than_any_is_named_and_takes_no_memory() {
    for tokens in [
        "4611686018427387904",
        "400000000000",
        "18446744073709551615",
    ] {
        let (_folder, error) = changed("samples.jsonl", |text| {
            text.replacen("\"tokens\":", &format!("\"tokens\":{tokens},\"had\":"), 1)
        });
        assert!(matches!(error, Error::Line { line: 1, .. }), "{error}");
        assert!(error.to_string().contains("longer than any"), "{error}");
    }
    let (_folder, error) = changed("samples.jsonl", |text| {
        text.replace("\"step_ends\":[2,", "\"step_ends\":[4611686018427387904,")
    });
    assert!(matches!(error, Error::Answer { .. }), "{error}");
}

#[test]
fn a_metric_that_nobody_defined_is_drawn_under_its_name() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "min", "min", 0, Fate::Learns);
    let path = run.join("metrics.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"entropy\"", "\"surprise\"")).unwrap();
    let page = Report::read(&[run]).unwrap().to_html();
    let charts = data(&page)["charts"].clone();
    let titles: Vec<&str> = charts
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["title"].as_str().unwrap())
        .collect();
    assert!(
        titles.contains(&"surprise") && !titles.contains(&"Entropy"),
        "{titles:?}"
    );
}

#[test]
fn what_a_chart_shows_is_told_by_the_definition_of_its_metric() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "min", "min", 0, Fate::Learns);
    let page = Report::read(&[run]).unwrap().to_html();
    assert!(page.contains(
        "<h3>Prompts with a right answer among n sampled</h3><p>Fraction of the prompts with at least one right \
         answer among the n sampled. Higher is better.</p>"
    ));
    let data = data(&page);
    let chart = |title: &str| {
        let charts = data["charts"].as_array().unwrap();
        charts.iter().find(|chart| chart["title"] == title).unwrap()
    };
    assert_eq!(chart("Accuracy")["unit"], "%");
    assert_eq!(chart("Entropy")["unit"], "nats");
    assert_eq!(chart("Gradient norm")["unit"], "");
}

#[test]
fn answers_of_the_last_evaluation_the_first_and_of_training_can_be_browsed() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Collapses);
    let data = data(&Report::read(std::slice::from_ref(&run)).unwrap().to_html());
    let groups = data["groups"].as_array().unwrap();
    let names: Vec<&str> = groups
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "sum, step 30",
            "sum, step 0",
            "sum, iteration 30, learned from"
        ]
    );
    let text = fs::read_to_string(run.join("samples.jsonl")).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.filter(|line| line["drawn"] == "sampled").collect();
    let samples = data["samples"].as_array().unwrap();
    let rewards =
        |of: &Value| -> Vec<f32> { serde_json::from_value(of["rewards"].clone()).unwrap() };
    for (group, split, step) in [(0, "valid", 30), (1, "valid", 0), (2, "train", 30)] {
        let of_group = lines.iter();
        let of_group = of_group.filter(|line| line["split"] == split && line["step"] == step);
        let of_group: Vec<&Value> = of_group.collect();
        let shown: Vec<&Value> = samples.iter().filter(|it| it["at"][0] == group).collect();
        assert_eq!(shown.len(), of_group.len());
        for (shown, line) in shown.iter().zip(of_group) {
            let problem = shown["at"][1].as_u64().unwrap() as usize;
            let asked = &groups[group]["problems"][problem];
            assert_eq!(
                (&asked["id"], &asked["prompt"]),
                (&line["id"], &line["prompt"])
            );
            assert_eq!(rewards(shown), rewards(line));
            let steps = shown["steps"].as_array().unwrap().iter();
            let steps: Vec<&str> = steps.map(|step| step.as_str().unwrap()).collect();
            assert_eq!(steps.join("\n\n"), line["text"]);
            let cut = line["finish"] == "length";
            assert_eq!(shown["cut"] == true, cut);
            let wrong = match (line["outcome"] == 1.0, cut) {
                (true, _) => Value::Null,
                (false, true) => "cut_off".into(),
                (false, false) => "wrong".into(),
            };
            assert_eq!(shown["wrong"], wrong);
        }
    }
    assert_eq!(data["leftOut"], 0);
}

#[test]
fn a_page_follows_a_run_until_it_has_its_result() {
    let folder = tempdir().unwrap();
    let run = made::run(folder.path(), "sum", "sum", 0, Fate::Learns);
    let report = Report::read(std::slice::from_ref(&run)).unwrap();
    assert!(!report.is_done());
    assert!(report.to_live_html(10).contains("location.reload()"));
    assert!(!report.to_html().contains("location.reload()"));
    fs::create_dir(run.join("model")).unwrap();
    assert!(Report::read(&[run]).unwrap().is_done());
}
