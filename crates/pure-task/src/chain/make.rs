//! A folder of the task: everything that a run needs, from one seed.
//!
//! | file | a line | from |
//! | --- | --- | --- |
//! | `train.jsonl` | `{"id", "prompt", "answer"}` | the level, training split |
//! | `held_out.jsonl` | the same | the level, held-out split |
//! | `long.jsonl`, ... | the same | the other presets, held-out split |
//! | `sft.jsonl` | `{"id", "prompt", "completion"}` | solutions in the style, training split |
//! | `trunk.jsonl` | the same | correct solutions, training split |
//! | `steps.jsonl` | `{"id", "prompt", "completions", "labels", "answer"}` | [`LabelledMix`], training split |
//! | `steps_held_out.jsonl` | the same | the same, held-out split |
//! | `tokenizer/` | | [`write_tokenizer`] |
//! | `data.json` | | how the folder was made; written last |
//!
//! The same options give the same bytes. Steps and completions come without the separator and the end
//! token: who trains puts them there.

use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::{Map, json};

use super::dice::Dice;
use super::labelled::LabelledMix;
use super::level::Level;
use super::problem::Problem;
use super::problems::{Problems, Split};
use super::solution::{SolutionStyle, SolutionWriter};
use super::tokenizer::write_tokenizer;
use crate::Error;

const DESCRIPTION: &str = "data.json";

/// What to make.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MakeOptions {
    /// How hard the problems are.
    pub level: Level,
    /// Decides everything that is random, and which facts are shaky.
    pub seed: u64,
    /// Habits of the solutions in `sft.jsonl`.
    pub style: SolutionStyle,
    /// Prompts to train on.
    pub train: u64,
    /// Prompts to evaluate on, and answers in `steps_held_out.jsonl`.
    pub held_out: u64,
    /// Prompts of each of the other presets.
    pub others: u64,
    /// Solutions in the style.
    pub sft: u64,
    /// Correct solutions.
    pub trunk: u64,
    /// Step-labelled answers.
    pub steps: u64,
}

impl Default for MakeOptions {
    fn default() -> Self {
        Self {
            level: Level::base(),
            seed: 0,
            style: SolutionStyle::default(),
            train: 8_192,
            held_out: 512,
            others: 256,
            sft: 22_400,
            trunk: 44_800,
            steps: 24_576,
        }
    }
}

/// What was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Made {
    /// Every file of records with its number of lines, in the order of writing.
    pub files: Vec<(String, u64)>,
}

/// Makes the folder. What is there under the names of its files is replaced, file by file.
///
/// # Errors
///
/// [`Error::Setting`] if an option has no meaning, [`Error::File`] if a file cannot be written.
pub fn make(options: &MakeOptions, folder: &Path) -> Result<Made, Error> {
    let writer = SolutionWriter::new(options.style, options.seed)?;
    let correct = SolutionWriter::new(SolutionStyle::correct(), options.seed)?;
    let task = Task { options, folder };
    let own = |split, purpose| Problems::for_purpose(options.level, split, options.seed, purpose);
    let steps = |split| {
        let problems = own(split, "steps")?;
        LabelledMix::new(problems, options.style, options.seed)
    };
    let train = own(Split::Train, "prompts")?;
    let held_out = own(Split::HeldOut, "prompts")?;
    let (sft, trunk) = (own(Split::Train, "sft")?, own(Split::Train, "trunk")?);
    let (steps, steps_held_out) = (steps(Split::Train)?, steps(Split::HeldOut)?);

    pure_files::create_folder(folder)?;
    // What is there is no longer what it says.
    pure_files::remove(folder.join(DESCRIPTION))?;
    let mut files = vec![
        task.prompts("train", train, options.train)?,
        task.prompts("held_out", held_out, options.held_out)?,
    ];
    for (name, level) in Level::PRESETS {
        if level != options.level {
            let seed = options.seed;
            let problems = Problems::for_purpose(level, Split::HeldOut, seed, "prompts")?;
            files.push(task.prompts(name, problems, options.others)?);
        }
    }
    files.push(task.solutions("sft", sft, &writer, options.sft)?);
    files.push(task.solutions("trunk", trunk, &correct, options.trunk)?);
    files.push(task.labelled("steps", steps, options.steps)?);
    files.push(task.labelled("steps_held_out", steps_held_out, options.held_out)?);
    write_tokenizer(&folder.join("tokenizer"))?;
    task.describe(&files)?;
    Ok(Made { files })
}

struct Task<'a> {
    options: &'a MakeOptions,
    folder: &'a Path,
}

type Written = Result<(String, u64), Error>;

impl Task<'_> {
    fn prompts(&self, name: &str, problems: Problems, count: u64) -> Written {
        let lines = (1..=count).zip(problems).map(|(number, problem)| {
            json!({
                "id": format!("{name}-{number:06}"),
                "prompt": problem.prompt(),
                "answer": problem.answer().to_string(),
            })
        });
        self.lines(name, lines)
    }

    fn solutions(
        &self,
        name: &str,
        problems: Problems,
        writer: &SolutionWriter,
        count: u64,
    ) -> Written {
        let mut dice = Dice::new(self.options.seed, name);
        let lines = (1..=count).zip(problems).map(|(number, problem)| {
            json!({
                "id": format!("{name}-{number:06}"),
                "prompt": problem.prompt(),
                "completion": writer.write(&problem, &mut dice),
            })
        });
        self.lines(name, lines)
    }

    fn labelled(&self, name: &str, answers: LabelledMix, count: u64) -> Written {
        let lines = answers.zip(0..count).map(|(answer, _)| {
            let problem = answer.prompt.parse::<Problem>().ok();
            let mut line = json!(answer);
            line["answer"] = problem.map(|problem| problem.answer().to_string()).into();
            line
        });
        self.lines(name, lines)
    }

    fn lines(&self, name: &str, lines: impl Iterator<Item = impl Serialize>) -> Written {
        let name = format!("{name}.jsonl");
        let count = pure_files::write_with(self.folder.join(&name), |file| {
            let mut count = 0;
            for line in lines {
                serde_json::to_writer(&mut *file, &line)?;
                file.write_all(b"\n")?;
                count += 1;
            }
            Ok(count)
        })?;
        Ok((name, count))
    }

    fn describe(&self, files: &[(String, u64)]) -> Result<(), Error> {
        let files = files.iter();
        let files = files.map(|(name, records)| (name.clone(), json!(records)));
        let description = json!({
            // The crate that this was a part of at first: the same options give the same bytes for good.
            "made_by": concat!("pure-data ", env!("CARGO_PKG_VERSION")),
            "task": "arithmetic in steps, from left to right",
            "options": self.options,
            "records": Map::from_iter(files),
        });
        let path = self.folder.join(DESCRIPTION);
        Ok(pure_files::write(path, format!("{description:#}\n"))?)
    }
}
