//! The style and the scripts of pages with pictures, which all draw the data that stands in their page.
//!
//! ```text
//! data.arms      what is shown and hidden together, by the buttons of the legend
//! data.charts    the curves of each picture, over data.steps
//! ```

use serde::Serialize;

/// The style of pictures and legend, beside that of all pages.
pub(crate) const STYLE: &str = include_str!("page/assets/report.css");
/// Elements, marks, scales.
pub(crate) const PLOT: &str = include_str!("page/assets/plot.js");
/// What curves are drawn over, and how smooth.
pub(crate) const AXIS: &str = include_str!("page/assets/axis.js");
/// Pictures as files.
pub(crate) const SAVE: &str = include_str!("page/assets/save.js");
/// Curves over the axis.
pub(crate) const CURVES: &str = include_str!("page/assets/curves.js");
/// The legend, and when to draw.
pub(crate) const MAIN: &str = include_str!("page/assets/main.js");

/// The end of a page: its data, scripts that run on it in this order, and the end tag.
pub(crate) fn run(data: &impl Serialize, scripts: &[&str]) -> String {
    let scripts = scripts.concat();
    format!(
        "<script type=\"application/json\" id=data>{}</script>\n<script>\n\"use strict\";\n(() => {{\n\
         {scripts}}})();\n</script>\n</html>\n",
        json(data)
    )
}

/// JSON as it may stand in a page: no `<` can end the element that it is in.
fn json(value: &impl Serialize) -> String {
    let text = serde_json::to_string(value).expect("numbers and texts are JSON");
    text.replace('<', "\\u003c")
}
