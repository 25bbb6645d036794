//! What stands on the screen, at the widths of a narrow terminal, a usual one and a wide one.

use std::fs;

use pure::run::SampledAnswer;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::style::Color;
use tempfile::TempDir;

use super::course::Course;
use super::draw::draw;
use super::wrapped::width;
use crate::cli::support::training::rows::Trainee;

const NOTICE: &str = "the reward is being hacked: over the last 5 iterations verified accuracy fell from \
                      0.520 to 0.301 while process reward rose from 4.000 to 9.100";

/// A policy in its eleventh iteration.
fn policy() -> Course {
    let mut course = Course::new("runs/rl: train", Trainee::Policy);
    course.started(0, 40, 2, TempDir::new().unwrap().path());
    for step in 0..=10_usize {
        let share = step as f64 / 10.0;
        if step > 0 {
            let numbers = [
                ("accuracy", 0.5 + 0.2 * share),
                ("process", 4.0 + 5.0 * share),
                ("kl", 0.01 * share),
                ("tokens_per_answer", 30.0 + step as f64),
                ("truncated", 0.25),
                ("not_shown", 1e9),
            ];
            course.step = step;
            course.measured(false, numbers.into_iter(), 4.0);
        }
        if step.is_multiple_of(2) {
            course.measured(true, [("accuracy", 0.52 + 0.2 * share)].into_iter(), 2.0);
        }
    }
    course.answer = Some((10, answer()));
    course.at("rollout");
    course
}

fn answer() -> SampledAnswer {
    let steps = [
        ("First, add them up.\n\n", Some(0.8)),
        ("That makes seven.\n\n", Some(-0.9)),
        ("So there are seven.", Some(0.01)),
    ];
    SampledAnswer {
        prompt: "How many apples are there?".to_owned(),
        steps: steps
            .map(|(text, reward)| (text.to_owned(), reward))
            .to_vec(),
        is_right: Some(false),
        is_cut: false,
    }
}

fn drawn(course: &Course, stops: bool, size: (u16, u16)) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw(frame, course, stops)).unwrap();
    terminal.backend().buffer().clone()
}

/// The lines of it, without the spaces at their ends.
fn lines(buffer: &Buffer) -> Vec<String> {
    let rows = buffer.content().chunks(buffer.area.width.into());
    let rows = rows.map(|row| row.iter().map(|cell| cell.symbol()).collect::<String>());
    rows.map(|row| row.trim_end().to_owned()).collect()
}

fn text(course: &Course, size: (u16, u16)) -> String {
    lines(&drawn(course, false, size)).join("\n")
}

/// The colours, of ground and letters, of the first cell in which a text begins.
fn colours(buffer: &Buffer, text: &str) -> (Color, Color) {
    let lines = lines(buffer);
    let found = lines.iter().enumerate();
    let mut found = found.filter_map(|(y, line)| Some((y, width(&line[..line.find(text)?]))));
    let (y, x) = found
        .next()
        .unwrap_or_else(|| panic!("no {text} in\n{}", lines.join("\n")));
    let cell = &buffer[(x as u16, y as u16)];
    (cell.bg, cell.fg)
}

#[test]
fn every_width_tells_place_phase_numbers_answer_and_keys() {
    let course = policy();
    for columns in [60, 80, 200] {
        let shown = text(&course, (columns, 24));
        for fact in [
            "runs/rl: train",
            // 30 iterations of 4 s, and 15 evaluations of 2 s.
            "iteration 11 of 40, 2:30 left",
            " 25 %",
            "rollout",
            "so far",
            "Accuracy, held out",
            "72.0 %",
            "Process reward",
            "9.000",
            "KL to the reference",
            "Tokens per answer",
            "40.0",
            "An answer of iteration 10: wrong",
            "How many apples are there?",
            "  1  +0.80  First, add them up.",
            "  2  -0.90  That makes seven.",
            "q or Ctrl-C saves a checkpoint and stops",
        ] {
            assert!(shown.contains(fact), "{columns}: no `{fact}` in\n{shown}");
        }
        assert!(!shown.contains("not_shown"));
    }
}

#[test]
fn a_bar_is_full_in_the_share_of_the_iterations_that_were_taken() {
    let mut course = policy();
    let bar = |course: &Course| {
        let line = lines(&drawn(course, false, (80, 24))).swap_remove(1);
        let count = |cell: char| line.chars().filter(|c| *c == cell).count();
        (
            count('█'),
            count('░'),
            line.split_whitespace().rev().nth(1).unwrap().to_owned(),
        )
    };
    assert_eq!(bar(&course), (18, 55, "25".to_owned()));
    course.step = 39;
    let (_, empty, percent) = bar(&course);
    assert!(empty > 0 && percent == "97", "{empty} {percent}");
    course.step = 40;
    assert_eq!(bar(&course), (73, 0, "100".to_owned()));
}

#[test]
fn the_course_of_a_number_rises_from_its_lowest_to_its_highest() {
    let shown = text(&policy(), (80, 24));
    let row = shown
        .lines()
        .find(|line| line.starts_with("Process reward"))
        .unwrap();
    assert!(row.ends_with("▁▂▃▃▄▅▆▆▇█"), "{row}");
    // Where it began, where it is, and the best of it.
    let columns: Vec<&str> = row.split_whitespace().collect();
    assert_eq!(columns[2..5], ["4.500", "9.000", "9.000"]);
}

