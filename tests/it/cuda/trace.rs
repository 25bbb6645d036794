//! What the driver wrote down.

use std::fs;
use std::path::Path;

/// Something that a device was told to do.
#[derive(Debug, PartialEq)]
pub enum Event {
    /// To load a kernel that NVRTC made.
    Load,
    /// To launch the kernel of a name.
    Launch(String),
    /// To copy so many bytes to the host.
    ToHost(usize),
    /// To copy so many bytes from it.
    ToDevice(usize),
    /// To take so many bytes of memory.
    Take(usize),
    /// To give them back.
    Give(usize),
    /// What it cannot do.
    Refused(String),
}

/// All of it, in order.
pub struct Trace(Vec<Event>);

impl Trace {
    pub fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap();
        let event = |line: &str| {
            let (what, rest) = line.split_once(' ').unwrap();
            let number = |text: &str| text.parse().unwrap();
            match what {
                "module" => Event::Load,
                "launch" => Event::Launch(rest.to_owned()),
                "to_host" => Event::ToHost(number(rest)),
                "to_device" => Event::ToDevice(number(rest)),
                "alloc" => Event::Take(number(rest.split_once(' ').unwrap().0)),
                "free" => Event::Give(number(rest.split_once(' ').unwrap().0)),
                "refused" => Event::Refused(rest.to_owned()),
                _ => panic!("{line}"),
            }
        };
        Self(text.lines().map(event).collect())
    }

    pub fn refused(&self) -> Vec<&str> {
        let refused = self.0.iter().filter_map(|event| match event {
            Event::Refused(what) => Some(what.as_str()),
            _ => None,
        });
        refused.collect()
    }

    /// Kernels that were compiled.
    pub fn kernels(&self) -> usize {
        self.0.iter().filter(|event| **event == Event::Load).count()
    }

    pub fn launches(&self) -> usize {
        let launches = self
            .0
            .iter()
            .filter(|event| matches!(event, Event::Launch(_)));
        launches.count()
    }

    /// The most bytes that were held at once, but for those by which CubeCL asks how fast memory is: a GiB at a time.
    pub fn peak(&self) -> usize {
        const PROBE: usize = 1 << 30;
        let (mut held, mut most) = (0, 0);
        for event in &self.0 {
            match *event {
                Event::Take(bytes) if bytes < PROBE => held += bytes,
                Event::Give(bytes) if bytes < PROBE => held -= bytes,
                _ => {}
            }
            most = most.max(held);
        }
        most
    }

    /// What lies between copies to the host of so many bytes: a step each, but for what is before the first and after
    /// the last.
    pub fn steps(&self, bytes: usize) -> impl Iterator<Item = &[Event]> {
        let mut parts = self
            .0
            .split_inclusive(move |event| *event == Event::ToHost(bytes));
        parts.next();
        parts.filter(move |part| part.last() == Some(&Event::ToHost(bytes)))
    }
}
