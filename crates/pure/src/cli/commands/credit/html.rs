//! The picture of an answer's credit as a page for a browser.

use pure::core::Record;
use pure::report::CreditPicture;
use pure::report::html::{credit_table, page};

/// The whole page.
pub fn draw(record: &Record, picture: &CreditPicture) -> String {
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
