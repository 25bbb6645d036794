//! Settings of every kind: the files of `configs`, small ones that can be run, and all of them with every
//! default written out. What is taken is written out and read again, and a run of it is prepared.

use std::fmt::Debug;
use std::fs;
use std::path::{Path, PathBuf};

use pure::core::MethodConfig;
use pure::model::Room;
use pure::prm::{PrmConfig, PrmTraining};
use pure::rl::{PolicyConfig, PolicyTraining};
use pure::settings::{ConfigError, Override, Validate, load, parse, resolved};
use pure::sft::{Sft, SftConfig};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tempfile::TempDir;

use super::dice::Dice;
use super::{program, text, try_inputs};
use crate::training::{Bench, PRM, SFT, TRAIN, policy_bench};

/// Pieces of TOML, and words of the settings.
const PIECES: [&str; 55] = [
    "[",
    "]",
    "{",
    "}",
    "=",
    ".",
    ",",
    "\"",
    "'",
    "\"\"\"",
    "'''",
    "#",
    "\n",
    "\r\n",
    "\r",
    " ",
    "[[",
    "]]",
    "model",
    "output",
    "[method]",
    "[[stages]]",
    "stages = []\n",
    "batch",
    "examples = 0\n",
    "tokens = 1\n",
    "credit",
    "form = \"soft-min\"",
    "sum",
    "{ form = \"soft-min\", temperature = 0 }",
    "seed = 18446744073709551615\n",
    "true",
    "false",
    "1",
    "-1",
    "0",
    "1e5",
    "nan",
    "inf",
    "2026-01-01",
    "\\u00e9",
    "\\ud800",
    "learning_rate",
    "peak",
    "every = 0\n",
    "learning_rate = { peak = 1 }\n",
    "lr_scheduler",
    "answers = 2\n",
    "rules",
    "signal",
    "adaptive",
    "template = \"{prompt}{prompt}\"\n",
    "kv_memory_mib = 17592186044416\n",
    "max_new_tokens = 9223372036854775807\n",
    "packing = true\n",
];

/// A file's text and what `--set` says.
struct Input {
    text: Vec<u8>,
    sets: Vec<String>,
}

impl Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = String::from_utf8_lossy(&self.text);
        write!(f, "--set {:?} of\n{text}", self.sets)
    }
}

/// Every file there is, as it is and with all defaults.
fn bases(bench: &Bench) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
    let mut bases = Vec::new();
    for folder in ["chain", "paper"] {
        let entries = fs::read_dir(root.join(folder)).unwrap();
        let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        paths.retain(|path| path.extension().is_some_and(|end| end == "toml"));
        paths.sort();
        bases.extend(paths.iter().map(|path| fs::read_to_string(path).unwrap()));
    }
    for settings in [SFT, PRM, TRAIN] {
        // Twice, for only of these more than the file is looked at.
        let here = settings.replace("\"model\"", &format!("{:?}", bench.path("model")));
        let here = here.replace("\"prm/model\"", &format!("{:?}", bench.path("prm/model")));
        let here = here.replace("\"data/", &format!("\"{}/", bench.path("data").display()));
        bases.extend([here.clone(), here]);
    }
    let mut all = bases.clone();
    for base in &bases {
        all.extend(whole::<SftConfig>(base));
        all.extend(whole::<PrmConfig>(base));
        all.extend(whole::<PolicyConfig>(base));
    }
    all.push(toml::to_string(&MethodConfig::default()).unwrap());
    all
}

fn whole<T: DeserializeOwned + Validate + Serialize>(text: &str) -> Option<String> {
    let loaded = parse::<T>("run.toml".as_ref(), text, &[]).ok()?;
    Some(resolved(&loaded.settings).unwrap())
}

