//! Results as a table for a terminal.

use std::fmt;

use crate::{BenchmarkResults, Curve, Estimate, Part, Results};

/// Rows of one length, the first of which is their head.
type Rows = Vec<Vec<String>>;

impl fmt::Display for Results {
    /// What there is of each benchmark, levels, subjects, curves and wrong answers; then a row a benchmark and the mean of
    /// several, last, for that is what stays in sight.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for benchmark in &self.benchmarks {
            let parts = [
                ("level", &benchmark.by_level),
                ("subject", &benchmark.by_subject),
            ];
            for (of, parts) in parts {
                write_part(f, benchmark, &part_rows(of, parts))?;
            }
            write_part(f, benchmark, &curve_rows(benchmark))?;
            write_part(f, benchmark, &compute_rows(benchmark))?;
            write_part(f, benchmark, &wrong_rows(benchmark))?;
        }
        let head = [
            "benchmark",
            "problems",
            "n",
            "accuracy",
            "95 %",
            "tokens",
            "cut off",
        ];
        let mut rows = vec![head.map(str::to_owned).to_vec()];
        rows.extend(self.benchmarks.iter().map(row));
        if let (Some(mean), [_, _, ..]) = (self.mean_accuracy, &self.benchmarks[..]) {
            let mut row = vec![String::new(); head.len()];
            row[0] = "mean".to_owned();
            row[3] = percent(mean);
            rows.push(row);
        }
        write_table(f, &rows)
    }
}

fn row(of: &BenchmarkResults) -> Vec<String> {
    let samples = match of.fewest_samples == of.most_samples {
        true => of.most_samples.to_string(),
        false => format!("{}-{}", of.fewest_samples, of.most_samples),
    };
    vec![
        of.name.clone(),
        of.problems.len().to_string(),
        samples,
        percent(of.accuracy.value),
        range(&of.accuracy),
        format!("{:.0}", of.lengths.mean),
        format!("{:.0} %", 100.0 * of.lengths.truncated),
    ]
}

fn part_rows(of: &str, parts: &[Part]) -> Rows {
    let head = [of, "problems", "accuracy", "95 %"].map(str::to_owned);
    let row = |part: &Part| {
        vec![
            part.name.clone(),
            part.problems.to_string(),
            percent(part.accuracy.value),
            range(&part.accuracy),
        ]
    };
    let mut rows = vec![head.to_vec()];
    rows.extend(parts.iter().map(row));
    rows
}

/// What is made of samples over their number, and what so many take.
fn curve_rows(of: &BenchmarkResults) -> Rows {
    let curves = &of.curves;
    let Some(first) = curves.first() else {
        return Vec::new();
    };
    let mut head = vec!["in %, k =".to_owned()];
    head.extend(first.points.iter().map(|point| point.k.to_string()));
    let row = |curve: &Curve| {
        let points = curve.points.iter();
        let cells = points.map(|point| format!("{:.1}", 100.0 * point.estimate.value));
        [curve.protocol.to_string()]
            .into_iter()
            .chain(cells)
            .collect()
    };
    let mut rows = vec![head];
    rows.extend(curves.iter().map(row));
    for (name, tokens) in compute(of) {
        let points = first.points.iter();
        let cells = points.map(|point| format!("{:.0}", tokens * point.k as f64));
        rows.push([name.to_owned()].into_iter().chain(cells).collect());
    }
    rows
}

/// What one answer takes, where there is no curve that says it.
fn compute_rows(of: &BenchmarkResults) -> Rows {
    if !of.curves.is_empty() {
        return Vec::new();
    }
    let row = |(name, tokens): (&str, f64)| vec![name.to_owned(), format!("{tokens:.0}")];
    let head = vec!["compute".to_owned(), "an answer".to_owned()];
    [head].into_iter().chain(compute(of).map(row)).collect()
}

/// The tokens of a sample, if they are known.
fn compute(of: &BenchmarkResults) -> impl Iterator<Item = (&'static str, f64)> {
    let compute = of.compute.into_iter();
    compute.flat_map(|mean| {
        [
            ("policy tokens", mean.policy_tokens),
            ("PRM tokens", mean.prm_tokens),
        ]
    })
}

fn wrong_rows(of: &BenchmarkResults) -> Rows {
    let counts = of.wrong_answers;
    let kinds = [
        ("another answer", counts.wrong),
        ("cut off", counts.cut_off),
        ("no answer", counts.no_answer),
        ("unparsable", counts.unparsable),
        ("undecided", counts.undecided),
    ];
    let mut rows = vec![["wrong", "samples", "of all"].map(str::to_owned).to_vec()];
    rows.extend(
        kinds
            .into_iter()
            .filter(|(_, count)| *count > 0)
            .map(|(kind, count)| {
                let share = count as f64 / counts.samples as f64;
                vec![kind.to_owned(), count.to_string(), percent(share)]
            }),
    );
    rows
}

fn percent(value: f64) -> String {
    format!("{:.1} %", 100.0 * value)
}

fn range(of: &Estimate) -> String {
    format!("{:.1}-{:.1}", 100.0 * of.low, 100.0 * of.high)
}

/// A table of one benchmark, unless it has nothing but a head.
fn write_part(f: &mut fmt::Formatter<'_>, of: &BenchmarkResults, rows: &Rows) -> fmt::Result {
    match rows.len() {
        0 | 1 => Ok(()),
        _ => {
            writeln!(f, "{}", of.name)?;
            write_table(f, rows)?;
            writeln!(f)
        }
    }
}

/// Two spaces between columns, of which all but the first are aligned at their ends.
fn write_table(f: &mut fmt::Formatter<'_>, rows: &Rows) -> fmt::Result {
    let columns = rows.first().map_or(0, Vec::len);
    let widths: Vec<usize> = (0..columns)
        .map(|column| {
            let cells = rows.iter().map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        })
        .collect();
    for row in rows {
        let mut line = String::new();
        for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
            line += &match column {
                0 => format!("{cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            };
        }
        writeln!(f, "{}", line.trim_end())?;
    }
    Ok(())
}
