//! Errors as a person wants to see them: what is wrong, the place in the file, what to do.

use std::error::Error as StdError;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::Path;

use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report, SourceOffset};
use pure::model::{ConfigError, Error};
use pure::settings::ConfigError as SettingsError;

/// What is at fault: its name, its text, and the spot in it, if it is one.
type Place = (String, String, Option<Range<usize>>);

/// Turns an error of the library into a report.
pub fn explain(error: Error) -> Report {
    let download = download(&error);
    report(
        &error,
        download.as_deref().or(advice(&error)),
        place(&error),
    )
}

/// An error with what to do about it.
pub fn advise(error: &dyn StdError, advice: Option<&str>) -> Report {
    report(error, advice, None)
}

fn report(error: &dyn StdError, advice: Option<&str>, place: Option<Place>) -> Report {
    let mut diagnostic = MietteDiagnostic::new(error.to_string());
    diagnostic.help = advice.map(str::to_owned);
    let Some((name, text, span)) = place else {
        return Report::new(diagnostic);
    };
    // The message repeats the place; beside the source it is said once, which is drawn where there is a spot to show.
    if let (Some(source), Some(_)) = (error.source(), &span) {
        diagnostic.message = source.to_string();
    }
    diagnostic.labels = span.map(|span| vec![LabeledSpan::at(span, "here")]);
    Report::new(diagnostic).with_source_code(NamedSource::new(name, text))
}

/// As [`explain`], for what goes wrong with a run's folder.
pub fn explain_run(error: pure::run::Error) -> Report {
    use pure::run::Error as Run;

    let advice = match &error {
        Run::Read { .. } => Some("check the path, and that you may read it"),
        Run::File(_) | Run::Write { .. } | Run::Part { .. } => Some(
            "check the space left, and that you may write there; the same command goes on from the \
             last checkpoint",
        ),
        _ => None,
    };
    advise(&error, advice)
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
                    advise(&error, Some("`pure data check` shows what is in a file"))
                }
                _ => advise(&error, None),
            }
        }
    )*};
}

explain_training!(explain_sft: sft, explain_prm: prm, explain_rl: rl);

/// As [`explain`], for settings, with the place in the file or on the command line.
pub fn explain_config(error: SettingsError) -> Report {
    let place = error.place();
    let place = place.map(|place| (place.name(), place.text().to_owned(), place.span()));
    let is_missing = matches!(&error, SettingsError::Setting { fault, .. } if fault.is_missing());
    let advice = "options set what a run cannot be without (--model, --output, --data or --prompts); `pure config train`, \
                  `pure config sft` or `pure config prm` prints a file to begin with";
    report(&error, is_missing.then_some(advice), place)
}

/// What to do about a model that is named as on Hugging Face, and is no folder here.
fn download(error: &Error) -> Option<String> {
    let Error::File(pure::files::Error::Read { path, source }) = error else {
        return None;
    };
    let folder = path.parent()?;
    if source.kind() != ErrorKind::NotFound || folder.exists() {
        return None;
    }
    let mut parts = folder.to_str()?.split('/');
    let (Some(owner), Some(name), None) = (parts.next(), parts.next(), parts.next()) else {
        return None;
    };
    let is_name = |part: &str| !part.is_empty() && part != "." && part != "..";
    (is_name(owner) && is_name(name)).then(|| {
        format!(
            "a model is a folder, and nothing is downloaded here: `hf download {owner}/{name} --local-dir models/{name}` \
             gets this one, if it is on Hugging Face; then name `models/{name}`"
        )
    })
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

/// The file at fault.
fn place(error: &Error) -> Option<Place> {
    let (Error::Config { path, .. } | Error::Json { path, .. }) = error else {
        return None;
    };
    let text = drawable(path)?;
    let key = |key: &str| {
        let quoted = format!("\"{key}\"");
        let at = text.find(&quoted)?;
        Some(at..at + quoted.len())
    };
    let spot = |error: &serde_json::Error| {
        let at = SourceOffset::from_location(&text, error.line(), error.column()).offset();
        let at = at.min(text.len().saturating_sub(1));
        Some(at..at + 1)
    };
    let span = match error {
        Error::Json { source, .. } => spot(source),
        Error::Config { source, .. } => match source {
            ConfigError::Json(source) => spot(source),
            ConfigError::Value { key: name, .. } => key(name),
            ConfigError::Architecture { .. } => key("model_type"),
            ConfigError::RopeType { .. } => key("rope_type").or_else(|| key("type")),
            _ => None,
        },
        _ => None,
    }?;
    Some((path.display().to_string(), text, Some(span)))
}

/// The text of a file, if its lines are such as can be shown.
fn drawable(path: &Path) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let longest = text.lines().map(str::len).max();
    (longest <= Some(2000)).then_some(text)
}
