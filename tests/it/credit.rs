//! `pure credit` as its users meet it. The numbers behind it are held to the original in pure-core.

use std::fs;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::command_line::{err, out, records, run, run_with_input};

/// Two groups, their answers mixed.
fn scored() -> String {
    let lines = [
        json!({"group": "p", "id": 0, "length": 4, "step_ends": [1, 3], "rewards": [0.5, 0.9], "outcome": 1}),
        json!({"group": 7, "id": "x", "length": 2, "step_ends": [1], "rewards": [-0.5], "outcome": 0}),
        json!({"group": "p", "id": 1, "length": 3, "step_ends": [0, 2], "rewards": [0.8, -0.6], "outcome": 0}),
        json!({"group": 7, "id": "y", "length": 1, "step_ends": [0], "rewards": [0.5], "outcome": null}),
    ];
    lines.map(|line| line.to_string()).join("\n")
}

fn credit(arguments: &[&str]) -> Vec<Value> {
    let arguments = [&["credit", "--input", "-", "--json"], arguments].concat();
    let output = run_with_input(&arguments, &scored());
    assert!(output.status.success(), "{}", err(&output));
    records(&output)
}

fn numbers(record: &Value, key: &str) -> Vec<f64> {
    let numbers = record[key].as_array().unwrap().iter();
    numbers.map(|number| number.as_f64().unwrap()).collect()
}

fn assert_close(got: &[f64], expected: &[f64]) {
    let close = |(got, expected): (&f64, &f64)| (got - expected).abs() < 1e-6;
    assert_eq!(got.len(), expected.len());
    assert!(got.iter().zip(expected).all(close), "{got:?} {expected:?}");
}

#[test]
fn answers_are_credited_in_the_order_of_the_input() {
    let records = credit(&["--form", "min", "--reward", "prm", "--baseline", "none"]);
    let names: Vec<_> = records
        .iter()
        .map(|record| (&record["group"], &record["id"]))
        .collect();
    let expected = [
        (json!("p"), json!(0)),
        (json!(7), json!("x")),
        (json!("p"), json!(1)),
        (json!(7), json!("y")),
    ];
    assert_eq!(names, expected.each_ref().map(|(group, id)| (group, id)));
    assert_close(&numbers(&records[0], "returns"), &[0.5, 0.5, 0.0, 0.0]);
    assert_close(&numbers(&records[2], "returns"), &[-0.6, -0.6, -0.6]);
    assert_close(&numbers(&records[2], "token_rewards"), &[0.0, 0.0, -0.6]);
}

#[test]
fn options_change_what_the_preset_says() {
    let sum = credit(&[
        "--form",
        "sum",
        "--reward",
        "prm+vr",
        "--vr-coef",
        "2",
        "--baseline",
        "none",
    ]);
    assert_close(&numbers(&sum[0], "returns"), &[3.4, 3.4, 2.9, 2.9]);
    let vr = credit(&["--reward", "vr", "--baseline", "rloo"]);
    assert_eq!(
        (&vr[0]["baseline"], &vr[2]["baseline"]),
        (&json!(0.0), &json!(1.0))
    );
    // The others' summed token returns, over (K - 1) N.
    let paper = credit(&["--form", "min", "--reward", "prm", "--limit", "10"]);
    let baseline = paper[0]["baseline"].as_f64().unwrap();
    assert!((baseline + 0.18).abs() < 1e-6, "{baseline}");
}

#[test]
fn a_file_of_settings_says_the_same_as_options() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("method.toml");
    fs::write(
        &path,
        "baseline = \"none\"\nwhiten = false\n[credit]\nform = \"sum\"\n[reward]\nsource = \"prm\"\n",
    )
    .unwrap();
    let by_options = credit(&["--form", "sum", "--reward", "prm", "--baseline", "none"]);
    let output = run_with_input(
        &[
            "credit",
            "--input",
            "-",
            "--json",
            "--config",
            path.to_str().unwrap(),
        ],
        &scored(),
    );
    assert!(output.status.success(), "{}", err(&output));
    assert_eq!(records(&output), by_options);

    fs::write(&path, "whitening = true\n").unwrap();
    let output = run(&["credit", "--input", "-", "--config", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("whitening") && err(&output).contains("method.toml"));
}

#[test]
fn a_record_that_contradicts_itself_is_named() {
    for (bad, words) in [
        (
            r#"{"group": "p", "id": 3, "length": 2, "step_ends": [2], "rewards": [1]}"#,
            &["group \"p\", id 3", "only 2 tokens"][..],
        ),
        (
            r#"{"group": "p", "id": 3, "length": 2, "step_ends": [1, 0], "rewards": [1, 1]}"#,
            &["id 3", "step 1"],
        ),
        (
            r#"{"group": "p", "id": 3, "length": 2, "step_ends": [1], "rewards": []}"#,
            &["id 3", "rewards"],
        ),
        (
            r#"{"group": "p", "id": 3, "length": 2, "step_ends": [1], "rewards": [null]}"#,
            &["id 3"],
        ),
        (
            r#"{"group": "p", "id": 3, "length": 2, "step_ends": [1], "rewards": [NaN]}"#,
            &["line 5"],
        ),
        (
            r#"{"group": "p", "id": 3, "len": 2}"#,
            &["line 5", "rewards"],
        ),
        (
            r#"{"group": "p", "id": 3, "len": 2, "rewards": []}"#,
            &["line 5", "missing field `length`"],
        ),
    ] {
        let output = run_with_input(&["credit", "--input", "-"], &format!("{}\n{bad}", scored()));
        assert_eq!(output.status.code(), Some(1), "{bad}");
        for word in words {
            assert!(
                err(&output).contains(word),
                "{bad}: {word}: {}",
                err(&output)
            );
        }
    }
}

