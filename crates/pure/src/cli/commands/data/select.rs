//! `pure data select`: the problems of a file that are trained on, and the answers to them that rewards may use.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::data::{
    AnswerFields, Fault, LeftOut, Question, Selection, SolveRates, drawn, hide_answer,
};
use serde::Serialize;
use serde_json::json;

use super::records::{Read, lines, read, refuse_replacing};
use crate::cli::support::{Outcome, PromptArgs, Prompts, numbers_in, open_model, print};

/// Select the problems to train on: by level, by length, by how often the policy solves them
///
/// Reads problems as `pure train` does, and with --output writes those that are selected, as they stand and in their
/// order. Without it, it tells how many there would be.
///
/// How often the policy solves a problem is told by answers to all of them, with the same names:
///
///   pure eval --model M --benchmark train.jsonl --n 8 --temperature 1 --output tried
///
///   pure data select train.jsonl --samples tried/train/samples.jsonl --min-solve-rate 0.1 --max-solve-rate 0.9
///
/// Problems that are always solved, or never, give no signal where answers to one problem are compared. Problems that
/// were not tried are left out where a rate is asked for. A problem without a name gets its number in the file as its
/// `id`, for that is what answers call it.
///
/// With --with-answer, so large a share of the right answers stays; the others become "null", and stand under
/// "ref_answer". They are the same ones as a run uses by `prompts.with_answer` and its `seed`.
#[derive(Args)]
pub struct Select {
    /// Problems, with their answers or without
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Levels; 5 is also "Level 5" [default: all]
    #[arg(long, value_name = "LEVEL,…", value_delimiter = ',')]
    level: Vec<String>,
    /// Longest prompt, in tokens of --model
    #[arg(long, value_name = "N", requires = "model")]
    max_prompt_length: Option<usize>,
    /// Folder whose tokenizer and chat template tell how long prompts are
    #[arg(long, value_name = "DIR", requires = "max_prompt_length")]
    model: Option<PathBuf>,
    #[command(flatten)]
    prompts: PromptArgs,
    /// Verified answers to the problems, as `pure eval` writes them and `pure verify`
    #[arg(long, value_name = "FILE", num_args = 1..)]
    samples: Vec<PathBuf>,
    /// Smallest share of the answers to a problem that are right
    #[arg(long, value_name = "SHARE", requires = "samples", value_parser = share)]
    min_solve_rate: Option<f64>,
    /// Largest share of them
    #[arg(long, value_name = "SHARE", requires = "samples", value_parser = share)]
    max_solve_rate: Option<f64>,
    /// Share of the right answers that stay
    #[arg(long, value_name = "SHARE", value_parser = share)]
    with_answer: Option<f64>,
    /// Decides which
    #[arg(long, value_name = "N", default_value_t = 0, requires = "with_answer")]
    seed: u64,
    /// File for what is selected, as JSON Lines; one that is there is replaced
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// One JSON object instead of a table
    #[arg(long)]
    json: bool,
}

/// What was found.
#[derive(Serialize)]
struct Selected {
    records: usize,
    bad: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    solved: Option<Solved>,
    left_out: BTreeMap<&'static str, usize>,
    selected: usize,
    /// Of which so many have a right answer that rewards may use.
    with_answer: usize,
}

/// How often all problems are solved that were tried.
#[derive(Serialize, Default)]
struct Solved {
    never: usize,
    at_times: usize,
    always: usize,
}

