//! In what the arms differ, and all that they were told.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::{arm_heads, arm_row};
use crate::html::{self, escaped};
use crate::report::Report;

pub(super) fn draw(report: &Report) -> String {
    let arms = report.arms.iter();
    let settings: Vec<_> = arms.map(|arm| &arm.runs[0].config.of_arm).collect();
    let keys: BTreeSet<&String> = settings.iter().flat_map(|of| of.keys()).collect();
    let differs = |key: &&String| {
        let mut values = settings.iter().map(|of| of.get(*key));
        values.any(|value| value != settings[0].get(*key))
    };
    let keys: Vec<&String> = keys.into_iter().filter(differs).collect();
    let mut out = String::new();
    if keys.is_empty() {
        out += match report.arms.len() {
            1 => "<p>There is one arm, so nothing differs but the seeds.</p>\n",
            _ => "<p>Nothing differs.</p>\n",
        };
    } else {
        out += "<p>What differs between the arms:</p>\n";
        let mut rows = arm_heads(report, "setting");
        for key in keys {
            let value = |of: &&BTreeMap<String, String>| {
                format!(">{}", escaped(of.get(key).map_or("–", String::as_str)))
            };
            let name = format!("<code>{}</code>", escaped(key));
            rows += &arm_row(&name, settings.iter().map(value));
        }
        out += &html::table("Settings", "", &(rows + "</tbody>"));
    }
    for arm in &report.arms {
        for run in &arm.runs {
            let _ = writeln!(
                out,
                "<details><summary>All settings of {}</summary>\n\
                 <pre class=scroll tabindex=0>{}</pre></details>",
                escaped(&run.folder.display().to_string()),
                escaped(&run.config.text)
            );
        }
    }
    out
}
