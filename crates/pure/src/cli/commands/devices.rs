//! `pure devices`: what this binary can compute on, here.

use clap::Args;
use pure::model::PresentDevice;
use serde_json::json;

use crate::cli::support::{Outcome, print, table};

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
        let check = |device: PresentDevice| {
            let fault = device.check().err().map(|error| error.to_string());
            (device, fault)
        };
        let checked: Vec<_> = PresentDevice::all().into_iter().map(check).collect();
        let faults = || checked.iter().filter_map(|(_, fault)| fault.as_ref());
        if self.json {
            print(checked.iter().map(json_line).collect::<String>())?;
        } else {
            let yes = |it: bool| if it { "yes" } else { "no" }.to_owned();
            let mut rows = vec![["device", "computes", "bf16", "what it is"].map(str::to_owned)];
            rows.extend(checked.iter().map(|(device, fault)| {
                let (computes, bf16) = (yes(fault.is_none()), yes(device.computes_bf16));
                [
                    device.to_string(),
                    computes,
                    bf16,
                    device.description.clone(),
                ]
            }));
            print(table(&rows))?;
            for fault in faults() {
                print(format_args!("{fault}\n"))?;
            }
        }
        Ok(Outcome::of(faults().next().is_none()))
    }
}

fn json_line((device, fault): &(PresentDevice, Option<String>)) -> String {
    let record = json!({
        "device": device.to_string(),
        "description": device.description,
        "accelerator": device.is_accelerator,
        "computes": fault.is_none(),
        "error": fault,
        "bf16": device.computes_bf16,
    });
    format!("{record}\n")
}
