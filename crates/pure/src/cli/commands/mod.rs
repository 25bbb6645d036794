//! The commands, one a file or a folder.

mod chat;
mod completions;
mod config;
mod credit;
mod data;
mod devices;
mod eval;
mod generate;
mod info;
mod init;
mod logprobs;
mod man;
mod merge;
mod prm;
mod report;
mod score;
mod sft;
mod solve;
mod train;
mod verify;

use clap::Subcommand;

use super::support::Outcome;

#[derive(Subcommand)]
pub enum Command {
    Chat(chat::Chat),
    Completions(completions::Completions),
    Config(config::Config),
    Credit(credit::Credit),
    /// Make the built-in task's data, or look at data of one's own
    #[command(subcommand)]
    Data(data::Data),
    Devices(devices::Devices),
    Eval(Box<eval::Eval>),
    Generate(generate::Generate),
    Info(info::Info),
    Init(init::Init),
    Logprobs(logprobs::Logprobs),
    Man(man::Man),
    Merge(merge::Merge),
    /// Process reward models: train one, measure one, and make what it learns from
    #[command(subcommand)]
    Prm(prm::Prm),
    Report(report::Command),
    Score(score::Score),
    Sft(sft::Command),
    Solve(Box<solve::Solve>),
    Train(train::Train),
    Verify(verify::Verify),
}

impl Command {
    pub fn run(self) -> miette::Result<Outcome> {
        match self {
            Self::Chat(command) => command.run(),
            Self::Completions(command) => command.run(),
            Self::Config(command) => command.run(),
            Self::Credit(command) => command.run(),
            Self::Data(command) => command.run(),
            Self::Devices(command) => command.run(),
            Self::Eval(command) => command.run(),
            Self::Generate(command) => command.run(),
            Self::Info(command) => command.run(),
            Self::Init(command) => command.run(),
            Self::Logprobs(command) => command.run(),
            Self::Man(command) => command.run(),
            Self::Merge(command) => command.run(),
            Self::Prm(command) => command.run(),
            Self::Report(command) => command.run(),
            Self::Score(command) => command.run(),
            Self::Sft(command) => command.run(),
            Self::Solve(command) => command.run(),
            Self::Train(command) => command.run(),
            Self::Verify(command) => command.run(),
        }
    }
}
