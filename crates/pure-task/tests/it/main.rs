//! One binary, a file a concern.

mod digests;
mod folder;
mod hostile;
mod oracle;
mod tokenizer;

use pure_task::chain::MakeOptions;

/// A folder of the task that is made in no time.
fn small() -> MakeOptions {
    MakeOptions {
        train: 300,
        held_out: 50,
        others: 20,
        sft: 200,
        trunk: 100,
        steps: 400,
        ..MakeOptions::default()
    }
}
