//! `pure devices`: what this binary can compute on, here.

use clap::Args;
use pure::model::PresentDevice;
use serde_json::json;

use super::Outcome;
use super::output::print;
use super::table::table;

/// List the devices that this binary can use here, the one that `auto` takes first
#[derive(Args)]
pub struct Devices {
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

impl Devices {
    pub fn run(self) -> miette::Result<Outcome> {
        let present = PresentDevice::all();
        let text: String = if self.json {
            present.iter().map(json_line).collect()
        } else {
            let head = ["device", "bf16", "what it is"].map(str::to_owned);
            let row = |device: &PresentDevice| {
                let bf16 = if device.computes_bf16 { "yes" } else { "no" };
                [
                    device.to_string(),
                    bf16.to_owned(),
                    device.description.clone(),
                ]
            };
            let rows: Vec<_> = std::iter::once(head)
                .chain(present.iter().map(row))
                .collect();
            table(&rows)
        };
        print(text)?;
        Ok(Outcome::Done)
    }
}

fn json_line(device: &PresentDevice) -> String {
    let record = json!({
        "device": device.to_string(),
        "description": device.description,
        "accelerator": device.is_accelerator,
        "bf16": device.computes_bf16,
    });
    format!("{record}\n")
}