#[test]
fn groups_that_say_nothing_are_told() {
    let equal = json!({"group": 1, "id": 0, "length": 1, "step_ends": [0], "rewards": [0.5]});
    let alone = json!({"group": 2, "id": 0, "length": 1, "step_ends": [0], "rewards": [0.5]});
    let input = format!("{equal}\n{equal}\n{alone}");
    let output = run_with_input(&["credit", "--input", "-", "--limit", "8"], &input);
    assert!(output.status.success());
    assert!(
        err(&output).contains("no signal: 1") && err(&output).contains("compare with: 2"),
        "{}",
        err(&output)
    );
    let advantages = records(&output)
        .iter()
        .flat_map(|r| numbers(r, "advantages"))
        .collect::<Vec<_>>();
    assert!(advantages.iter().all(|advantage| advantage.is_finite()));
}

#[test]
fn the_picture_shows_that_a_sum_pays_filler_and_a_minimum_does_not() {
    let output = run_with_input(
        &["credit", "explain", "--input", "-", "--id", "1"],
        &scored(),
    );
    assert!(output.status.success(), "{}", err(&output));
    let picture = out(&output);
    assert!(!picture.contains('\x1b'), "colour without a terminal");
    let adds = picture
        .lines()
        .find(|line| line.starts_with("one more good step"))
        .unwrap();
    let gains: Vec<f64> = adds
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect();
    // min, soft-min, sum, mean
    assert_eq!((gains[0], gains[2]), (0.0, 0.8), "{picture}");

    let folder = TempDir::new().unwrap();
    let page = folder.path().join("credit.html");
    let arguments = [
        "credit",
        "explain",
        "--input",
        "-",
        "--html",
        page.to_str().unwrap(),
    ];
    assert!(run_with_input(&arguments, &scored()).status.success());
    let page = fs::read_to_string(page).unwrap();
    assert!(
        page.contains("soft-min:0.1") && !page.contains("http"),
        "{page}"
    );
}

#[test]
fn the_picture_tells_whether_all_tokens_of_a_step_get_the_same() {
    let answer =
        json!({"group": 1, "id": 0, "length": 4, "step_ends": [1, 3], "rewards": [0.5, 0.25]});
    let picture = |form: &str| {
        let arguments = ["credit", "explain", "--input", "-", "--form", form];
        let output = run_with_input(&arguments, &answer.to_string());
        assert!(output.status.success(), "{}", err(&output));
        out(&output)
    };
    let row = |picture: &str| {
        let last = picture.lines().find(|line| line.starts_with("2 ")).unwrap();
        last.split_whitespace()
            .skip(3)
            .collect::<Vec<_>>()
            .join(" ")
    };
    for form in ["min", "soft-min", "sum", "mean", "clip", "delta"] {
        let picture = picture(form);
        assert!(
            picture.contains("All tokens of a step get the number"),
            "{picture}"
        );
        assert!(!picture.contains("Where there are two"), "{picture}");
        assert!(row(&picture).parse::<f64>().is_ok(), "{picture}");
    }
    // The zeros before the last token hide its reward from the others.
    let picture = picture("suffix-min");
    assert_eq!(row(&picture), "+0.000 to +0.250");
    assert!(picture.contains("Where there are two"), "{picture}");
    assert!(
        picture.lines().all(|line| line.chars().count() <= 80),
        "{picture}"
    );
}

#[test]
fn separators_keep_their_advantages_only_if_asked() {
    let arguments = ["--form", "sum", "--reward", "prm", "--baseline", "none"];
    let kept = credit(&[&arguments[..], &["--separators", "kept"]].concat());
    assert_close(&numbers(&kept[0], "advantages"), &[1.4, 1.4, 0.9, 0.9]);
    let masked = credit(&[&arguments[..], &["--separators", "masked"]].concat());
    assert_close(&numbers(&masked[0], "advantages"), &[1.4, 0.0, 0.9, 0.0]);
    assert_eq!(masked, credit(&arguments));
    let verl = credit(&["--preset", "verl", "--separators", "masked"]);
    assert_eq!(numbers(&verl[0], "advantages")[3], 0.0);
}

#[test]
fn a_wrong_name_of_a_setting_exits_with_2() {
    for wrong in [
        ["--form", "max"],
        ["--preset", "trl"],
        ["--baseline", "best"],
        ["--kl", "k9"],
        ["--separators", "dropped"],
    ] {
        let arguments = [&["credit", "--input", "-"][..], &wrong].concat();
        assert_eq!(run(&arguments).status.code(), Some(2), "{wrong:?}");
    }
}
