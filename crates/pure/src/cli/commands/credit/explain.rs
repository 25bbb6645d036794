//! `pure credit explain`: one answer, and what each form of credit would pay its tokens.

use std::path::PathBuf;

use clap::Args;
use miette::{Report, miette};
use pure::core::credit::{Mean, Min, SoftMin, Sum};
use pure::core::{CreditConfig, Record};
use pure::report::CreditPicture;
use pure::report::html::{credit_table, page};

use super::scored::Scored;
use super::terminal;
use crate::cli::support::{Ink, Outcome, print};

/// Show what each form of credit would pay the tokens of one answer, side by side
#[derive(Args)]
pub struct Explain {
    /// File as for `pure credit`, or - for standard input
    #[arg(long, value_name = "FILE|-", default_value = "-")]
    input: PathBuf,
    /// The answer to show [default: the first]
    #[arg(long)]
    id: Option<String>,
    /// The group of that answer, if others have its id too
    #[arg(long)]
    group: Option<String>,
    /// A form to show; may be given again [default: min, soft-min, sum and mean]
    #[arg(long = "form")]
    forms: Vec<CreditConfig>,
    /// Write a page for a browser instead
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Explain {
    pub fn run(self) -> miette::Result<Outcome> {
        let usual = [
            CreditConfig::Min(Min),
            CreditConfig::SoftMin(SoftMin::default()),
            CreditConfig::Sum(Sum::default()),
            CreditConfig::Mean(Mean),
        ];
        let forms = match self.forms.as_slice() {
            [] => &usual,
            forms => forms,
        };
        let (index, record) = self.choose()?;
        let picture = CreditPicture::of(&record, index, forms).map_err(Report::from_err)?;
        match &self.html {
            Some(path) => {
                let page = page_of(&record, &picture);
                pure::files::write(path, page).map_err(Report::from_err)?;
                print(format_args!("{}\n", path.display()))?;
            }
            None => print(terminal::draw(&record, &picture, Ink::for_stdout()))?,
        }
        Ok(Outcome::Done)
    }

    fn choose(&self) -> miette::Result<(usize, Record)> {
        let plain = |label: &pure::core::Label| label.to_string().trim_matches('"').to_owned();
        let wanted = |record: &Record| {
            let is = |label, asked: &Option<String>| {
                asked.as_ref().is_none_or(|asked| *asked == plain(label))
            };
            is(&record.id, &self.id) && is(&record.group, &self.group)
        };
        let records = Scored::read(&self.input, true)?.records;
        let mut records = records.into_iter().enumerate();
        let found = records.find(|(_, record)| wanted(record));
        found.ok_or_else(|| miette!("{} has no such answer", self.input.display()))
    }
}

/// The picture as a page for a browser.
fn page_of(record: &Record, picture: &CreditPicture) -> String {
    let title = format!("Answer {} of group {}", record.id, record.group);
    let body = format!(
        "<p>{} tokens in {} steps. In each cell stands the return that all tokens of the step get: what is \
         paid from there on. Where there are two, its tokens get returns from the one to the other.</p>\n\
         {}<p>A form that pays for one more good step teaches a model to write more steps.</p>\n",
        picture.tokens,
        picture.steps(),
        credit_table(picture, None, usize::MAX)
    );
    page(&title, "", &body)
}
