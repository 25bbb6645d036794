//! Files of records: every form that data comes in, scored answers, and what runs leave behind.

mod bases;

use std::fs;
use std::path::Path;

use pure::core::{CreditConfig, MethodConfig, Preset, Record};
use pure::data::{
    CheckableAnswers, FirstErrorCases, LabelForm, LabelledAnswers, Layout, Questions, ReadOptions,
    SampledAnswers, check,
};
use pure::report::{CreditPicture, Report};
use pure_data::{BadRecord, Demonstrations};
use serde_json::Value;
use tempfile::TempDir;

use self::bases::{Input, bases, input};
use super::{program, try_inputs};

/// How many records are good; what is said of the others names them.
fn good<T>(records: Result<impl Iterator<Item = Result<T, BadRecord>>, pure_data::Error>) -> usize {
    let records = match records {
        Ok(records) => records,
        Err(fault) => {
            assert!(!fault.to_string().is_empty());
            return 0;
        }
    };
    let named = records.filter(|record| match record {
        Ok(_) => true,
        Err(bad) => {
            assert!(!bad.to_string().is_empty());
            false
        }
    });
    named.count()
}

/// Every reader of data.
fn read(path: &Path, layout: Option<Layout>) -> usize {
    let forms = [
        None,
        Some(LabelForm::Trl),
        Some(LabelForm::Prm800k),
        Some(LabelForm::MathShepherd),
    ];
    let labelled = forms.map(|form| {
        let options = ReadOptions {
            layout,
            form,
            ..ReadOptions::default()
        };
        let answers = LabelledAnswers::open(path, options);
        answers.map_or(0, |answers| check(answers, 3).answers)
    });
    labelled.iter().sum::<u64>() as usize
        + good(Questions::open(path, layout))
        + good(Demonstrations::open(path, layout))
        + good(FirstErrorCases::open(path, layout))
        + good(SampledAnswers::open(path, layout))
        + good(CheckableAnswers::open(path, layout))
}

/// Credits what scored answers there are, all at once and one by one.
fn credit(lines: &[u8]) -> usize {
    let lines = lines.split(|byte| *byte == b'\n');
    let records: Vec<Record> = lines
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect();
    let alone: Vec<Record> = records
        .iter()
        .enumerate()
        .filter(|(index, record)| {
            let forms = CreditConfig::every_form();
            match CreditPicture::of(record, *index, &forms) {
                Ok(mut picture) => {
                    picture.set_texts("a\n\nb");
                    picture.set_advantages(&vec![0.5; record.length]);
                    true
                }
                Err(fault) => {
                    assert!(!fault.to_string().is_empty());
                    false
                }
            }
        })
        .map(|(_, record)| record.clone())
        .collect();
    for preset in [Preset::Paper, Preset::Verl, Preset::OpenRlhf] {
        for whiten in [false, true] {
            let method = MethodConfig {
                whiten,
                ..preset.config()
            }
            .build()
            .unwrap();
            for records in [&records, &alone] {
                let Ok(credited) = method.run_records(records) else {
                    continue;
                };
                for (record, credited) in records.iter().zip(&credited.records) {
                    let numbers = [
                        &credited.token_rewards,
                        &credited.returns,
                        &credited.advantages,
                    ];
                    for numbers in numbers {
                        assert_eq!(numbers.len(), record.length);
                        assert!(numbers.iter().all(|number| number.is_finite()));
                    }
                }
            }
        }
    }
    alone.len()
}

/// Tells what a run did that left such lines as one of its files.
fn report(run: &Path, name: &str, lines: &[u8]) -> usize {
    let good = bases();
    let file = |split: &str| {
        let has = |record: &&Value| {
            (record["split"].is_string())
                && (record.get("tokens").is_some() == (split == "samples"))
        };
        let lines = good.iter().filter(has).map(|record| format!("{record}\n"));
        lines.collect::<String>()
    };
    fs::write(run.join("metrics.jsonl"), file("metrics")).unwrap();
    fs::write(run.join("samples.jsonl"), file("samples")).unwrap();
    let settings = "output = \"r\"\nseed = 1\n[method]\ncredit = { form = \"sum\" }\n";
    fs::write(run.join("config.toml"), settings).unwrap();
    fs::write(run.join(name), lines).unwrap();
    let Ok(report) = Report::read(&[run.to_owned()]) else {
        return 0;
    };
    assert!(report.to_html().starts_with("<!doctype html>"));
    let _ = report.table().to_string();
    report.summaries().len()
}

#[test]
fn changed_records_are_read_or_refused() {
    let folder = TempDir::new().unwrap();
    let bases = bases();
    // Those that nothing was done to are good.
    let run = folder.path().join("run");
    fs::create_dir(&run).unwrap();
    assert_eq!(report(&run, "other.jsonl", b""), 1);
    try_inputs(
        3_000,
        move |number| input(number, &bases),
        move |number, Input(lines)| {
            let path = folder.path().join("records.jsonl");
            fs::write(&path, lines).unwrap();
            let layouts = [None, Some(Layout::JsonLines), Some(Layout::JsonArray)];
            let mut good = read(&path, layouts[number as usize % 3]) + credit(lines);
            if number % 4 == 0 {
                let name = ["metrics.jsonl", "samples.jsonl"][number as usize / 4 % 2];
                good += report(&run, name, lines);
            }
            if number % 256 == 0 {
                let path = path.to_str().unwrap();
                program::takes(&["credit", "--input", path]);
                program::takes(&["credit", "explain", "--input", path]);
                program::takes(&["data", "check", path]);
                program::takes(&["verify", "--input", path]);
            }
            good > 0
        },
    );
}
