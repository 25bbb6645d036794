//! This project beside its peers on one machine: in turn, each measurement a process of its own, ratios with their
//! spread.
//!
//! ```sh
//! cargo bench -p pure-benches --profile dev --bench compare -- --peer pytorch
//! cargo bench -p pure-benches --profile dev --bench compare -- --peer llama.cpp --model models/SmolLM2-135M-Instruct
//! ```
//!
//! A peer is a script in `benches/peers` that installs itself from its own packages on first use, and prints tokens a
//! second. llama.cpp wants a real model in a folder; PyTorch takes the shapes below with random weights. What counts
//! is the quickest of the repetitions of a measurement, and of those of all rounds the median of the ratios.

mod shapes;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use burn::tensor::{Device, Distribution, Int, Tensor};
use clap::{Parser, ValueEnum};
use pure_model::{CausalLm, Checkpoint, Gradients, ModelConfig, Positions, Precision, Recording};
use pure_rollout::{Engine, EngineOptions, Request, Sampling, sample_all};
use pure_run::{LrScheduler, OptimizerConfig, TrainState};

use self::shapes::shape;

#[derive(Parser)]
struct Options {
    /// What to stand beside
    #[arg(long)]
    peer: Peer,
    /// A model's folder, in place of the shapes
    #[arg(long)]
    model: Option<PathBuf>,
    /// Rounds, each this project and then the peer
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// Only what has this in its name
    #[arg(long, default_value = "")]
    only: String,
    /// A measurement, in the words in which a peer gets it
    #[arg(long, hide = true, num_args = 5)]
    measure: Option<Vec<String>>,
    /// What `cargo bench` says of itself
    #[arg(long, hide = true)]
    bench: bool,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Peer {
    #[value(name = "pytorch")]
    PyTorch,
    #[value(name = "llama.cpp")]
    LlamaCpp,
}

impl Peer {
    fn script(self) -> PathBuf {
        let name = match self {
            Self::PyTorch => "pytorch.sh",
            Self::LlamaCpp => "llama_cpp.sh",
        };
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("peers")
            .join(name)
    }

    fn cases(self, model: Option<&Path>) -> Vec<Case> {
        let folder = model.map(|model| model.display().to_string());
        let shapes = SHAPES
            .map(|(name, batch)| (name.to_owned(), batch))
            .to_vec();
        let work: Vec<(String, [usize; 2])> = match (self, folder) {
            (Self::LlamaCpp, folder) => {
                let folder = folder.expect("llama.cpp wants --model");
                [1, 8, 32, 64]
                    .map(|rows| (folder.clone(), [rows, 90]))
                    .to_vec()
            }
            (Self::PyTorch, Some(folder)) => vec![(folder, [4, 256])],
            (Self::PyTorch, None) => shapes,
        };
        let tasks: &[&str] = match self {
            Self::LlamaCpp => &["sample"],
            Self::PyTorch => &["prefill", "train"],
        };
        let mut cases = Vec::new();
        for (model, batch) in work {
            for (&task, precision) in tasks
                .iter()
                .flat_map(|task| [(task, "f32"), (task, "bf16")])
            {
                let model = model.clone();
                cases.push(Case {
                    task,
                    model,
                    precision,
                    batch,
                });
            }
        }
        cases
    }
}

/// Models and their batches: rows and tokens of each.
const SHAPES: [(&str, [usize; 2]); 3] = [
    ("nano", [32, 128]),
    ("slice", [2, 256]),
    ("smollm2", [4, 256]),
];

/// New tokens of each row where answers are sampled.
const NEW_TOKENS: usize = 64;

/// Repetitions go on for so long, and are at least three.
const LONG_ENOUGH: Duration = Duration::from_secs(4);

/// One thing to measure.
struct Case {
    task: &'static str,
    /// A shape's name or a folder.
    model: String,
    precision: &'static str,
    batch: [usize; 2],
}

impl Case {
    fn name(&self) -> String {
        let Self {
            task,
            model,
            precision,
            batch: [rows, length],
        } = self;
        let model = Path::new(model).file_name().unwrap_or_default();
        format!("{task} {} {rows} x {length} {precision}", model.display())
    }

    /// How a measurement is asked for.
    fn words(&self) -> [String; 5] {
        let known = SHAPES.iter().find(|(name, _)| *name == self.model);
        let model = known.map_or(self.model.as_str(), |(name, _)| shape(name));
        let [rows, length] = self.batch;
        [
            self.task.to_owned(),
            model.to_owned(),
            self.precision.to_owned(),
            rows.to_string(),
            length.to_string(),
        ]
    }
}

fn main() {
    let options = Options::parse();
    if let Some(words) = options.measure {
        return println!("{}", measure(&words));
    }
    let program = std::env::current_exe().expect("a program has a path");
    println!("| what | this project, tokens/s | peer | ratio, least to greatest |");
    println!("| --- | --- | --- | --- |");
    for case in options.peer.cases(options.model.as_deref()) {
        if !case.name().contains(&options.only) {
            continue;
        }
        let words = case.words();
        let mut rounds: Vec<[f64; 2]> = (0..options.rounds.max(1))
            .map(|_| {
                let mut own = Command::new(&program);
                own.args(["--peer", "pytorch", "--measure"]).args(&words);
                let mut peer = Command::new(options.peer.script());
                peer.args(&words);
                [rate(own), rate(peer)]
            })
            .collect();
        rounds.sort_by(|a, b| (a[0] / a[1]).total_cmp(&(b[0] / b[1])));
        let ratio = |round: &[f64; 2]| round[0] / round[1];
        let [own, peer] = rounds[rounds.len() / 2];
        println!(
            "| {} | {own:.0} | {peer:.0} | {:.2}, {:.2} to {:.2} |",
            case.name(),
            own / peer,
            ratio(&rounds[0]),
            ratio(&rounds[rounds.len() - 1]),
        );
    }
}

/// The last word that a measurement prints.
fn rate(mut command: Command) -> f64 {
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said
        .split_whitespace()
        .last()
        .and_then(|word| word.parse().ok());
    rate.unwrap_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        panic!("{command:?} printed no number:\n{said}{complaint}")
    })
}

