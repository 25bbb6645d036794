//! Units of measure: what is measured, and by how much the unit differs from its base.
//!
//! A unit is a product of powers of dimensions with a scale: `cm^2` is `meter^2 * 1/10000`. A word that
//! may stand behind a number without being a unit (`18 eggs`) is a dimension of its own, and a word that
//! is a number (`million`, `dozen`) is a scale without a dimension.

use std::fmt;

use num_rational::BigRational;
use num_traits::{One, Pow};

use crate::expr::rational::Rational;

/// A unit of measure.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Unit {
    /// Dimensions and their powers, sorted by name; none twice, none with power zero.
    dimensions: Vec<(String, i32)>,
    /// How many base units one of these is.
    pub(crate) scale: Rational,
    /// Whether it is only a number written as a word, `million`; `hours per day` is not.
    pub(crate) is_scale: bool,
}

impl Unit {
    pub(crate) fn new(dimension: &str, scale: BigRational) -> Self {
        Self {
            dimensions: vec![(dimension.to_owned(), 1)],
            scale: Rational(scale),
            is_scale: false,
        }
    }

    /// A number that is written as a word behind another: `million`.
    pub(crate) fn factor(scale: BigRational) -> Self {
        Self {
            dimensions: vec![],
            scale: Rational(scale),
            is_scale: true,
        }
    }

    pub(crate) fn same_dimension(&self, other: &Self) -> bool {
        self.dimensions == other.dimensions
    }

    pub(crate) fn power(mut self, power: i32) -> Self {
        for (_, times) in &mut self.dimensions {
            *times *= power;
        }
        self.scale = Rational(Pow::pow(self.scale.0, power));
        self
    }

    /// The product with the unit before this one, if there is one.
    pub(crate) fn behind(self, before: Option<Self>) -> Self {
        match before {
            Some(before) => before.times(self),
            None => self,
        }
    }

    pub(crate) fn times(mut self, other: Self) -> Self {
        for (name, power) in other.dimensions {
            match self.dimensions.binary_search_by(|(own, _)| own.cmp(&name)) {
                Ok(at) => self.dimensions[at].1 += power,
                Err(at) => self.dimensions.insert(at, (name, power)),
            }
        }
        self.dimensions.retain(|(_, power)| *power != 0);
        self.scale.0 *= other.scale.0;
        self.is_scale &= other.is_scale;
        self
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.scale.is_one() {
            write!(f, "{} ", self.scale.0)?;
        }
        for (at, (name, power)) in self.dimensions.iter().enumerate() {
            f.write_str(if at > 0 { " " } else { "" })?;
            f.write_str(name)?;
            if *power != 1 {
                write!(f, "^{power}")?;
            }
        }
        Ok(())
    }
}
