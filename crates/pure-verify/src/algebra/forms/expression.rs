//! From the tree to the normal form.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, ToPrimitive, Zero};

use crate::algebra::form::{Atom, Form};
use crate::algebra::forms::Forms;
use crate::algebra::integers::binomial;
use crate::budget::Stop;
use crate::expr::rational::Rational;
use crate::expr::{Expr, Function};

/// The largest number whose factorial is computed.
const MAX_FACTORIAL: u64 = 400;

impl Forms<'_> {
    /// The normal form of a single value; lists, intervals and the like have none.
    pub(crate) fn form(&mut self, expr: &Expr) -> Result<Form, Stop> {
        self.budget.spend(20)?;
        self.budget.nested(|| self.form_of(expr))?
    }

    fn form_of(&mut self, expr: &Expr) -> Result<Form, Stop> {
        match expr {
            Expr::Number { value, .. } => Ok(Form::rational(value)),
            Expr::Symbol(name) => self.atom(Atom::Symbol(name.clone())),
            Expr::Pi => self.atom(Atom::Pi),
            Expr::Imaginary => self.atom(Atom::Imaginary),
            Expr::Euler => self.exp(&Form::integer(1)),
            Expr::Sum(terms) => terms.iter().try_fold(Form::integer(0), |sum, term| {
                let term = self.form(term)?;
                self.add(&sum, &term)
            }),
            Expr::Product(factors) => {
                factors
                    .iter()
                    .try_fold(Form::integer(1), |product, factor| {
                        let factor = self.form(factor)?;
                        self.mul(&product, &factor)
                    })
            }
            Expr::Negative(inner) => Ok(self.form(inner)?.negated()),
            Expr::Quotient(above, below) => {
                let (above, below) = (self.form(above)?, self.form(below)?);
                self.div(&above, &below)
            }
            Expr::Power(base, exponent) if **base == Expr::Euler => {
                let exponent = self.form(exponent)?;
                self.exp(&exponent)
            }
            Expr::Power(base, exponent) => {
                let (base, exponent) = (self.form(base)?, self.form(exponent)?);
                self.power(&base, &exponent)
            }
            Expr::Root(index, inner) => {
                let inner = self.form(inner)?;
                self.root(*index, &inner)
            }
            Expr::Call(function, inner) => {
                let inner = self.form(inner)?;
                self.call(*function, &inner)
            }
            Expr::Logarithm(base, inner) => {
                let (base, inner) = (self.form(base)?, self.form(inner)?);
                let (base, inner) = (self.ln(&base)?, self.ln(&inner)?);
                self.div(&inner, &base)
            }
            Expr::Binomial(above, below) => {
                let (above, below) = (self.form(above)?, self.form(below)?);
                self.binomial(above, below)
            }
            Expr::Apply(name, arguments) => {
                let arguments = arguments.iter().map(|argument| self.form(argument));
                let arguments = arguments.collect::<Result<_, _>>()?;
                self.apply(name, arguments)
            }
            Expr::Percent(inner) => {
                let inner = self.form(inner)?;
                self.div(&inner, &Form::integer(100))
            }
            Expr::Degree(inner) => {
                let inner = self.form(inner)?;
                let half_turn = self.atom(Atom::Pi)?;
                let radians = self.mul(&inner, &half_turn)?;
                self.div(&radians, &Form::integer(180))
            }
            _ => Err(Stop::Syntax),
        }
    }

    fn call(&mut self, function: Function, inner: &Form) -> Result<Form, Stop> {
        use Function::*;
        match function {
            Exp => self.exp(inner),
            Ln => self.ln(inner),
            Log => {
                let (above, below) = (self.ln(inner)?, self.ln(&Form::integer(10))?);
                self.div(&above, &below)
            }
            Sin | Cos | Tan | Cot | Sec | Csc => {
                let (sin, cos) = self.sin_cos(inner)?;
                match function {
                    Sin => Ok(sin),
                    Cos => Ok(cos),
                    Tan => self.div(&sin, &cos),
                    Cot => self.div(&cos, &sin),
                    Sec => self.div(&Form::integer(1), &cos),
                    _ => self.div(&Form::integer(1), &sin),
                }
            }
            Sinh | Cosh | Tanh => self.hyperbolic(function, inner),
            Arcsin | Arccos | Arctan => self.inverse_trigonometric(function, inner),
            Abs => self.abs(inner),
            Floor | Ceil | Factorial => match (function, inner.as_rational()) {
                (Floor, Some(value)) => Ok(Form::integer(value.floor().to_integer())),
                (Ceil, Some(value)) => Ok(Form::integer(value.ceil().to_integer())),
                (_, Some(value)) => self.factorial(&value),
                (_, None) => self.atom(Atom::Call(function, inner.clone())),
            },
        }
    }

    /// The absolute value: that of a number, else an atom.
    pub(crate) fn abs(&mut self, inner: &Form) -> Result<Form, Stop> {
        if let Some(value) = inner.as_rational() {
            return Ok(Form::rational(&value.abs()));
        }
        // |-a| = |a|.
        let negative = inner.above.leads_negative();
        let inner = if negative {
            inner.negated()
        } else {
            inner.clone()
        };
        self.atom(Atom::Call(Function::Abs, inner))
    }

    fn factorial(&mut self, value: &BigRational) -> Result<Form, Stop> {
        if !value.is_integer() || value.is_negative() {
            return Err(Stop::Undefined);
        }
        let Some(count @ ..=MAX_FACTORIAL) = value.to_integer().to_u64() else {
            return self.atom(Atom::Call(Function::Factorial, Form::rational(value)));
        };
        self.budget.spend(count * count / 4)?;
        Ok(Form::integer((1..=count).product::<BigInt>()))
    }

    fn binomial(&mut self, above: Form, below: Form) -> Result<Form, Stop> {
        let whole = |form: &Form| {
            form.as_rational()
                .filter(BigRational::is_integer)?
                .to_integer()
                .to_u64()
                .filter(|value| *value <= 1_000)
        };
        match (whole(&above), whole(&below)) {
            (Some(n), Some(k)) => {
                self.budget.spend(200 * k.min(n.saturating_sub(k)) + 200)?;
                Ok(Form::integer(binomial(n, k)))
            }
            _ => self.atom(Atom::Binomial(above, below)),
        }
    }

    fn apply(&mut self, name: &str, arguments: Vec<Form>) -> Result<Form, Stop> {
        let values = arguments.iter().map(|argument| argument.as_rational());
        let values: Option<Vec<Rational>> = values.map(|value| value.map(Rational)).collect();
        if let Some(values) = values.filter(|values| !values.is_empty()) {
            let whole = values.iter().all(|value| value.is_integer());
            // No intermediate result is longer than the product of all.
            let all = values.iter().map(Rational::bits).sum();
            for _ in &values {
                self.budget.divide(all)?;
            }
            let integers = values.iter().map(|value| value.to_integer());
            let integer = |value| Some(Form::integer(value));
            let result = match name {
                "max" => values.iter().max().map(|value| Form::rational(value)),
                "min" => values.iter().min().map(|value| Form::rational(value)),
                "gcd" if whole => integer(integers.fold(BigInt::zero(), |a, b| a.gcd(&b))),
                "lcm" if whole => integer(integers.fold(BigInt::one(), |a, b| a.lcm(&b))),
                _ => None,
            };
            if let Some(result) = result {
                return Ok(result);
            }
        }
        self.atom(Atom::Apply(name.to_owned(), arguments))
    }
}
