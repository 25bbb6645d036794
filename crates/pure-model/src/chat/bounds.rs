//! How much a chat template may do: it is a program, and a stranger may have written it.
//!
//! | what | bound |
//! | --- | --- |
//! | its source | 64 KiB; real ones have some thirty at most |
//! | steps | a million, some thousand messages' worth; fewer for a long source, as one step may write much of it |
//! | nesting | none but the source and the steps: it runs on a stack that is deep enough for these |
//! | the text, and all that is written into variables | 64 MiB |
//! | what `replace`, `join`, `indent`, `format`, `batch` and `slice` make | 64 MiB, or as many items |
//! | time | half a minute, then it is left to run out of steps on its own thread |
//!
//! A string that a template doubles with `~` or `+`, again and again, has no bound, as it has none where
//! transformers runs templates: the engine asks nobody before it joins two strings.
//!
//! `{% autoescape %}` escapes nothing: a prompt is no page of HTML.

use std::fmt::{self, Write as _};
use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use minijinja::value::{Kwargs, Rest};
use minijinja::{Environment, Error, ErrorKind, Output, State, Value, filters};
use minijinja_contrib::pycompat::unknown_method_callback;

use crate::panics::caught;

pub(super) const LONGEST_SOURCE: usize = 64 << 10;

const STEPS: u64 = 1_000_000;

/// Steps times the length of the source.
const MOST_WORK: u64 = 1 << 32;

const MOST_WRITTEN: usize = 64 << 20;

/// Parsing the most deeply nested source took 32 MiB, and eight times that unoptimised. It is address
/// space: memory is taken only as the stack grows.
const STACK: usize = 512 << 20;

const LONGEST: Duration = Duration::from_secs(30);

pub(super) fn check_length(source: &str) -> Result<(), String> {
    match source.len() {
        length if length > LONGEST_SOURCE => Err(format!(
            "it is {length} bytes long, and {LONGEST_SOURCE} is the most that is read"
        )),
        _ => Ok(()),
    }
}

/// Does something with a template, on a thread with a deep stack, and not for ever.
pub(super) fn run<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, String> {
    let (sender, result) = mpsc::sync_channel(1);
    let deep = thread::Builder::new()
        .name("chat template".to_owned())
        .stack_size(STACK);
    let work = move || {
        let done = caught(work).and_then(|done| done.map_err(|error| error.to_string()));
        // Nobody receives it once the time is over.
        let _ = sender.send(done);
    };
    deep.spawn(work)
        .map_err(|error| format!("no thread to run it: {error}"))?;
    result
        .recv_timeout(LONGEST)
        .unwrap_or_else(|_| Err(format!("it has run for {LONGEST:?} and is not done")))
}

/// Bounds what templates of the environment do, the source of which is so long.
pub(super) fn set(environment: &mut Environment<'static>, source: usize) {
    environment.set_fuel(Some(STEPS.min(MOST_WORK / source.max(1) as u64)));
    environment.set_formatter(write);
    environment.set_unknown_method_callback(method);
    for (name, filter) in [
        ("replace", Value::from_function(filters::replace)),
        ("join", Value::from_function(filters::join)),
        ("indent", Value::from_function(filters::indent)),
        ("format", Value::from_function(filters::format)),
        ("batch", Value::from_function(filters::batch)),
        ("slice", Value::from_function(filters::slice)),
    ] {
        let bounded = move |state: &mut State<'_, '_>, arguments: Rest<Value>, named: Kwargs| {
            let mut arguments = arguments.0;
            if named.args().next().is_some() {
                arguments.push(named.into());
            }
            check(name, &arguments)?;
            filter.call(state, &arguments)
        };
        environment.add_filter(name, bounded);
    }
}

/// The methods of Python's strings, lists and dictionaries.
fn method(
    state: &mut State<'_, '_>,
    value: &Value,
    method: &str,
    arguments: &[Value],
) -> Result<Value, Error> {
    match (method, arguments) {
        // As a filter it belongs to the list.
        ("join", [list, ..]) => check(method, &[list.clone(), value.clone()])?,
        _ => check(method, &[std::slice::from_ref(value), arguments].concat())?,
    }
    unknown_method_callback(state, value, method, arguments)
}

/// Refuses what would make too much.
fn check(filter: &str, arguments: &[Value]) -> Result<(), Error> {
    let text = |n: usize| arguments.get(n).and_then(Value::as_str).unwrap_or_default();
    let made = match filter {
        "replace" => {
            let times = text(0).matches(text(1)).count();
            text(0)
                .len()
                .saturating_add(times.saturating_mul(text(2).len()))
        }
        "join" => {
            let mut length = 0;
            for item in arguments
                .first()
                .into_iter()
                .flat_map(Value::try_iter)
                .flatten()
            {
                length += item.as_str().map_or(1, str::len) + text(1).len().max(1);
                if length > MOST_WRITTEN {
                    break;
                }
            }
            length
        }
        "indent" => {
            let lines = 1 + text(0).matches('\n').count();
            text(0)
                .len()
                .saturating_add(lines.saturating_mul(largest_number(arguments)))
        }
        "format" => {
            let placeholders = text(0).matches(['%', '{']).count();
            let digits = text(0).split(|character: char| !character.is_ascii_digit());
            let widths = digits.filter(|digits| !digits.is_empty());
            let widest = widths
                .map(|width| width.parse().unwrap_or(usize::MAX))
                .max();
            placeholders.saturating_mul(widest.unwrap_or(0).max(largest_number(arguments)))
        }
        "batch" | "slice" => largest_number(arguments),
        _ => 0,
    };
    match made {
        made if made > MOST_WRITTEN => Err(too_much()),
        _ => Ok(()),
    }
}

/// Of the arguments, those with names included.
fn largest_number(arguments: &[Value]) -> usize {
    let named = arguments.last().filter(|last| last.is_kwargs());
    let names = named.into_iter().flat_map(Value::try_iter).flatten();
    let named = names.filter_map(|name| named?.get_item(&name).ok());
    let all = arguments.iter().cloned().chain(named);
    all.filter_map(|value| value.as_usize()).max().unwrap_or(0)
}

/// The text of a template.
pub(super) fn render(
    environment: &Environment<'_>,
    name: &str,
    values: Value,
) -> Result<String, Error> {
    let mut text = Text::default();
    environment
        .get_template(name)?
        .render_captured_to(values, &mut text)?;
    Ok(String::from_utf8(text.0).expect("templates write whole characters"))
}

fn too_much() -> Error {
    let most = format!("it writes more than {} MiB", MOST_WRITTEN >> 20);
    Error::new(ErrorKind::InvalidOperation, most)
}

/// A text that does not grow too long.
#[derive(Default)]
pub(super) struct Text(pub(super) Vec<u8>);

impl io::Write for Text {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > MOST_WRITTEN {
            return Err(io::Error::other(too_much()));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes the value of an expression, to a variable it may be.
fn write(out: &mut Output<'_>, state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    let written = state.get_or_insert_extension(Written(0));
    write!(Counted { out, written }, "{value}").map_err(|_| too_much())
}

/// How much all expressions have written.
struct Written(usize);

struct Counted<'a, 'b> {
    out: &'a mut Output<'b>,
    written: &'a mut Written,
}

impl fmt::Write for Counted<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.written.0 += text.len();
        match self.written.0 {
            all if all > MOST_WRITTEN => Err(fmt::Error),
            _ => self.out.write_str(text),
        }
    }
}
