//! `pure config`: every setting of the commands that read a settings file.

use clap::{Args, ValueEnum};
use miette::IntoDiagnostic as _;
use pure::prm::PrmConfig;
use pure::rl::PolicyConfig;
use pure::settings::{JsonSchema, Setting, SettingDefault, list, schema};
use pure::sft::SftConfig;

use crate::cli::support::Outcome;
use crate::cli::support::ink::Ink;
use crate::cli::support::output::print;

/// Every setting of train, sft and prm train, with its default and its meaning
///
/// They are set in a TOML file, which --config names, and by --set TABLE.KEY=VALUE. What is printed comes from
/// the very types that the file is read into.
#[derive(Args)]
#[command(group = clap::ArgGroup::new("form").required(true).args(["list", "schema"]))]
pub struct Config {
    /// Of one command only
    #[arg(value_name = "COMMAND")]
    command: Option<Configured>,
    /// Print every setting: what can be set, its default, its meaning
    #[arg(long)]
    list: bool,
    /// Print a JSON Schema, by which editors complete and check a settings file
    #[arg(long, requires = "command")]
    schema: bool,
}

/// A command that reads a settings file.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Configured {
    Train,
    Sft,
    Prm,
}

impl Configured {
    fn title(self) -> &'static str {
        match self {
            Self::Train => "pure train",
            Self::Sft => "pure sft",
            Self::Prm => "pure prm train",
        }
    }

    fn settings(self) -> Vec<Setting> {
        match self {
            Self::Train => list::<PolicyConfig>(),
            Self::Sft => list::<SftConfig>(),
            Self::Prm => list::<PrmConfig>(),
        }
    }

    fn schema(self) -> miette::Result<String> {
        fn text<T: JsonSchema>() -> serde_json::Result<String> {
            serde_json::to_string_pretty(&schema::<T>())
        }
        let text = match self {
            Self::Train => text::<PolicyConfig>(),
            Self::Sft => text::<SftConfig>(),
            Self::Prm => text::<PrmConfig>(),
        };
        text.into_diagnostic()
    }
}

impl Config {
    pub fn run(self) -> miette::Result<Outcome> {
        if let (true, Some(command)) = (self.schema, self.command) {
            print(format_args!("{}\n", command.schema()?))?;
            return Ok(Outcome::Done);
        }
        let ink = Ink::for_stdout();
        for command in Configured::value_variants() {
            if self.command.is_none_or(|only| only == *command) {
                print(format_args!("{}\n", ink.strong(command.title())))?;
                for setting in command.settings() {
                    print(format_args!("{}", shown(&setting, ink)))?;
                }
                print(format_args!("\n"))?;
            }
        }
        Ok(Outcome::Done)
    }
}

/// A setting in a few lines.
fn shown(setting: &Setting, ink: Ink) -> String {
    let Setting {
        key,
        kind,
        default,
        meaning,
        names,
    } = setting;
    let is_table = matches!(kind.as_str(), "table" | "array of tables");
    let default = match default {
        SettingDefault::Required => "must be given".to_owned(),
        SettingDefault::None if is_table => "may be left out".to_owned(),
        SettingDefault::None => "without a default".to_owned(),
        SettingDefault::Value(_) if kind == "table" => String::new(),
        SettingDefault::Value(value) => format!("default {value}"),
    };
    if is_table {
        let key = match kind.as_str() {
            "table" => format!("[{key}]"),
            _ => format!("[[{key}]]"),
        };
        let facts = match default.as_str() {
            "" => String::new(),
            default => format!("  {default}"),
        };
        return format!("\n{}{facts}\n    {meaning}\n", ink.strong(&key));
    }
    let mut text = format!(
        "{}  {}\n    {meaning}\n",
        ink.strong(key),
        format_args!("{kind}; {default}")
    );
    for (name, meaning) in names {
        text += &format!("      {name}  {meaning}\n");
    }
    text
}
