//! What came out, read back from the file of labels: so a run that was resumed tells the same.

use std::path::Path;

use pure::data::{CheckReport, LabelForm, LabelledAnswers, Layout, ReadOptions, check};
use pure::prm::Agreement;
use serde_json::{Value, json};

use super::input::Records;
use crate::cli::commands::data;
use crate::cli::support::{print, table};

pub fn tell(path: &Path, records: &Records, as_json: bool) -> miette::Result<()> {
    let options = ReadOptions {
        layout: Some(Layout::JsonLines),
        form: Some(LabelForm::Trl),
        ..ReadOptions::default()
    };
    let found = LabelledAnswers::open(path, options).map_err(data::explain)?;
    let mut agreement = Agreement::default();
    let mut known = records.usable.iter();
    let found = found.inspect(|found| {
        if let (Ok(found), Some(known)) = (found, known.next()) {
            agreement.add(&known.given.stepwise, found);
        }
    });
    let report = check(found, 0);
    if as_json {
        return print(format_args!("{}\n", json(records, &report, &agreement)));
    }
    print(lines(&report, &agreement))
}

fn json(records: &Records, report: &CheckReport, agreement: &Agreement) -> Value {
    let faults = records.faults.iter();
    let faults = faults.map(|(place, reason)| json!({"line": place.number(), "reason": reason}));
    let agreement = (agreement.answers > 0).then(|| {
        let mut counts = json!(agreement);
        counts["share"] = json!(agreement.share());
        counts
    });
    json!({
        "answers": report.answers,
        "labels": report.labels,
        "without_error": report.without_error,
        "agreement": agreement,
        "bad_records": records.faults.len(),
        "faults": faults.collect::<Value>(),
    })
}

fn lines(report: &CheckReport, agreement: &Agreement) -> String {
    let labels = &report.labels;
    let mut out = format!(
        "{} answers, {} of them without a bad step\n\
         steps: {} good, {} bad, {} between, {} without a label\n",
        report.answers, report.without_error, labels.good, labels.bad, labels.soft, labels.ignored
    );
    if agreement.answers == 0 {
        return out;
    }
    let percent = |part: u64, of: u64| 100.0 * part as f64 / of.max(1) as f64;
    out += &format!(
        "the labels of the input, up to their first bad step: {:.1} % of {} steps agree; {:.1} % of \
         {} answers have the same first error\n",
        100.0 * agreement.share().unwrap_or(0.0),
        agreement.steps,
        percent(agreement.same_first_error, agreement.answers),
        agreement.answers
    );
    let row = |name: &str, good: u64, bad: u64| {
        [name.to_owned(), format!("{good:>11}"), format!("{bad:>10}")]
    };
    let it = agreement;
    out + &table(&[
        ["", "called good", "called bad"].map(str::to_owned),
        row("known good", it.good_called_good, it.good_called_bad),
        row("known bad", it.bad_called_good, it.bad_called_bad),
    ])
}
