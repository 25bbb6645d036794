//! `pure chat`: a conversation with a model.

mod conversation;
mod turns;

use std::io::{IsTerminal, stdin};
use std::sync::Arc;

use clap::Args;
use miette::miette;
use pure::model::PromptFormat;
use pure::rollout::Session;

use self::conversation::{Conversation, Heard};
use self::turns::{Turn, Turns};
use crate::cli::support::engine::KvCacheArgs;
use crate::cli::support::{
    Compute, Model, Outcome, Prompts, SamplingArgs, as_the_model_says, explain, open_model,
};

/// Talk to a model, in its chat template
///
/// A line is a turn, and the answer is shown while it is sampled. Ctrl-C stops an answer, of which what was said stays
/// in the conversation; /clear begins another one, Ctrl-D or /exit ends. Standard input need not be a terminal: then
/// nothing but the answers is written to standard output.
///
/// Where no option says how tokens are drawn, the model's generation_config.json does, as for `pure generate`.
#[derive(Args)]
#[command(mut_args(as_the_model_says))]
#[command(mut_arg("max_new_tokens", |most| most.default_value("2048")))]
pub struct Chat {
    #[command(flatten)]
    model: Model,
    /// What the model is told before the conversation, as the turn of the system
    #[arg(long, value_name = "TEXT")]
    system: Option<String>,
    #[command(flatten)]
    kv_cache: KvCacheArgs,
    #[command(flatten)]
    compute: Compute,
    // Last, since its heading would stand over what follows.
    #[command(flatten)]
    sampling: SamplingArgs,
}

impl Chat {
    pub fn run(self) -> miette::Result<Outcome> {
        let checkpoint = open_model(&self.model.model)?;
        let tokenizer = checkpoint.tokenizer().map_err(explain)?;
        if !tokenizer.has_chat_template() {
            return Err(miette!(
                help = "`pure generate --raw --prompt TEXT` goes on with a text",
                "the model in {} has no chat template, so it knows no turns",
                checkpoint.folder().display()
            ));
        }
        let (tokenizer, format) = (Ok(Arc::new(tokenizer)), PromptFormat::default());
        let stop = self.sampling.stop_strings(&tokenizer)?;
        let tokenizer = tokenizer.map_err(explain)?;
        let prompts = Prompts::new(&format, Ok(&tokenizer))?;
        let sampling = self.sampling.sampling(&checkpoint, &prompts)?;
        let model = checkpoint.load(&self.compute.device()?, self.compute.dtype);
        let session = Session::new(model.map_err(explain)?, self.kv_cache.bytes());
        let session = session.map_err(|error| miette!("{error}"))?;
        let encoder = format.encoder(&tokenizer).map_err(explain)?;
        let mut conversation = Conversation {
            session,
            tokenizer: &tokenizer,
            encoder,
            sampling,
            stop,
            system: self.system,
            messages: Vec::new(),
        };
        conversation.check_system()?;

        if stdin().is_terminal() {
            eprintln!(
                "Ctrl-C stops an answer; /clear begins another conversation; Ctrl-D or /exit ends"
            );
        }
        let turns = Turns::open()?;
        loop {
            match turns.next_turn()? {
                Turn::End => return Ok(Outcome::Done),
                Turn::Clear => conversation.messages.clear(),
                Turn::Said(text) => match conversation.answer(&text, turns.interrupted())? {
                    Heard::All => {}
                    Heard::CutOff(most) => {
                        eprintln!("cut at {most} tokens; --max-new-tokens allows more");
                    }
                    Heard::Stopped => eprintln!("stopped"),
                    Heard::Nothing(reason) => eprintln!("{reason}"),
                },
            }
        }
    }
}
