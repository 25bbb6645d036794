//! Forms of credit as they stand in files and on the command line.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Clip, Credit, Delta, Mean, Min, SoftMin, SuffixMin, Sum};
use crate::error::{Error, check_setting};

/// A built-in form of credit with its setting.
///
/// In a file a table whose `form` names it, `{ form = "soft-min", temperature = 0.1 }`; on a command
/// line its name with the setting after a colon, `soft-min:0.1`. Settings may be left out.
///
/// A form of one's own is no variant: implement [`Credit`] and hand it to
/// [`Method::with_credit`](crate::Method::with_credit).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum CreditConfig {
    /// The worst step's reward for all up to it: the paper.
    Min(Min),
    /// The same, softened by a temperature: the default.
    SoftMin(SoftMin),
    /// The smallest reward still to come, zeros between steps included.
    SuffixMin(SuffixMin),
    /// All rewards still to come: the form that collapses.
    Sum(Sum),
    /// All rewards still to come over the number of steps.
    Mean(Mean),
    /// What falls short of a bound.
    Clip(Clip),
    /// The step's own reward.
    Delta(Delta),
}

impl Default for CreditConfig {
    fn default() -> Self {
        Self::SoftMin(SoftMin::default())
    }
}

const NAMES: &str = "min, soft-min[:temperature], suffix-min, sum[:gamma], mean, clip[:eta], delta";

impl CreditConfig {
    /// Every form with its default setting, in the order of the [table](crate::credit).
    pub fn every_form() -> [Self; 7] {
        [
            Self::Min(Min),
            Self::SoftMin(SoftMin::default()),
            Self::SuffixMin(SuffixMin),
            Self::Sum(Sum::default()),
            Self::Mean(Mean),
            Self::Clip(Clip::default()),
            Self::Delta(Delta),
        ]
    }

    /// The form itself.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if its setting has no meaning.
    pub fn build(&self) -> Result<Box<dyn Credit>, Error> {
        Ok(match *self {
            Self::Min(form) => Box::new(form),
            Self::SoftMin(form) => {
                let valid = form.temperature > 0.0 && form.temperature.is_finite();
                check_setting(valid, "temperature", form.temperature, "above 0")?;
                Box::new(form)
            }
            Self::SuffixMin(form) => Box::new(form),
            Self::Sum(form) => {
                check_setting(
                    (0.0..=1.0).contains(&form.gamma),
                    "gamma",
                    form.gamma,
                    "from 0 to 1",
                )?;
                Box::new(form)
            }
            Self::Mean(form) => Box::new(form),
            Self::Clip(form) => {
                check_setting(
                    form.eta.abs() <= f64::from(f32::MAX),
                    "eta",
                    form.eta,
                    "finite",
                )?;
                Box::new(form)
            }
            Self::Delta(form) => Box::new(form),
        })
    }
}

impl fmt::Display for CreditConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Min(_) => write!(f, "min"),
            Self::SoftMin(form) => write!(f, "soft-min:{}", form.temperature),
            Self::SuffixMin(_) => write!(f, "suffix-min"),
            Self::Sum(form) => write!(f, "sum:{}", form.gamma),
            Self::Mean(_) => write!(f, "mean"),
            Self::Clip(form) => write!(f, "clip:{}", form.eta),
            Self::Delta(_) => write!(f, "delta"),
        }
    }
}

impl FromStr for CreditConfig {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || Error::UnknownName {
            what: "form of credit",
            found: text.to_owned(),
            known: NAMES.to_owned(),
        };
        let (name, setting) = match text.split_once(':') {
            Some((name, setting)) => (name, Some(setting.parse::<f64>().map_err(|_| unknown())?)),
            None => (text, None),
        };
        let form = match (name, setting) {
            ("min", None) => Self::Min(Min),
            ("soft-min", None) => Self::SoftMin(SoftMin::default()),
            ("soft-min", Some(temperature)) => Self::SoftMin(SoftMin { temperature }),
            ("suffix-min", None) => Self::SuffixMin(SuffixMin),
            ("sum", None) => Self::Sum(Sum::default()),
            ("sum", Some(gamma)) => Self::Sum(Sum { gamma }),
            ("mean", None) => Self::Mean(Mean),
            ("clip", None) => Self::Clip(Clip::default()),
            ("clip", Some(eta)) => Self::Clip(Clip { eta }),
            ("delta", None) => Self::Delta(Delta),
            _ => return Err(unknown()),
        };
        form.build()?;
        Ok(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_out_and_come_back() {
        for form in CreditConfig::every_form() {
            assert_eq!(form.to_string().parse::<CreditConfig>().unwrap(), form);
        }
        let warm = CreditConfig::SoftMin(SoftMin { temperature: 0.5 });
        assert_eq!("soft-min:0.5".parse::<CreditConfig>().unwrap(), warm);
    }

    #[test]
    fn settings_without_meaning_are_refused() {
        for text in [
            "soft-min:0",
            "soft-min:-1",
            "soft-min:NaN",
            "sum:1.5",
            "clip:inf",
            "min:1",
            "max",
        ] {
            assert!(text.parse::<CreditConfig>().is_err(), "{text}");
        }
    }

    #[test]
    fn files_name_the_form_and_may_leave_its_setting_out() {
        let read = |text: &str| serde_json::from_str::<CreditConfig>(text);
        assert_eq!(read(r#"{"form": "min"}"#).unwrap(), CreditConfig::Min(Min));
        assert_eq!(
            read(r#"{"form": "soft-min"}"#).unwrap(),
            CreditConfig::default()
        );
        let strong = CreditConfig::Sum(Sum { gamma: 0.9 });
        assert_eq!(read(r#"{"form": "sum", "gamma": 0.9}"#).unwrap(), strong);
        for form in CreditConfig::every_form() {
            assert_eq!(read(&serde_json::to_string(&form).unwrap()).unwrap(), form);
        }
    }

    #[test]
    fn unknown_keys_of_a_form_are_refused() {
        for text in [
            r#"{"form": "min", "temperature": 0.1}"#,
            r#"{"form": "soft-min", "temprature": 0.1}"#,
            r#"{"form": "sum", "temperature": 0.1}"#,
            r#"{"form": "max"}"#,
        ] {
            assert!(
                serde_json::from_str::<CreditConfig>(text).is_err(),
                "{text}"
            );
        }
    }
}
