//! What all pages for a browser share: the frame, the style, escaping, tables, pictures of credit.
//!
//! A page is one file with nothing to load, light or dark as its reader has it, and as wide as the
//! screen.
//!
//! Texts of models and names of files are hostile until escaped: into HTML they go through [`escaped`] alone,
//! so that neither `</script>` nor `<img onerror=…>` means anything there.

mod credit_table;
mod parts;

pub use credit_table::credit_table;
pub(crate) use parts::{Part, links, section};

/// Colours, type, tables and charts.
const STYLE: &str = include_str!("style.css");

/// The whole page: its title, which is text, and under it the body, in HTML. `style` is added to that of all
/// pages.
pub fn page(title: &str, style: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=en>\n<meta charset=utf-8>\n\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}{style}</style>\n<h1>{title}</h1>\n{body}"
    )
}

/// A text as it may stand in HTML, in an element or in a quoted attribute.
pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

/// A table, in HTML from `<thead>` on, that scrolls where it is wider than the screen. The label is what
/// screen readers call it.
pub fn table(label: &str, class: &str, rows: &str) -> String {
    format!(
        "<div class=scroll tabindex=0 role=region aria-label=\"{}\"><table class=\"{class}\">\n\
         {rows}</table></div>\n",
        escaped(label)
    )
}

/// The style of a cell whose number is between `-most` and `most`: blue for what is encouraged, orange for
/// what is discouraged, fainter towards 0.
pub fn shade(value: f32, most: f32) -> String {
    let strength = match most > 0.0 {
        true => (value / most).abs().min(1.0) * 0.7,
        false => 0.0,
    };
    let colour = if value > 0.0 { "good" } else { "bad" };
    format!("background:rgb(var(--{colour})/{strength:.2})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_leave_its_element_or_its_attribute() {
        let text = "</script> <b title='x' id=\"y\">&amp;";
        let escaped = escaped(text);
        assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped}");
        assert_eq!(
            escaped,
            "&lt;/script&gt; &lt;b title=&#39;x&#39; id=&quot;y&quot;&gt;&amp;amp;"
        );
    }

    #[test]
    fn a_title_is_text() {
        let page = page("<b>&", "", "<p>");
        assert_eq!(page.matches("&lt;b&gt;&amp;").count(), 2);
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn shades_are_as_strong_as_their_numbers() {
        assert_eq!(shade(0.5, 1.0), "background:rgb(var(--good)/0.35)");
        assert_eq!(shade(-9.0, 3.0), "background:rgb(var(--bad)/0.70)");
        assert_eq!(shade(0.0, 0.0), "background:rgb(var(--bad)/0.00)");
    }
}