#[test]
fn steps_stand_on_the_colour_of_their_rewards() {
    for columns in [60, 80, 200] {
        let buffer = drawn(&policy(), false, (columns, 24));
        assert_eq!(colours(&buffer, "First, add").0, Color::Indexed(34));
        assert_eq!(colours(&buffer, "That makes").0, Color::Indexed(160));
        assert_eq!(colours(&buffer, "So there").0, Color::Reset);
        assert_eq!(colours(&buffer, "wrong").1, Color::Red);
    }
}

#[test]
fn what_the_monitor_noticed_is_red_and_whole() {
    let mut course = policy();
    course.noticed(8, NOTICE);
    for columns in [60, 80, 200] {
        let buffer = drawn(&course, false, (columns, 24));
        assert_eq!(colours(&buffer, "after 8: the reward").1, Color::Red);
        let shown: Vec<String> = lines(&buffer);
        let left = if columns == 200 {
            100
        } else {
            usize::from(columns)
        };
        let left = shown
            .iter()
            .map(|line| line.chars().take(left).collect::<String>());
        let words: String = left.collect::<Vec<_>>().join(" ");
        let words: Vec<&str> = words.split_whitespace().collect();
        assert!(
            words.join(" ").contains(NOTICE),
            "{columns}: {}",
            shown.join("\n")
        );
    }
}

#[test]
fn on_a_wide_screen_the_answer_stands_beside_the_numbers() {
    let shown = lines(&drawn(&policy(), false, (200, 24)));
    let beside = shown.iter().find(|line| line.contains("An answer of"));
    let place = beside.and_then(|line| line.find("An answer of")).unwrap();
    assert!(place > 90, "{}", shown.join("\n"));
    assert!(
        shown
            .iter()
            .any(|line| line.contains("Accuracy") && line.contains('│'))
    );
}

#[test]
fn a_run_that_was_asked_to_stop_says_that_it_saves() {
    for columns in [60, 80, 200] {
        let shown = lines(&drawn(&policy(), true, (columns, 24)));
        assert_eq!(
            shown.last().unwrap(),
            "saving after this iteration, then stopping; again: at once"
        );
    }
}

#[test]
fn fine_tuning_shows_losses_the_rate_and_its_speed() {
    let mut course = Course::new("runs/sft: sft", Trainee::Model);
    course.started(0, 100, 50, TempDir::new().unwrap().path());
    let numbers = [("loss", 2.0), ("learning_rate", 2e-5), ("tokens", 600.0)];
    course.step = 1;
    course.measured(false, numbers.into_iter(), 0.5);
    course.measured(true, [("loss", 1.75)].into_iter(), 1.0);
    for columns in [60, 80, 200] {
        let shown = text(&course, (columns, 24));
        for fact in [
            "step 2 of 100",
            "Loss, held out",
            "1.750",
            "2.0e-5",
            "Tokens per second",
            "1200",
        ] {
            assert!(shown.contains(fact), "{columns}: no `{fact}` in\n{shown}");
        }
    }
}

#[test]
fn a_reward_model_shows_how_many_steps_it_judges_rightly() {
    let mut course = Course::new("runs/prm: stage 1 of 2 (head)", Trainee::RewardModel);
    course.started(0, 9, 3, TempDir::new().unwrap().path());
    course.measured(true, [("loss", 0.6), ("accuracy", 0.75)].into_iter(), 1.0);
    let shown = text(&course, (60, 24));
    assert!(shown.contains("runs/prm: stage 1 of 2 (head)"), "{shown}");
    assert!(
        shown.contains("Step accuracy, held out") && shown.contains("75.0 %"),
        "{shown}"
    );
}

#[test]
fn a_run_that_goes_on_shows_what_it_measured_before() {
    let folder = TempDir::new().unwrap();
    let step = r#"{"step":1,"split":"train","process":3.5,"time":{"step":2.0}}"#;
    let notice = r#"{"step":1,"split":"monitor","notice":"answers are cut","evidence":{}}"#;
    fs::write(
        folder.path().join("metrics.jsonl"),
        format!("{step}\n{notice}\n"),
    )
    .unwrap();
    let mut course = Course::new("runs/rl: train", Trainee::Policy);
    course.started(1, 11, 20, folder.path());
    let shown = text(&course, (80, 24));
    for fact in [
        "iteration 2 of 11, 0:20 left",
        "3.500",
        "after 1: answers are cut",
    ] {
        assert!(shown.contains(fact), "no `{fact}` in\n{shown}");
    }
}

#[test]
fn no_size_is_too_small_to_be_drawn() {
    let mut course = policy();
    course.noticed(8, NOTICE);
    for columns in [1, 2, 9, 10, 11, 30, 49, 50, 71, 72, 119, 120] {
        for rows in [1, 2, 4, 5, 6, 9, 14] {
            drawn(&course, false, (columns, rows));
        }
    }
    drawn(&Course::new("", Trainee::Policy), false, (80, 24));
}

#[test]
fn what_a_model_wrote_gives_the_terminal_no_commands() {
    let mut course = policy();
    let mut answer = answer();
    answer.steps[0].0 = "\x1b[2Jgone".to_owned();
    course.answer = Some((10, answer));
    assert!(text(&course, (80, 24)).contains("\\u{1b}[2Jgone"));
}
