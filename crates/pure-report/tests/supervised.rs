//! The report of fine-tuning and of reward models that are made up.

#[path = "made/supervised.rs"]
mod made;

use std::fs;

use made::{TOKENS, loss};
use pure_report::{Error, Kind, MedianRange, Report};
use serde_json::{Value, json};
use tempfile::tempdir;

/// What the page's script is given.
fn data(page: &str) -> Value {
    let start = page.find("id=data>").unwrap() + "id=data>".len();
    let end = start + page[start..].find("</script>").unwrap();
    serde_json::from_str(&page[start..end]).unwrap()
}

fn titles(data: &Value) -> Vec<&str> {
    let charts = data["charts"].as_array().unwrap().iter();
    charts
        .map(|chart| chart["title"].as_str().unwrap())
        .collect()
}

fn is_near(said: Option<MedianRange>, truth: f64) -> bool {
    said.is_some_and(|said| (said.median - truth).abs() < 1e-9)
}

#[test]
fn fine_tuning_is_told_by_its_losses_tokens_and_seconds() {
    let folder = tempdir().unwrap();
    let run = made::sft(folder.path(), "sft", 0, 1e-4);
    let report = Report::read(&[run]).unwrap();
    assert_eq!((report.kind(), report.summaries().len()), (Kind::Sft, 0));
    let [row] = report.supervised() else {
        panic!("{:?}", report.supervised());
    };
    assert_eq!((row.last_step, row.evaluated_at), (40, Some(40)));
    assert!(is_near(row.tokens, 40.0 * TOKENS as f64));
    // The last evaluation is after the last step, and so no part of the way to it.
    assert!(is_near(row.seconds, 40.0 * 3.0 + 3.0 * 0.5));
    let held_out = |step| loss(step, 0) + 0.05;
    let best = [10, 20, 30, 40]
        .map(held_out)
        .into_iter()
        .reduce(f64::min)
        .unwrap();
    assert!(is_near(row.loss.before, held_out(10)));
    assert!(is_near(row.loss.best, best) && is_near(row.loss.last, held_out(40)));
    let last_tenth = (37..=40).map(|step| loss(step, 0)).sum::<f64>() / 4.0;
    assert!(is_near(row.train_loss, last_tenth));
    let table = report.table().to_string();
    let widths: Vec<usize> = table.lines().map(|line| line.chars().count()).collect();
    assert!(widths.iter().all(|width| *width == widths[0]), "{table}");
    assert!(
        table.contains("2.00 M") && table.contains(&format!("{best:.4}")),
        "{table}"
    );
}

#[test]
fn the_page_names_when_on_what_and_from_what_runs_were_made() {
    let folder = tempdir().unwrap();
    let run = made::sft(folder.path(), "sft", 0, 1e-4);
    let page = Report::read(std::slice::from_ref(&run)).unwrap().to_html();
    for told in [
        "Runs of <code>pure sft</code>",
        "2026-01-31 12:00 UTC",
        "<td class=text>0.2.0",
        "cuda:0 (NVIDIA &lt;H200&gt;)",
        "models/tiny",
        "gsm8k_train.jsonl",
    ] {
        assert!(page.contains(told), "{told}");
    }
    assert!(!page.contains("<H200>") && !page.contains("<section id=points"));
    // A run that was made before this was noted is told of all the same.
    fs::remove_file(run.join("starts.jsonl")).unwrap();
    assert!(
        Report::read(&[run])
            .unwrap()
            .to_html()
            .contains("<td class=text>–")
    );
}