/// Tokens a second of this project.
fn measure(words: &[String]) -> f64 {
    pure_model::keep_freed_memory();
    let [task, model, precision, rows, length] = words else {
        unreachable!("five words are asked for")
    };
    let [rows, length] = [rows, length].map(|number| number.parse().expect("a number"));
    let precision = match precision.as_str() {
        "f32" => Precision::F32,
        _ => Precision::Bf16,
    };
    let load = |device: &Device, precision| match ModelConfig::from_json(model) {
        Ok(config) => config.init(device),
        Err(_) => {
            let checkpoint = Checkpoint::open(model).expect("a model's folder");
            checkpoint.load(device, precision).expect("a whole model")
        }
    };
    let device = Device::flex();
    let small = |lm: CausalLm| pure_model::copied(&lm, precision, &device);
    match task.as_str() {
        "prefill" => prefill(&small(load(&device, precision)), rows, length),
        "train" => train(
            load(&device.clone().autodiff(), Precision::F32),
            precision,
            rows,
            length,
        ),
        _ => sample(small(load(&device, precision)), rows, length),
    }
}

fn tokens(rows: usize, length: usize, model: &CausalLm, device: &Device) -> Tensor<2, Int> {
    let vocabulary = Distribution::Uniform(0.0, model.vocab_size() as f64);
    Tensor::<2>::random([rows, length], vocabulary, device).int()
}

/// Of the quickest repetition, after one to warm up.
fn quickest(tokens: usize, mut run: impl FnMut() -> Duration) -> f64 {
    run();
    let (start, mut best, mut runs) = (Instant::now(), Duration::MAX, 0);
    while runs < 3 || start.elapsed() < LONG_ENOUGH {
        best = best.min(run());
        runs += 1;
    }
    tokens as f64 / best.as_secs_f64()
}

/// Logits of every token.
fn prefill(model: &CausalLm, rows: usize, length: usize) -> f64 {
    let tokens = tokens(rows, length, model, &Device::flex());
    let positions = Positions::sequential(0, length);
    quickest(rows * length, || {
        let start = Instant::now();
        let hidden = model.model.forward(tokens.clone(), &positions);
        let _ = model.logits(hidden).into_data();
        start.elapsed()
    })
}

/// Forward, backward, clipping and AdamW, as `pure sft` does it.
fn train(model: CausalLm, precision: Precision, rows: usize, length: usize) -> f64 {
    let device = model.model.device();
    let tokens = tokens(rows, length, &model, &device);
    let targets = tokens.clone().slice_dim(1, 1..length);
    let positions = Positions::sequential(0, length);
    let optimizer = OptimizerConfig::default();
    let rate = LrScheduler::constant(1e-5);
    let mut state =
        TrainState::new(model, &optimizer, rate, usize::MAX).computing(precision, &device);
    quickest(rows * length, || {
        let start = Instant::now();
        let find = |model: &CausalLm, tokens, sum: &mut Gradients| {
            let loss = |hidden: Tensor<3>| {
                let hidden = hidden.slice_dim(1, 0..length - 1);
                model
                    .score_tokens(hidden, targets.clone(), 1.0)
                    .log_probs
                    .mean()
                    .neg()
            };
            let recording = Recording::default();
            model
                .model
                .add_gradients(sum, model, tokens, &positions, recording, loss);
        };
        let gradients = state.gradients(vec![tokens.clone()], find, |()| ());
        state.update(0, gradients, true).expect("finite gradients");
        start.elapsed()
    })
}

/// New tokens only: what reading the prompts takes is not counted.
fn sample(model: CausalLm, rows: usize, length: usize) -> f64 {
    let vocabulary = model.vocab_size();
    let request = |place: usize| Request {
        prompt: (0..length)
            .map(|i| ((i * 7 + place * 31) % vocabulary) as u32)
            .collect(),
        samples: 0..1,
        stream: place as u64,
        sampling: Sampling {
            max_new_tokens: NEW_TOKENS,
            ..Sampling::default()
        },
        stop: None,
    };
    let requests: Vec<Request> = (0..rows).map(request).collect();
    let mut engine = Engine::new(model, EngineOptions::default());
    quickest(rows * NEW_TOKENS, || {
        let (_, phases) = sample_all(&mut engine, &requests).expect("requests of a good shape");
        phases.decode + phases.sampling
    })
}
