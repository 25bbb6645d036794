//! Forms of credit as they stand in files and on the command line: a table of them, a row a form.

use std::fmt;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::suffix_min::OverEverything;
use super::{Clip, Credit, Delta, Mean, Min, SoftMin, SuffixMin, Sum};
use crate::error::{Error, check_discount, check_f32, check_positive};
use crate::returns::MinimumOver;

/// Makes [`CreditConfig`] of a table of forms: what one is, in a sentence, its type, its name, and the
/// setting that may follow the name, with what refuses a value that has no meaning.
macro_rules! forms {
    ($(
        #[doc = $sentence:literal] $form:ident = $name:literal $([$setting:ident: $check:ident])?;
    )*) => {
        /// A built-in form of credit with its setting.
        ///
        /// In a file a table whose `form` names it, `{ form = "soft-min", temperature = 0.1 }`; on a
        /// command line its name with the setting after a colon, `soft-min:0.1`. Settings may be left
        /// out.
        ///
        /// A form of one's own is no variant: implement [`Credit`] and hand it to
        /// [`Method::with_credit`](crate::Method::with_credit).
        #[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, JsonSchema)]
        #[serde(tag = "form")]
        #[non_exhaustive]
        pub enum CreditConfig {
            $(#[doc = $sentence] #[serde(rename = $name)] $form($form),)*
        }

        /// How each is written on a command line.
        const SPELLINGS: &[&str] = &[$(concat!($name $(, "[:", stringify!($setting), "]")?)),*];

        impl CreditConfig {
            /// Every form with its default setting, in the order of the [table](crate::credit).
            pub fn every_form() -> [Self; SPELLINGS.len()] {
                [$(Self::$form($form::default())),*]
            }

            /// What the form pays, in a sentence.
            pub fn description(&self) -> &'static str {
                match self {
                    $(Self::$form(_) => $sentence.trim_ascii()),*
                }
            }

            /// The form of a name, with a setting if it takes one.
            fn named(name: &str, setting: Option<f64>) -> Option<Self> {
                match (name, setting) {
                    $(
                        ($name, None) => Some(Self::$form($form::default())),
                        $(($name, Some($setting)) => Some(Self::$form($form { $setting })),)?
                    )*
                    _ => None,
                }
            }

            fn check(&self) -> Result<(), Error> {
                match self {
                    $(Self::$form(_form) => {
                        $($check(stringify!($setting), _form.$setting)?;)?
                    })*
                }
                Ok(())
            }

            fn boxed(self) -> Box<dyn Credit> {
                match self {
                    $(Self::$form(form) => Box::new(form)),*
                }
            }
        }

        impl fmt::Display for CreditConfig {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$form(_form) => {
                        f.write_str($name)?;
                        $(write!(f, ":{}", _form.$setting)?;)?
                    })*
                }
                Ok(())
            }
        }
    };
}

forms! {
    /// The worst step's reward for all steps up to it: the paper.
    Min = "min";
    /// The minimum softened by a temperature, so that near-worst steps count too: the default.
    SoftMin = "soft-min" [temperature: check_positive];
    /// The smallest reward still to come, zeros between steps included.
    SuffixMin = "suffix-min";
    /// All rewards still to come, discounted by the step: the form that collapses.
    Sum = "sum" [gamma: check_discount];
    /// All rewards still to come over the number of steps.
    Mean = "mean";
    /// What the rewards still to come fall short of a bound.
    Clip = "clip" [eta: check_f32];
    /// The step's own reward.
    Delta = "delta";
}

impl Default for CreditConfig {
    fn default() -> Self {
        Self::SoftMin(SoftMin::default())
    }
}

impl CreditConfig {
    /// How forms are written on a command line: `min, soft-min[:temperature], ...`.
    pub fn spellings() -> String {
        SPELLINGS.join(", ")
    }

    /// The form itself.
    ///
    /// # Errors
    ///
    /// [`Error::Setting`] if its setting has no meaning.
    pub fn build(&self) -> Result<Box<dyn Credit>, Error> {
        self.build_over(MinimumOver::Process)
    }

    /// The form itself, where the smallest reward, if it pays by that, is taken over so much.
    pub(crate) fn build_over(&self, minimum: MinimumOver) -> Result<Box<dyn Credit>, Error> {
        self.check()?;
        Ok(match (self, minimum) {
            (Self::SuffixMin(_), MinimumOver::EverythingAndPadding) => Box::new(OverEverything),
            _ => self.boxed(),
        })
    }
}

impl FromStr for CreditConfig {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let unknown = || Error::UnknownName {
            what: "form of credit",
            found: text.to_owned(),
            known: Self::spellings(),
        };
        let (name, setting) = match text.split_once(':') {
            Some((name, setting)) => (name, Some(setting.parse().map_err(|_| unknown())?)),
            None => (text, None),
        };
        let form = Self::named(name, setting).ok_or_else(unknown)?;
        form.check()?;
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
    fn an_unknown_name_is_answered_with_every_spelling() {
        let message = "max".parse::<CreditConfig>().unwrap_err().to_string();
        let start = "there is no form of credit `max`; there are min, soft-min[:temperature], ";
        assert!(message.starts_with(start), "{message}");
        for form in CreditConfig::every_form().map(|form| form.to_string()) {
            let name = form.split(':').next().unwrap();
            assert!(message.contains(name), "{message}: no {name}");
        }
    }

    #[test]
    fn every_form_says_in_one_sentence_what_it_pays() {
        for form in CreditConfig::every_form() {
            let sentence = form.description();
            assert!(
                sentence.ends_with('.') && sentence.len() > 20,
                "{form}: {sentence}"
            );
            assert_eq!(sentence, sentence.trim());
        }
    }

    #[test]
    fn every_form_pays_nothing_for_nothing() {
        for form in CreditConfig::every_form() {
            let credit = form.build().unwrap();
            credit.assign(&[], &Default::default(), &mut [0.0; 0]);
        }
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
