//! The file of labels: whole lines in the order of the input, with the settings that made them beside.

use std::path::Path;

use miette::{Report, miette};
use pure::data::{CheckableAnswers, LabelledAnswer, Layout};
use pure::prm::StepLabels;
use serde::Serialize;

use super::input::Usable;
use crate::cli::support::GrowingFile;

/// A line of it: TRL's stepwise form, and what else is known.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(flatten)]
    labelled: &'a LabelledAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    sample: Option<i64>,
    answer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    right: Option<Vec<usize>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    samples: Option<Vec<usize>>,
}

/// How many records a file labels already: the first ones, or the file is another input's.
pub fn labelled(path: &Path, records: &[Usable]) -> miette::Result<usize> {
    let lines = CheckableAnswers::open(path, Some(Layout::JsonLines));
    let lines = lines.map_err(Report::from_err)?;
    let mut count = 0;
    for line in lines {
        let there = line.map_err(|bad| miette!("cannot go on with it: {bad}"))?;
        let same = records.get(count).is_some_and(|Usable { given, .. }| {
            let (left, right) = (&there.stepwise, &given.stepwise);
            (
                &left.id,
                there.sample,
                &left.prompt,
                &left.steps,
                &there.truth,
            ) == (
                &right.id,
                given.sample,
                &right.prompt,
                &right.steps,
                &given.truth,
            )
        });
        if !same {
            return Err(miette!(
                help = "give the input that it was made of, or name another file",
                "{}, {}: it labels the answer `{}`, which is not the one that comes next in this \
                 input",
                path.display(),
                there.place,
                there.stepwise.id
            ));
        }
        count += 1;
    }
    Ok(count)
}

/// Writes the labels of the next records, and returns when they are on the disk.
pub fn write(
    file: &mut GrowingFile,
    records: &[Usable],
    labels: Vec<StepLabels>,
) -> miette::Result<()> {
    let mut text = String::new();
    for (Usable { given, .. }, StepLabels { labels, counts }) in records.iter().zip(labels) {
        let labelled = LabelledAnswer {
            labels,
            ..given.stepwise.clone()
        };
        let right = counts.as_ref();
        let line = Line {
            labelled: &labelled,
            sample: given.sample,
            answer: &given.truth,
            right: right.map(|all| all.iter().map(|count| count.right).collect()),
            samples: counts.map(|all| all.iter().map(|count| count.samples).collect()),
        };
        text += &serde_json::to_string(&line).expect("texts and numbers are JSON");
        text.push('\n');
    }
    file.append(&text)?;
    file.sync()
}
