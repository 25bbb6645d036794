//! Commands, their arguments, and how they end.
//!
//! Exit codes: 0 done, 1 failed (also in part), 2 the command line itself is wrong.

mod credit;
mod data;
mod devices;
mod diagnostic;
mod engine;
mod generate;
mod growing_file;
mod info;
mod init;
mod ink;
mod logprobs;
mod output;
mod prm;
mod prompt_encoder;
mod records;
mod report;
mod score;
mod sft;
mod step_tokens;
mod table;
mod train;
mod training;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use pure::model::{DeviceChoice, Precision};

/// Reinforcement learning of language models from process rewards.
#[derive(Parser)]
#[command(name = "pure", version, about, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Credit(credit::Credit),
    Data(data::Data),
    Devices(devices::Devices),
    Generate(generate::Generate),
    Info(info::Info),
    Init(init::Init),
    Logprobs(logprobs::Logprobs),
    Prm(prm::Prm),
    Report(report::Command),
    Score(score::Score),
    Sft(sft::Command),
    Train(train::Train),
    Verify(verify::Verify),
}

/// Where and how to compute.
#[derive(Args)]
struct Compute {
    /// Device: auto, cpu, or cuda, wgpu, vulkan, metal, rocm with a number if need be (cuda:1)
    #[arg(long, value_name = "DEVICE", default_value = "auto")]
    device: DeviceChoice,
    /// Numbers to compute in: f32, or bf16 where the device has it
    #[arg(long, value_name = "f32|bf16", default_value = "f32")]
    dtype: Precision,
}

/// A model's folder in the layout of Hugging Face.
#[derive(Args)]
struct Model {
    /// Folder with config.json, safetensors and, for text, tokenizer.json
    #[arg(long, value_name = "DIR")]
    model: PathBuf,
}

/// How a command ended that did not fail outright.
enum Outcome {
    Done,
    /// It went through, but some of its input was bad; the reason was given.
    InPart,
}

pub fn run() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Credit(command) => command.run(),
        Command::Data(command) => command.run(),
        Command::Devices(command) => command.run(),
        Command::Generate(command) => command.run(),
        Command::Info(command) => command.run(),
        Command::Init(command) => command.run(),
        Command::Logprobs(command) => command.run(),
        Command::Prm(command) => command.run(),
        Command::Report(command) => command.run(),
        Command::Score(command) => command.run(),
        Command::Sft(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Verify(command) => command.run(),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::InPart) => ExitCode::FAILURE,
        Err(report) if output::is_closed(&report) => ExitCode::SUCCESS,
        Err(report) => {
            eprintln!("{report:?}");
            ExitCode::FAILURE
        }
    }
}