impl Select {
    pub fn run(self) -> miette::Result<Outcome> {
        let inputs = self.samples.iter().chain([&self.file]);
        refuse_replacing(self.output.as_ref(), inputs)?;
        let (rates, bad_samples) = self.solve_rates()?;
        let (records, bad) = read(&self.file, Question::of)?;
        let mut selected = Selected {
            records: records.len(),
            bad,
            solved: rates.as_ref().map(|rates| Solved::of(rates, &records)),
            left_out: BTreeMap::new(),
            selected: 0,
            with_answer: 0,
        };
        let range = self.min_solve_rate.unwrap_or(0.0)..=self.max_solve_rate.unwrap_or(1.0);
        let is_asked = self.min_solve_rate.is_some() || self.max_solve_rate.is_some();
        let selection = Selection {
            levels: self.level.clone(),
            max_prompt_length: self.max_prompt_length,
            solve_rate: rates.filter(|_| is_asked).map(|rates| (rates, range)),
        };
        let mut kept = self.check(records, &selection, &mut selected.left_out)?;
        for Read { fields, found, .. } in &mut kept {
            if AnswerFields::of(fields).id().is_none() {
                fields.insert("id".to_owned(), json!(found.id));
            }
            let is_hidden = self
                .with_answer
                .is_some_and(|share| drawn(&found.id, self.seed) >= share);
            if is_hidden {
                hide_answer(fields);
            }
            selected.with_answer += usize::from(found.answer.is_some() && !is_hidden);
        }
        selected.selected = kept.len();
        if let Some(output) = &self.output {
            let text = lines(kept.iter().map(|record| &record.fields));
            pure::files::write(output, text).map_err(Report::from_err)?;
        }
        print(match self.json {
            true => format!("{}\n", json!(selected)),
            false => selected.table(),
        })?;
        Ok(Outcome::of(bad + bad_samples == 0))
    }

    /// The records that are selected.
    fn check(
        &self,
        records: Vec<Read<Question>>,
        selection: &Selection,
        left_out: &mut BTreeMap<&'static str, usize>,
    ) -> miette::Result<Vec<Read<Question>>> {
        let checkpoint = self.model.as_deref().map(open_model).transpose()?;
        let tokenizer = checkpoint.as_ref().map(pure::model::Checkpoint::tokenizer);
        let tokenizer = match &tokenizer {
            Some(Ok(tokenizer)) => Ok(tokenizer),
            Some(Err(error)) => return Err(miette!("{error}")),
            None => Err(String::new()),
        };
        let format = self.prompts.format();
        let prompts = Prompts::new(&format, tokenizer)?;
        let mut kept = Vec::new();
        for record in records {
            let length = || Ok(prompts.of(&record.fields)?.len());
            let checked = selection.check(&record.found, length);
            let checked = checked.map_err(|reason: String| {
                let path = self.file.display();
                miette!("{path}, record {}: {reason}", record.number)
            })?;
            match checked {
                Ok(()) => kept.push(record),
                Err(why) => *left_out.entry(name(why)).or_default() += 1,
            }
        }
        Ok(kept)
    }

    /// How often problems are solved, if answers to them are named, and how many of these are bad.
    fn solve_rates(&self) -> miette::Result<(Option<SolveRates>, usize)> {
        if self.samples.is_empty() {
            return Ok((None, 0));
        }
        let (mut rates, mut bad) = (SolveRates::default(), 0);
        for path in &self.samples {
            let add = |record: &_, _| -> Result<(), Fault> { rates.add(record) };
            bad += read(path, add)?.1;
        }
        Ok((Some(rates), bad))
    }
}

impl Solved {
    fn of(rates: &SolveRates, records: &[Read<Question>]) -> Self {
        let mut solved = Self::default();
        for rate in records.iter().filter_map(|it| rates.of(&it.found.id)) {
            *match rate {
                0.0 => &mut solved.never,
                1.0 => &mut solved.always,
                _ => &mut solved.at_times,
            } += 1;
        }
        solved
    }
}

impl Selected {
    fn table(&self) -> String {
        let row = |what: &str, count: usize| [what.to_owned(), count.to_string()];
        let mut rows = vec![["problems".to_owned(), self.records.to_string()]];
        if let Some(solved) = &self.solved {
            rows.push(row("  never solved", solved.never));
            rows.push(row("  solved at times", solved.at_times));
            rows.push(row("  always solved", solved.always));
        }
        let left_out = self.left_out.iter();
        rows.extend(left_out.map(|(why, count)| row(&format!("left out: {why}"), *count)));
        rows.push(row("selected", self.selected));
        rows.push(row("  with an answer", self.with_answer));
        if self.bad > 0 {
            rows.push(row("bad records", self.bad));
        }
        numbers_in(1..2, rows)
    }
}

fn name(why: LeftOut) -> &'static str {
    match why {
        LeftOut::Level => "another level",
        LeftOut::TooLong => "too long",
        LeftOut::NotTried => "not tried",
        LeftOut::TooHard => "solved too seldom",
        LeftOut::TooEasy => "solved too often",
    }
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.parse().ok().filter(|it| (0.0..=1.0).contains(it));
    share.ok_or_else(|| "it must be a number from 0 to 1".to_owned())
}