#[test]
fn stages_of_a_reward_model_follow_one_another() {
    let folder = tempdir().unwrap();
    let run = made::reward_model(folder.path(), "prm", 0);
    let report = Report::read(std::slice::from_ref(&run)).unwrap();
    assert_eq!(report.kind(), Kind::RewardModel);
    let row = &report.supervised()[0];
    assert_eq!((row.last_step, row.evaluated_at), (30, Some(30)));
    let held_out = |name: &str| row.held_out.get(name).copied();
    assert!(is_near(held_out("accuracy"), 0.8) && is_near(held_out("auc"), 0.84));
    assert!(is_near(held_out("calibration_error"), 0.08));
    assert!(is_near(row.loss.last, loss(30, 0)));
    let table = report.table().to_string();
    assert!(
        table.contains("80.0 %") && table.contains("calibration"),
        "{table}"
    );

    let page = report.to_html();
    let data = data(&page);
    for title in [
        "Step accuracy",
        "Recall of good steps",
        "Recall of bad steps",
        "ROC AUC",
    ] {
        assert!(titles(&data).contains(&title), "{title}");
    }
    assert_eq!(data["arms"][0]["notices"], json!([[20, "stage 2 begins"]]));
    assert!(page.contains("steps.jsonl, more.jsonl") && page.contains("where a stage begins"));

    // While the first stage is going there is no second one.
    fs::remove_dir_all(run.join("stage-2")).unwrap();
    let report = Report::read(&[run]).unwrap();
    assert_eq!(report.supervised()[0].last_step, 20);
}

#[test]
fn curves_know_the_tokens_and_the_seconds_of_their_steps() {
    let folder = tempdir().unwrap();
    let runs = [0, 1].map(|seed| made::sft(folder.path(), &format!("a-{seed}"), seed, 1e-4));
    let other = made::sft(folder.path(), "b", 0, 1e-3);
    let report = Report::read(&[&runs[..], &[other]].concat()).unwrap();
    let arms: Vec<(&str, usize)> = report
        .supervised()
        .iter()
        .map(|row| (row.arm.as_str(), row.runs))
        .collect();
    assert_eq!(arms, [("a", 2), ("b", 1)]);
    let page = report.to_html();
    let data = data(&page);
    let reached = &data["arms"][0]["reached"];
    assert_eq!(
        (&reached["steps"][39], &reached["tokens"][39]),
        (&json!(40), &json!(2e6))
    );
    // After three evaluations of half a second.
    assert_eq!(reached["seconds"][39], json!(121.5));
    assert_eq!(titles(&data)[..2], ["Loss", "Gradient norm"]);
    assert!(page.contains("lr_scheduler.learning_rate"));
    assert!(page.contains("<th scope=row>training<td"));
}

#[test]
fn a_run_without_an_evaluation_yet_is_told_by_its_steps() {
    let folder = tempdir().unwrap();
    let run = made::sft(folder.path(), "sft", 0, 1e-4);
    let metrics = run.join("metrics.jsonl");
    let text = fs::read_to_string(&metrics).unwrap();
    let lines: Vec<&str> = text.split_inclusive('\n').take(5).collect();
    fs::write(&metrics, lines.concat()).unwrap();
    let report = Report::read(std::slice::from_ref(&run)).unwrap();
    let row = &report.supervised()[0];
    assert_eq!((row.last_step, row.evaluated_at), (5, None));
    assert!(row.loss.best.is_none() && is_near(row.train_loss, loss(5, 0)));
    assert!(report.to_html().contains("<h3>Loss</h3>"));
    fs::write(&metrics, "").unwrap();
    let error = Report::read(&[run]).unwrap_err();
    assert!(matches!(error, Error::NothingMeasured { .. }), "{error}");
}

#[test]
fn runs_of_two_kinds_are_told_apart_by_name() {
    let folder = tempdir().unwrap();
    let sft = made::sft(folder.path(), "sft", 0, 1e-4);
    let prm = made::reward_model(folder.path(), "prm", 0);
    let error = Report::read(&[sft, prm]).unwrap_err();
    assert!(matches!(error, Error::Kinds { .. }), "{error}");
    let told = error.to_string();
    assert!(
        told.contains("sft is a run of `pure sft`")
            && told.contains("prm is one of `pure prm train`"),
        "{told}"
    );
}
