//! Samples with what they were asked, found by filters: the same on the pages of evaluations and of policies' runs.
//!
//! ```text
//! data.groups    what was asked, group by group: a benchmark, an evaluation of a run
//! data.samples   the samples, each at a group, a question there, and a number
//! ```
//!
//! The page's script lists some at a time, so that it opens at once with ten thousand of them.

use serde::Serialize;

/// The style of filters and samples.
pub(crate) const STYLE: &str = include_str!("browse.css");
/// Filters, and what they let through.
pub(crate) const BROWSE: &str = include_str!("browse.js");

/// What the script is given.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Samples<'a> {
    /// What a group is called.
    pub group_name: &'static str,
    pub groups: Vec<Group<'a>>,
    /// Texts of reasons, which samples name by their places.
    pub reasons: Vec<String>,
    pub samples: Vec<Shown<'a>>,
    /// Samples that are not among them, for there would be too many for a browser.
    pub left_out: usize,
}

/// Questions that were asked together.
#[derive(Debug, Serialize)]
pub(crate) struct Group<'a> {
    pub name: String,
    pub problems: Vec<Question<'a>>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Question<'a> {
    pub id: &'a str,
    pub prompt: String,
    /// The right answer, where it is known.
    pub answer: Option<&'a str>,
    pub level: Option<&'a str>,
    pub subject: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub(crate) struct Shown<'a> {
    /// Its group, its place among the questions there, its number.
    pub at: (usize, usize, usize),
    /// Its steps, if there are as many as rewards; else the whole text as one.
    pub steps: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rewards: Option<Vec<f32>>,
    /// The answer that was found in it, if one was looked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extracted: Option<Option<&'a str>>,
    /// In which way it is wrong, as the script knows them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrong: Option<Wrong>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<usize>,
    pub tokens: usize,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// In which way a sample is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Wrong {
    #[serde(rename = "wrong")]
    AnotherAnswer,
    CutOff,
    NoAnswer,
    Unparsable,
    Undecided,
    /// Nobody knows.
    NotVerified,
}

/// Where the script puts filters and samples.
pub(crate) fn part() -> String {
    "<form id=filters aria-label=\"Samples that are listed\"></form>\n\
     <p id=count role=status></p>\n\
     <div id=listed></div>\n\
     <nav id=pages aria-label=\"Pages of samples\"></nav>\n\
     <noscript><p>Samples need scripts; they stand in samples.jsonl.</p></noscript>\n"
        .to_owned()
}
