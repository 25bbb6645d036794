//! `pure config`: every setting of the commands that read a settings file.

use clap::Args;
use miette::IntoDiagnostic as _;
use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::settings::{JsonSchema, Setting, SettingDefault, list, schema, template};
use pure::sft::SftConfig;

use crate::cli::support::{Ink, Outcome, named, print};

/// Every setting of train, sft and prm train, with its default and its meaning
///
/// They are set in a TOML file, which --config names, and by --set TABLE.KEY=VALUE. `pure config train` prints such a
/// file to begin with: it holds every default, and names what must be given. What is printed comes from the very types
/// that the file is read into.
#[derive(Args)]
pub struct Config {
    /// The command whose settings are printed
    #[arg(value_name = "COMMAND", value_parser = named(&COMMANDS), required_unless_present = "list")]
    command: Option<Configured>,
    /// Print a list instead: what can be set, its default, its meaning; without a COMMAND of all of them
    #[arg(long, conflicts_with = "schema")]
    list: bool,
    /// Print a JSON Schema instead, by which editors complete and check a settings file
    #[arg(long)]
    schema: bool,
}

/// A command that reads a settings file.
#[derive(Clone, Copy)]
struct Configured {
    title: &'static str,
    settings: fn() -> Vec<Setting>,
    template: fn() -> String,
    schema: fn() -> serde_json::Result<String>,
}

const COMMANDS: [(&str, Configured); 3] = [
    ("train", Configured::by::<PolicyConfig>("pure train")),
    ("sft", Configured::by::<SftConfig>("pure sft")),
    ("prm", Configured::by::<PrmConfig>("pure prm train")),
];

impl Configured {
    const fn by<T: JsonSchema>(title: &'static str) -> Self {
        Self {
            title,
            settings: list::<T>,
            template: template::<T>,
            schema: || serde_json::to_string_pretty(&schema::<T>()),
        }
    }
}

impl Config {
    pub fn run(self) -> miette::Result<Outcome> {
        if let (false, Some(command)) = (self.list, self.command) {
            print(match self.schema {
                true => (command.schema)().into_diagnostic()? + "\n",
                false => (command.template)(),
            })?;
            return Ok(Outcome::Done);
        }
        let ink = Ink::for_stdout();
        for (_, command) in COMMANDS {
            if self.command.is_none_or(|only| only.title == command.title) {
                print(format_args!("{}\n", ink.strong(command.title)))?;
                for setting in (command.settings)() {
                    print(shown(&setting, ink))?;
                }
                print("\n")?;
            }
        }
        Ok(Outcome::Done)
    }
}

/// A setting in a few lines.
fn shown(setting: &Setting, ink: Ink) -> String {
    let (key, kind, meaning) = (&setting.key, setting.kind.as_str(), &setting.meaning);
    let is_table = matches!(kind, "table" | "array of tables");
    let default = match &setting.default {
        SettingDefault::Required => "must be given".to_owned(),
        SettingDefault::None if is_table => "may be left out".to_owned(),
        SettingDefault::None => "without a default".to_owned(),
        SettingDefault::Value(_) if kind == "table" => String::new(),
        SettingDefault::Value(value) => format!("default {value}"),
    };
    let facts = match default.as_str() {
        "" => String::new(),
        default => format!("  {default}"),
    };
    let mut text = match kind {
        "table" => format!("\n{}{facts}\n", ink.strong(&format!("[{key}]"))),
        "array of tables" => format!("\n{}{facts}\n", ink.strong(&format!("[[{key}]]"))),
        _ => format!("{}  {kind}; {default}\n", ink.strong(key)),
    };
    text += &format!("    {meaning}\n");
    for (name, meaning) in &setting.names {
        text += &format!("      {name}  {meaning}\n");
    }
    text
}
