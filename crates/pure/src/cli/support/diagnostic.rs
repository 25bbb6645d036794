//! Errors as a person wants to see them: what is wrong, the place in the file, what to do.

use std::error::Error as _;
use std::path::Path;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report, SourceOffset};
use pure::model::{ConfigError, Error};

/// Turns an error of the library into a report.
pub fn explain(error: Error) -> Report {
    let mut diagnostic = MietteDiagnostic::new(error.to_string());
    diagnostic.help = advice(&error).map(str::to_owned);
    match place(&error) {
        Some((path, text, label)) => {
            diagnostic.labels = Some(vec![label]);
            // The message repeats the path; beside the source it is said once.
            if let Some(source) = error.source() {
                diagnostic.message = source.to_string();
            }
            Report::new(diagnostic).with_source_code(NamedSource::new(path, text))
        }
        None => Report::new(diagnostic),
    }
}

/// As [`explain`], for what goes wrong with a run's folder.
pub fn explain_run(error: pure::run::Error) -> Report {
    use pure::run::Error as Run;

    match &error {
        Run::Read { .. } => advise(&error, "check the path, and that you may read it"),
        Run::File(_) | Run::Write { .. } | Run::Part { .. } => advise(
            &error,
            "check the space left, and that you may write there; the same command goes on from the \
             last checkpoint",
        ),
        _ => plain(&error),
    }
}

/// As [`explain`], for the errors of a crate that trains.
macro_rules! explain_training {
    ($($name:ident: $module:ident),*) => {$(
        pub fn $name(error: pure::$module::Error) -> Report {
            use pure::$module::Error as Training;

            match error {
                Training::Model(error) => explain(error),
                Training::Run(error) => explain_run(error),
                Training::File(error) => explain_run(error.into()),
                Training::Data(_) | Training::Record(_) => {
                    advise(&error, "`pure data check` shows what is in a file")
                }
                _ => plain(&error),
            }
        }
    )*};
}

explain_training!(explain_sft: sft, explain_prm: prm, explain_rl: rl);

fn plain(error: &dyn std::error::Error) -> Report {
    Report::new(MietteDiagnostic::new(error.to_string()))
}

fn advise(error: &dyn std::error::Error, advice: &str) -> Report {
    Report::new(MietteDiagnostic::new(error.to_string()).with_help(advice))
}

/// As [`explain`], for settings, with the place in the file or on the command line.
pub fn explain_config(error: pure::settings::ConfigError) -> Report {
    let Some(place) = error.place() else {
        return Report::new(MietteDiagnostic::new(error.to_string()));
    };
    let source = NamedSource::new(place.name(), place.text().to_owned());
    // The message repeats the place; beside the source it is said once.
    let message = error.source().map(ToString::to_string);
    let mut diagnostic = MietteDiagnostic::new(message.unwrap_or_else(|| error.to_string()));
    let label = place.span().map(|span| LabeledSpan::at(span, "here"));
    diagnostic.labels = label.map(|label| vec![label]);
    Report::new(diagnostic).with_source_code(source)
}

fn advice(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::File(file) if file.is_not_found() => "check the path",
        Error::NoWeights { .. } => {
            "`pure init` makes a model from a config.json; PyTorch's .bin files are not read"
        }
        Error::Truncated { .. } => "copy or download the file again",
        Error::MissingTensor { .. }
        | Error::UnexpectedTensor { .. }
        | Error::TensorShape { .. } => "config.json and the weights must come from the same model",
        Error::NotARewardModel { .. } => {
            "`pure score --prm` wants a reward model; `pure logprobs --model` takes language models"
        }
        Error::NotALanguageModel { .. } => {
            "`pure score --prm` takes it; this command wants a language model"
        }
        Error::TwoHeads { .. } | Error::Labels { .. } => {
            "a reward model is the decoder with one head of two labels: save it so"
        }
        Error::DeviceAbsent { .. } => "`pure devices` lists them; `--device auto` takes the best",
        Error::NoChatTemplate { .. } => "give plain text, or add a chat_template",
        _ => return None,
    })
}

/// The file at fault, its text, and the spot in it.
fn place(error: &Error) -> Option<(String, String, LabeledSpan)> {
    match error {
        Error::Config { path, source } => {
            let text = drawable(path)?;
            let (start, length) = match source {
                ConfigError::Json(source) => (offset(&text, source), 1),
                ConfigError::Value { key, .. } => key_in(&text, key)?,
                ConfigError::Architecture { .. } => key_in(&text, "model_type")?,
                ConfigError::RopeType { .. } => {
                    key_in(&text, "rope_type").or_else(|| key_in(&text, "type"))?
                }
                _ => return None,
            };
            let label = LabeledSpan::at(start..start + length, "here");
            Some((name(path), text, label))
        }
        Error::Json { path, source } => {
            let text = drawable(path)?;
            let start = offset(&text, source);
            Some((name(path), text, LabeledSpan::at(start..start + 1, "here")))
        }
        _ => None,
    }
}

/// The text of a file, if its lines are such as can be shown.
fn drawable(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let longest = text.lines().map(str::len).max();
    (longest <= Some(2000)).then_some(text)
}

fn name(path: &Path) -> String {
    path.display().to_string()
}

fn key_in(text: &str, key: &str) -> Option<(usize, usize)> {
    let quoted = format!("\"{key}\"");
    Some((text.find(&quoted)?, quoted.len()))
}

fn offset(text: &str, error: &serde_json::Error) -> usize {
    let at = SourceOffset::from_location(text, error.line(), error.column()).offset();
    at.min(text.len().saturating_sub(1))
}
