//! A page for a browser: one file with nothing to load, light or dark as its reader has it, and as wide
//! as the screen.

const STYLE: &str = "
:root { color-scheme: light dark; --good: 34 139 84; --bad: 196 48 43; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .8rem; text-align: right; white-space: nowrap; }
thead th { border-bottom: 1px solid; }
tfoot tr:first-child > * { border-top: 1px solid; }
th[scope=row] { text-align: left; font-weight: normal; }
@media (max-width: 30rem) { th, td { padding: .3rem; } thead th { white-space: normal; } }
";

/// The whole page: a title, which is text, and under it a body, in HTML. `style` is what this page adds
/// to that of all.
pub fn page(title: &str, style: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html><html lang=en><meta charset=utf-8>\
         <meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <title>{title}</title><style>{STYLE}{style}</style>\n<h1>{title}</h1>\n{body}"
    )
}

/// A text as it may stand in HTML.
pub fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;");
    text.replace('>', "&gt;").replace('"', "&quot;")
}
