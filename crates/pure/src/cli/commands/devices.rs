//! `pure devices`: what this binary can compute on, here.

use clap::Args;
use pure::model::{Error, PresentDevice};
use serde_json::json;

use crate::cli::support::Outcome;
use crate::cli::support::output::print;
use crate::cli::support::table::table;

/// List the devices that this binary can use here, the one that `auto` takes first
///
/// Each computes a little that is known. The exit code is 1 if one of them does not compute it.
#[derive(Args)]
pub struct Devices {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Devices {
    pub fn run(self) -> miette::Result<Outcome> {
        let all = PresentDevice::all().into_iter();
        let checked: Vec<_> = all.map(|device| (device.check(), device)).collect();
        let failures: Vec<String> = checked
            .iter()
            .filter_map(|(check, _)| check.as_ref().err().map(ToString::to_string))
            .collect();
        if self.json {
            print(checked.iter().map(json_line).collect::<String>())?;
        } else {
            let head = ["device", "computes", "bf16", "what it is"].map(str::to_owned);
            let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
            let row = |(check, device): &(Result<(), Error>, PresentDevice)| {
                [
                    device.to_string(),
                    yes(check.is_ok()),
                    yes(device.computes_bf16),
                    device.description.clone(),
                ]
            };
            let rows: Vec<_> = std::iter::once(head)
                .chain(checked.iter().map(row))
                .collect();
            print(table(&rows))?;
            for failure in &failures {
                print(format_args!("{failure}\n"))?;
            }
        }
        Ok(Outcome::of(failures.is_empty()))
    }
}

fn json_line((check, device): &(Result<(), Error>, PresentDevice)) -> String {
    let record = json!({
        "device": device.to_string(),
        "description": device.description,
        "accelerator": device.is_accelerator,
        "computes": check.is_ok(),
        "error": check.as_ref().err().map(ToString::to_string),
        "bf16": device.computes_bf16,
    });
    format!("{record}\n")
}