fn input(number: u64, bases: &[String]) -> Input {
    let mut dice = Dice(number);
    let sets = |dice: &mut Dice| {
        let line = bases[dice.below(bases.len())].lines().map(str::to_owned);
        let lines: Vec<String> = line.filter(|line| line.contains('=')).collect();
        let line = dice.pick(&lines).clone();
        let set = text::changed(dice, &[line], &PIECES);
        String::from_utf8_lossy(&set).into_owned()
    };
    let count = [0, 0, 0, 1, 2][dice.below(5)];
    let sets: Vec<String> = (0..count).map(|_| sets(&mut dice)).collect();
    let text = match !sets.is_empty() && dice.one_in(2) {
        true => dice.pick(bases).clone().into_bytes(),
        false => text::changed(&mut dice, bases, &PIECES),
    };
    Input { text, sets }
}

/// The settings of a file, if they are any; a fault has a place in it.
fn read<T: DeserializeOwned + Validate + Serialize>(text: &str, sets: &[Override]) -> Option<T> {
    let name = Path::new("run.toml");
    let settings = match parse::<T>(name, text, sets) {
        Ok(loaded) => loaded.settings,
        Err(fault) => {
            is_sound(&fault);
            return None;
        }
    };
    match resolved(&settings) {
        Ok(whole) => {
            let again = parse::<T>(name, &whole, &[]).expect("what is written is read");
            assert_eq!(again.renamed, []);
            assert_eq!(resolved(&again.settings).unwrap(), whole);
        }
        // TOML's numbers have a sign.
        Err(fault) => assert!(matches!(fault, ConfigError::Unwritable { .. }), "{fault}"),
    }
    Some(settings)
}

fn is_sound(fault: &ConfigError) {
    assert!(!fault.to_string().is_empty());
    let Some(place) = fault.place() else { return };
    if let Some(span) = place.span() {
        assert!(place.text().get(span).is_some(), "{fault}");
    }
    let lines = place.text().lines().count().max(1);
    assert!(
        place.line().is_none_or(|line| (1..=lines).contains(&line)),
        "{fault}"
    );
}

fn is_taken(input: &Input) -> bool {
    let text = String::from_utf8_lossy(&input.text);
    let sets: Vec<Override> = input
        .sets
        .iter()
        .filter_map(|set| set.parse().ok())
        .collect();
    let mut is_taken =
        toml::from_str::<MethodConfig>(&text).is_ok_and(|method| method.build().is_ok());
    if let Some(settings) = read::<SftConfig>(&text, &sets) {
        is_taken = true;
        if let Ok(sft) = Sft::prepare(settings) {
            sft.forecast(Room::HOST);
        }
    }
    if let Some(settings) = read::<PrmConfig>(&text, &sets) {
        is_taken = true;
        if let Ok(training) = PrmTraining::prepare(settings) {
            training.forecast(Room::HOST);
        }
    }
    if let Some(settings) = read::<PolicyConfig>(&text, &sets) {
        is_taken = true;
        if let Ok(training) = PolicyTraining::prepare(settings) {
            training.forecast(Room::HOST);
            let _ = training.check();
        }
    }
    is_taken
}

#[test]
fn changed_settings_are_taken_or_refused() {
    let bench = policy_bench();
    let bases = bases(&bench);
    let folder = TempDir::new().unwrap();
    try_inputs(
        3_000,
        move |number| input(number, &bases),
        move |number, input| {
            if number % 16 == 0 {
                let path = folder.path().join(format!("{number}.toml"));
                fs::write(&path, &input.text).unwrap();
                if let Err(fault) = load::<SftConfig>(&path, &[]) {
                    is_sound(&fault);
                }
                // Drawn by the program: where the fault is, with the lines around it.
                if number % 256 == 0 {
                    let path = path.to_str().unwrap();
                    program::takes(&["credit", "--config", path, "--input", "/dev/null"]);
                    let mut arguments = vec!["train", "--dry-run", "--config", path];
                    // No command line can hold a zero.
                    for set in input.sets.iter().filter(|set| !set.contains('\0')) {
                        arguments.extend(["--set", set]);
                    }
                    program::takes(&arguments);
                }
                fs::remove_file(&path).unwrap();
            }
            let _ = &bench;
            is_taken(input)
        },
    );
}
