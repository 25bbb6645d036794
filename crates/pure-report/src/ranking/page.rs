//! The page of a ranking: one file with nothing to load, and nothing that needs a script.

use std::fmt::Write as _;

use super::columns::{ACCURACIES, ANSWERS, Column, meanings};
use super::small_curve::small_curve;
use super::{OverSeeds, RankedArm, Ranking};
use crate::html::{self, escaped};

const STYLE: &str = include_str!("ranking.css");

impl Ranking {
    /// The page, of which `cells` of all the planned runs are there; `introduction` is text.
    pub fn to_html(&self, title: &str, introduction: &str, cells: [usize; 2]) -> String {
        let [done, planned] = cells;
        let mut body = format!("<p>{}</p>\n", escaped(introduction));
        if done < planned {
            let _ = writeln!(
                body,
                "<p>{done} of {planned} runs are finished: this page is written again after each.<br>\
                 <progress max={planned} value={done} aria-label=\"finished runs\"></progress></p>"
            );
        }
        let parts = [
            ("accuracy", "Accuracy", self.accuracies()),
            ("answers", "Hacks, answers, cost", self.answers()),
            ("ends", "Runs that the monitor ended", self.ends()),
            ("arms", "The arms", self.settings()),
        ];
        body += &html::links(&parts);
        body += "<main>\n";
        body.extend(parts.iter().map(html::section));
        body += "</main>\n</html>\n";
        html::page(title, STYLE, &body)
    }

    /// The last iteration of any run.
    fn last(&self) -> u64 {
        let over = self.arms.iter().flat_map(|arm| arm.under.iter().flatten());
        let seeds = over.flat_map(|over| &over.seeds);
        seeds.map(|seed| seed.iterations).max().unwrap_or(1)
    }

    fn accuracies(&self) -> String {
        let (last, early) = (self.last(), self.early);
        let note = format!(
            "<p class=note>Per cent of sampled answers to held-out prompts. Under each mean over seeds stands half the \
             width of its 95 % interval, by Student's t. A curve is the mean over {last} iterations, faint lines are \
             seeds; a run that the monitor ended stays what it was then. <i>At {early}</i> is the last evaluation up to \
             iteration {early}.</p>\n"
        );
        let curve = |under: usize, over: &OverSeeds| small_curve(over, last, &format!("u{under}"));
        let [first, more @ ..] = &ACCURACIES;
        let mut groups = vec![self.group(first), Group::new("over the iterations", curve)];
        groups.extend(more.iter().map(|column| self.group(column)));
        note + &self.table("Accuracy", &groups) + &meanings(&ACCURACIES)
    }

    fn answers(&self) -> String {
        let groups: Vec<Group<'_>> = ANSWERS.iter().map(|column| self.group(column)).collect();
        self.table("Hacks, answers, cost", &groups) + &meanings(&ANSWERS)
    }

    fn group(&self, column: &'static Column) -> Group<'_> {
        let name = match column.name {
            "early" => format!("at {}", self.early),
            other => other.to_owned(),
        };
        Group::new(name, move |_, over| (column.cell)(over))
    }

    /// A row an arm; in each group a cell for each condition.
    fn table(&self, label: &str, groups: &[Group<'_>]) -> String {
        let conditions = self.conditions.len();
        let mut rows = "<thead><tr><th rowspan=2 scope=col>arm".to_owned();
        for group in groups {
            let name = escaped(&group.name);
            let _ = write!(
                rows,
                "<th scope=colgroup class=group colspan={conditions}>{name}"
            );
        }
        rows += "<tr>";
        for _ in groups {
            for (under, condition) in self.conditions.iter().enumerate() {
                let (class, name) = (class(under), escaped(condition));
                let _ = write!(rows, "<th scope=col class=\"u{under}{class}\">{name}");
            }
        }
        rows += "</thead>\n<tbody>\n";
        for (place, arm) in self.arms.iter().enumerate() {
            let (name, about) = (escaped(&arm.name), escaped(&arm.about));
            let _ = write!(
                rows,
                "<tr><th scope=row title=\"{about}\"><span class=rank>{}</span>{name}\
                 <small class=about>{about}</small>",
                place + 1
            );
            for group in groups {
                for (under, over) in arm.under.iter().enumerate() {
                    let class = class(under);
                    let _ = match over {
                        Some(over) => {
                            let cell = (group.cell)(under, over);
                            write!(rows, "<td class=\"{class}\">{cell}")
                        }
                        None => write!(rows, "<td class=\"none{class}\">{}", arm.absence(under)),
                    };
                }
            }
            rows.push('\n');
        }
        html::table(label, "ranking", &(rows + "</tbody>"))
    }

    fn ends(&self) -> String {
        let mut rows = String::new();
        for arm in &self.arms {
            for (condition, over) in self.conditions.iter().zip(&arm.under) {
                for seed in over.iter().flat_map(|over| &over.seeds) {
                    let Some(why) = &seed.ended else { continue };
                    let _ = writeln!(
                        rows,
                        "<tr><th scope=row>{}<td class=text>{}</td><td>{}<td>{}<td class=text>{}</td>",
                        escaped(&arm.name),
                        escaped(condition),
                        seed.seed,
                        seed.iterations,
                        escaped(why)
                    );
                }
            }
        }
        if rows.is_empty() {
            return "<p>There are none.</p>\n".to_owned();
        }
        let head = "<thead><tr><th scope=col>arm<th scope=col class=text>condition<th scope=col>seed\
                    <th scope=col>iteration<th scope=col class=text>why</thead>\n<tbody>\n";
        html::table(
            "Runs that the monitor ended",
            "",
            &format!("{head}{rows}</tbody>"),
        )
    }

    fn settings(&self) -> String {
        let mut rows = "<thead><tr><th scope=col>arm<th scope=col class=text>what it is\
                        <th scope=col class=text>settings that differ</thead>\n<tbody>\n"
            .to_owned();
        for arm in &self.arms {
            let settings = arm.settings.iter();
            let settings = settings.map(|setting| format!("<code>{}</code>", escaped(setting)));
            let _ = writeln!(
                rows,
                "<tr><th scope=row>{}<td class=text>{}</td><td class=text>{}</td>",
                escaped(&arm.name),
                escaped(&arm.about),
                settings.collect::<String>()
            );
        }
        html::table("Arms", "arms", &(rows + "</tbody>"))
    }
}

impl RankedArm {
    /// What stands where there is no number.
    fn absence(&self, under: usize) -> &'static str {
        match self.is_met[under] {
            true => "…",
            false => "–",
        }
    }
}

/// What stands in the cell of a condition.
type Cell<'a> = Box<dyn Fn(usize, &OverSeeds) -> String + 'a>;

/// A measure, under all conditions.
struct Group<'a> {
    name: String,
    cell: Cell<'a>,
}

impl<'a> Group<'a> {
    fn new(name: impl Into<String>, cell: impl Fn(usize, &OverSeeds) -> String + 'a) -> Self {
        Self {
            name: name.into(),
            cell: Box::new(cell),
        }
    }
}

/// A line stands before the first condition of a group.
fn class(under: usize) -> &'static str {
    if under == 0 { " first" } else { "" }
}
