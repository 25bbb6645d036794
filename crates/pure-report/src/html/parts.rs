//! The parts of a page: each under its title, with a link to it above all of them.

/// Its anchor, its title, and what is there.
pub(crate) type Part = (&'static str, &'static str, String);

/// Links to the parts.
pub(crate) fn links(parts: &[Part]) -> String {
    let link = |(anchor, title, _): &Part| format!("<a href=\"#{anchor}\">{title}</a> ");
    let links: String = parts.iter().map(link).collect();
    format!("<nav aria-label=Parts>{links}</nav>\n")
}

/// A part under its title.
pub(crate) fn section((anchor, title, part): &Part) -> String {
    format!(
        "<section id={anchor} aria-labelledby=\"{anchor}-title\">\n\
         <h2 id=\"{anchor}-title\">{title}</h2>\n{part}</section>\n"
    )
}
