#!/usr/bin/env python3
"""Answers as models rewrite them, and what math-verify says of them.

    pip install math-verify==0.9.0 latex2sympy2-extended antlr4-python3-runtime==4.13.2
    python rewritten.py > rewritten.jsonl         # [prediction, answer, kind, equal, math-verify's verdict]

Each kind has a way to draw a value, and ways to write it. A pair that is equal is one value in two ways; one that is not is
two values that a model mixes up. Which is which follows from how it is made, and nothing of the project is asked. Ways
that graders rightly differ about are left out: 25 % against 25, or 0.333 against a third. Both sides are given to
math-verify in a box. Standard error tells how many pairs a second it judges, on one core.
"""
import json
import random
import sys
import time
from fractions import Fraction

PER_KIND = 40
draw = random.Random(20260)


def tex(value):
    return str(value.numerator) if value.denominator == 1 else f"\\frac{{{value.numerator}}}{{{value.denominator}}}"


def signed(value, body):
    return ("-" if value < 0 else "") + body(abs(value))


def fractions():
    def near(value):
        return [Fraction(value.denominator, value.numerator), -value, value + 1, Fraction(value.numerator + 1, value.denominator)]

    value = Fraction(draw.randint(2, 40), draw.choice([3, 6, 7, 9, 11, 12, 13])) * draw.choice([1, 1, -1])
    k = draw.randint(2, 5)
    ways = [
        tex,
        lambda v: signed(v, lambda a: f"\\dfrac{{{a.numerator}}}{{{a.denominator}}}"),
        lambda v: f"{v.numerator}/{v.denominator}",
        lambda v: signed(v, lambda a: f"\\frac{{{k * a.numerator}}}{{{k * a.denominator}}}"),
        lambda v: f"\\frac{{{v.numerator}}}{{{v.denominator}}}",
        lambda v: signed(v, lambda a: f"{{{a.numerator} \\over {a.denominator}}}"),
        lambda v: signed(v, lambda a: f"\\tfrac{{{a.numerator}}}{{{a.denominator}}}"),
        lambda v: f"\\left({tex(v)}\\right)",
    ]
    return value, ways, near


def mixed():
    value = Fraction(draw.randint(1, 9)) + Fraction(draw.choice([1, 2]), draw.choice([3, 5, 7]))
    ways = [
        tex,
        lambda v: f"{v.numerator // v.denominator}\\frac{{{v.numerator % v.denominator}}}{{{v.denominator}}}",
        lambda v: f"{v.numerator // v.denominator} {v.numerator % v.denominator}/{v.denominator}",
        lambda v: f"{v.numerator // v.denominator} + {v.numerator % v.denominator}/{v.denominator}",
        lambda v: f"{v.numerator // v.denominator}\\,\\dfrac{{{v.numerator % v.denominator}}}{{{v.denominator}}}",
    ]
    near = lambda v: [v + 1, v + Fraction(1, v.denominator + 1), v * Fraction(v.numerator % v.denominator, v.denominator)]
    return value, ways, lambda v: [other for other in near(v) if other.denominator > 1 and other > 1]


def decimals():
    value = Fraction(draw.randint(1, 4000), draw.choice([2, 4, 5, 8, 10, 20, 100])) * draw.choice([1, -1])
    plain = lambda v: f"{float(v):.6f}".rstrip("0").rstrip(".")
    ways = [
        plain,
        lambda v: plain(v) + ("0" if "." in plain(v) else ".0"),
        tex,
        lambda v: f"{v.numerator}/{v.denominator}",
        lambda v: plain(v).replace("0.", ".", 1) if abs(v) < 1 else plain(v),
        lambda v: plain(v).replace("-", "\u2212"),
        lambda v: "+" + plain(v) if v > 0 else plain(v),
    ]
    return value, ways, lambda v: [-v, v * 10, v / 10, v + Fraction(1, 100)]


def percents():
    value = Fraction(draw.randint(1, 399), draw.choice([1, 2, 4]))
    plain = lambda v: f"{float(v):.6f}".rstrip("0").rstrip(".")
    ways = [
        lambda v: plain(v) + "\\%",
        lambda v: plain(v) + "%",
        lambda v: plain(v) + " \\%",
        lambda v: plain(v) + "\\text{ percent}",
        lambda v: plain(v) + " percent",
        lambda v: f"{tex(v)}\\%",
        lambda v: plain(v) + "\\,\\%",
    ]
    return value, ways, lambda v: [v * 10, v + 1, v + Fraction(1, 2), v / 10]


def large():
    value = draw.choice([draw.randint(1000, 9999), draw.randint(10**5, 10**8)])
    ways = [
        str,
        lambda v: f"{v:,}",
        lambda v: f"{v:,}".replace(",", "{,}"),
        lambda v: f"{v:,}".replace(",", "\\,"),
        lambda v: f"{v:,}".replace(",", ",\\!"),
        lambda v: f"{v}.",
        lambda v: f"{v}.0",
    ]
    return value, ways, lambda v: [v + 1, v * 10, v // 10, -v]


def scientific():
    mantissa, power = Fraction(draw.randint(11, 99), 10), draw.choice([-7, -4, -3, 3, 5, 8, 12])
    value = mantissa * Fraction(10) ** power
    exact = lambda v: str(v.numerator) if v.denominator == 1 else f"{float(v):.12f}".rstrip("0")

    def parts(v):
        power = 0
        while v >= 10:
            v, power = v / 10, power + 1
        while v < 1:
            v, power = v * 10, power - 1
        return f"{float(v):.4f}".rstrip("0").rstrip("."), power

    ways = [
        lambda v: "{} \\times 10^{{{}}}".format(*parts(v)),
        lambda v: "{} \\cdot 10^{{{}}}".format(*parts(v)),
        lambda v: "{}\\times10^{{{}}}".format(*parts(v)),
        lambda v: "{}e{}".format(*parts(v)),
        lambda v: "{} * 10^{}".format(*parts(v)) if parts(v)[1] >= 0 else "{} * 10^({})".format(*parts(v)),
        exact,
    ]
    return value, ways, lambda v: [v * 10, v / 10, v + v / 50]


UNITS = [("cm", "centimeters", "cm^2"), ("m", "meters", "m^2"), ("kg", "kilograms", "g"), ("hours", "hours", "minutes"),
         ("km/h", "km/h", "m/s"), ("mph", "miles per hour", "miles"), ("feet", "feet", "inches")]


def units():
    unit, word, _ = draw.choice(UNITS)
    value = draw.randint(2, 400)
    ways = [
        lambda v: f"{v}",
        lambda v: f"{v}\\text{{ {unit}}}",
        lambda v: f"{v} {unit}",
        lambda v: f"{v}\\,\\mathrm{{{unit}}}",
        lambda v: f"{v}~\\text{{{word}}}",
        lambda v: f"{v} \\text{{ {word}}}",
        lambda v: f"{v} {word}",
    ]
    return value, ways, lambda v: [v + 1, v * 10, v * 60]


def other_units():
    """Unequal alone: the same number in another unit."""
    unit, _, other = draw.choice(UNITS)
    value = draw.randint(2, 400)
    ways = [lambda v: f"{v[0]}\\text{{ {v[1]}}}", lambda v: f"{v[0]} \\mathrm{{{v[1]}}}"]
    return (value, unit), ways, lambda v: [(v[0], other), (v[0] + 1, v[1])]


def currency():
    cents = draw.randint(1, 5000) * draw.choice([25, 100, 5])
    value = Fraction(cents, 100)
    two = lambda v: f"{float(v):.2f}"
    short = lambda v: str(v.numerator) if v.denominator == 1 else two(v)
    ways = [
        lambda v: f"\\${short(v)}",
        lambda v: short(v),
        lambda v: f"\\${two(v)}",
        lambda v: f"{short(v)}\\text{{ dollars}}",
        lambda v: f"{short(v)} dollars",
        lambda v: f"\\text{{\\$}}{short(v)}",
        lambda v: "\\$" + f"{float(v):,.2f}",
    ]
    return value, ways, lambda v: [v + 1, v * 100, v + Fraction(1, 20)]


def angles():
    value = draw.randint(1, 359)
    ways = [lambda v: f"{v}^\\circ", lambda v: f"{v}^{{\\circ}}", lambda v: f"{v}°", lambda v: f"{v}", lambda v: f"{v} degrees",
            lambda v: f"{v}\\text{{ degrees}}", lambda v: f"{v}\\degree"]
    return value, ways, lambda v: [v + 1, 360 - v, 180 + v]


def surds():
    out, root = draw.randint(2, 9), draw.choice([2, 3, 5, 6, 7, 10])
    value = (out, root)
    ways = [
        lambda v: f"{v[0]}\\sqrt{{{v[1]}}}",
        lambda v: f"\\sqrt{{{v[0] ** 2 * v[1]}}}",
        lambda v: f"{v[0]}\\cdot\\sqrt{{{v[1]}}}",
        lambda v: f"{v[0]}\\sqrt{v[1]}" if v[1] < 10 else f"{v[0]}\\sqrt {{{v[1]}}}",
        lambda v: f"{v[0]}√{v[1]}",
        lambda v: f"{v[0]} * sqrt({v[1]})",
        lambda v: f"\\frac{{{v[0] * v[1]}}}{{\\sqrt{{{v[1]}}}}}",
        lambda v: f"{v[0]}\\cdot {v[1]}^{{1/2}}",
        lambda v: f"\\sqrt{{{v[1]}}} \\cdot {v[0]}",
    ]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], v[1] + 1), (v[0] * v[1], v[1]), (-v[0], v[1])][:3]


def sums_of_surds():
    value = (draw.randint(1, 9), draw.randint(2, 9), draw.choice([2, 3, 5, 7]), draw.randint(2, 6))
    ways = [
        lambda v: f"\\frac{{{v[0]} + {v[1]}\\sqrt{{{v[2]}}}}}{{{v[3]}}}",
        lambda v: f"\\frac{{{v[1]}\\sqrt{{{v[2]}}} + {v[0]}}}{{{v[3]}}}",
        lambda v: f"\\frac{{{v[0]}}}{{{v[3]}}} + \\frac{{{v[1]}\\sqrt{{{v[2]}}}}}{{{v[3]}}}",
        lambda v: f"({v[0]} + {v[1]}\\sqrt{{{v[2]}}})/{v[3]}",
        lambda v: f"\\frac{{1}}{{{v[3]}}}\\left({v[0]} + {v[1]}\\sqrt{{{v[2]}}}\\right)",
    ]
    return value, ways, lambda v: [(v[0] + 1, *v[1:]), (v[0], v[1], v[2], v[3] + 1), (-v[0], *v[1:])]


def multiples_of_pi():
    value = Fraction(draw.randint(2, 40), draw.choice([1, 1, 3, 4, 7]))
    times = lambda v: "" if v.numerator == 1 else str(v.numerator)
    over = lambda v, body: body if v.denominator == 1 else f"\\frac{{{body}}}{{{v.denominator}}}"
    ways = [
        lambda v: over(v, f"{times(v)}\\pi"),
        lambda v: f"{tex(v)}\\pi",
        lambda v: f"{times(v)}π/{v.denominator}" if v.denominator > 1 else f"{times(v)}π",
        lambda v: f"{times(v)}\\pi/{v.denominator}" if v.denominator > 1 else f"{times(v)}\\pi",
        lambda v: f"{tex(v)} \\cdot \\pi",
        lambda v: f"\\pi \\cdot {tex(v)}",
    ]
    return value, ways, lambda v: [v + 1, v * 2, v / 2]


def intervals():
    low, high = draw.randint(-9, 0), draw.randint(1, 12)
    value = (draw.choice("(["), low, high, draw.choice(")]"))
    le = lambda bracket, wide="\\le": wide if bracket in "[]" else "<"
    ways = [
        lambda v: f"{v[0]}{v[1]}, {v[2]}{v[3]}",
        lambda v: f"\\left{v[0]}{v[1]}, {v[2]}\\right{v[3]}",
        lambda v: f"{v[0]}{v[1]},{v[2]}{v[3]}",
        lambda v: f"x \\in {v[0]}{v[1]}, {v[2]}{v[3]}",
        lambda v: f"{v[1]} {le(v[0])} x {le(v[3])} {v[2]}",
        lambda v: f"{v[1]} {le(v[0], chr(92) + 'leq')} x {le(v[3], chr(92) + 'leq')} {v[2]}",
    ]

    def near(v):
        return [("[" if v[0] == "(" else "(", *v[1:]), (*v[:3], "]" if v[3] == ")" else ")"), (v[0], v[1], v[2] + 1, v[3])]

    return value, ways, near


def half_lines():
    value = (draw.randint(-9, 9), draw.random() < 0.5)
    ways = [
        lambda v: f"(-\\infty, {v[0]}{']' if v[1] else ')'}",
        lambda v: f"\\left(-\\infty, {v[0]}\\right{']' if v[1] else ')'}",
        lambda v: f"x \\in (-\\infty, {v[0]}{']' if v[1] else ')'}",
        lambda v: f"x {chr(92) + 'le' if v[1] else '<'} {v[0]}",
        lambda v: f"x {chr(92) + 'leq' if v[1] else '<'} {v[0]}",
        lambda v: f"{v[0]} {chr(92) + 'ge' if v[1] else '>'} x",
    ]
    return value, ways, lambda v: [(v[0], not v[1]), (v[0] + 1, v[1])]


def unions():
    value = (draw.randint(-9, -1), draw.randint(1, 9))
    ways = [
        lambda v: f"(-\\infty, {v[0]}) \\cup ({v[1]}, \\infty)",
        lambda v: f"(-\\infty,{v[0]})\\cup({v[1]},\\infty)",
        lambda v: f"\\left(-\\infty, {v[0]}\\right) \\cup \\left({v[1]}, +\\infty\\right)",
        lambda v: f"({v[1]}, \\infty) \\cup (-\\infty, {v[0]})",
        lambda v: f"x \\in (-\\infty, {v[0]}) \\cup ({v[1]}, \\infty)",
    ]
    return value, ways, lambda v: [(v[0] - 1, v[1]), (v[0], v[1] + 1)]


def sets():
    value = tuple(draw.sample(range(-9, 20), draw.randint(2, 4)))
    ways = [
        lambda v: "\\{" + ", ".join(map(str, v)) + "\\}",
        lambda v: "\\{" + ",".join(map(str, sorted(v))) + "\\}",
        lambda v: "\\left\\{" + ", ".join(map(str, sorted(v, reverse=True))) + "\\right\\}",
        lambda v: ", ".join(map(str, sorted(v))),
        lambda v: "x \\in \\{" + ", ".join(map(str, v)) + "\\}",
        lambda v: "\\{" + " , ".join(map(str, v[::-1])) + "\\}",
    ]
    return value, ways, lambda v: [v[:-1] + (v[-1] + 31,), v + (37,), v[:-1]]


def roots():
    value = tuple(draw.sample(range(-9, 20), 2))
    ways = [
        lambda v: "{}, {}".format(*v),
        lambda v: "{} \\text{{ and }} {}".format(*v),
        lambda v: "x = {} \\text{{ or }} x = {}".format(*v),
        lambda v: "x={},{}".format(*v[::-1]),
        lambda v: "x = {}, x = {}".format(*v),
        lambda v: "x_1 = {}, x_2 = {}".format(*v),
        lambda v: "{} and {}".format(*v[::-1]),
    ]
    return value, ways, lambda v: [(v[0], v[1] + 31), (-v[0] - 40, v[1]), (v[0], v[0])]


def tuples():
    value = tuple(draw.randint(-9, 12) for _ in range(draw.choice([2, 3])))
    names = "xyz"
    ways = [
        lambda v: "(" + ", ".join(map(str, v)) + ")",
        lambda v: "\\left(" + ",".join(map(str, v)) + "\\right)",
        lambda v: "(" + ",".join(names[: len(v)]) + ") = (" + ", ".join(map(str, v)) + ")",
        lambda v: "(" + ",\\, ".join(map(str, v)) + ")",
        lambda v: "\\left( " + ", ".join(f"{n}.0" for n in v) + " \\right)",
    ]
    return value, ways, lambda v: [other for other in [v[::-1], v[:-1] + (v[-1] + 1,), tuple(-n for n in v)] if other != v]


def solutions():
    """Of a system: by their names, in whatever order."""
    value = tuple(draw.sample(range(-9, 12), 2))
    ways = [
        lambda v: "x = {}, y = {}".format(*v),
        lambda v: "y = {1}, x = {0}".format(*v),
        lambda v: "x={},\\ y={}".format(*v),
        lambda v: "x = {} \\text{{ and }} y = {}".format(*v),
        lambda v: "x={} and y={}".format(*v),
    ]
    return value, ways, lambda v: [v[::-1], (v[0], v[1] + 1)]


def words():
    value = draw.choice(["blue", "Tuesday", "even", "yes", "no", "hyperbola", "isosceles", "Monday", "circle", "increasing", "odd", "Alice"])
    ways = [
        lambda v: f"\\text{{{v}}}",
        lambda v: v,
        lambda v: v.capitalize(),
        lambda v: f"\\textbf{{{v}}}",
        lambda v: f"\\mathrm{{{v}}}",
        lambda v: f"\\text{{{v.capitalize()}}}",
        lambda v: f"\\text{{{v}}}.",
    ]
    others = {"blue": "red", "Tuesday": "Thursday", "even": "odd", "yes": "no", "no": "yes", "hyperbola": "parabola", "isosceles": "scalene",
              "Monday": "Sunday", "circle": "ellipse", "increasing": "decreasing", "odd": "even", "Alice": "Alicia"}
    return value, ways, lambda v: [others[v]]


def choices():
    value = draw.choice("ABCDE")
    ways = [lambda v: v, lambda v: f"({v})", lambda v: f"\\text{{({v})}}", lambda v: f"\\textbf{{({v})}}", lambda v: f"\\text{{{v}}}",
            lambda v: f"\\mathrm{{({v})}}", lambda v: f"{v}.", lambda v: f"\\textbf{{{v}}}"]
    return value, ways, lambda v: [other for other in "ABCDE" if other != v]


def polynomials():
    a, b, c = draw.randint(2, 5), draw.randint(1, 9), draw.randint(1, 9)
    value = (a, b, c)
    ways = [
        lambda v: f"({v[0]}x + {v[1]})(x - {v[2]})",
        lambda v: f"{v[0]}x^2 + ({v[1]} - {v[0] * v[2]})x - {v[1] * v[2]}",
        lambda v: f"(x-{v[2]})({v[0]}x+{v[1]})",
        lambda v: f"{v[0]}x^{{2}} - {v[0] * v[2]}x + {v[1]}x - {v[1] * v[2]}",
        lambda v: f"{v[0]}\\left(x + \\frac{{{v[1]}}}{{{v[0]}}}\\right)(x - {v[2]})",
        lambda v: f"{v[0]}*x^2 + {v[1] - v[0] * v[2]}*x + {-v[1] * v[2]}".replace("+ -", "- "),
    ]
    return value, ways, lambda v: [(v[0] + 1, *v[1:]), (v[0], v[1] + 1, v[2]), (v[0], v[1], v[2] + 1)]


def lines():
    slope, at = draw.randint(2, 9), draw.randint(1, 9)
    value = (slope, at)
    ways = [
        lambda v: f"y = {v[0]}x + {v[1]}",
        lambda v: f"y={v[1]}+{v[0]}x",
        lambda v: f"{v[0]}x - y + {v[1]} = 0",
        lambda v: f"y - {v[1]} = {v[0]}x",
        lambda v: f"{v[0]}x + {v[1]} = y",
    ]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], v[1] + 1), (-v[0], v[1])]


def named_values():
    value = Fraction(draw.randint(1, 60), draw.choice([1, 1, 7]))
    name = draw.choice("xnkAS")
    ways = [lambda v: f"{name} = {tex(v)}", lambda v: tex(v), lambda v: f"{name}={tex(v)}", lambda v: f"\\displaystyle {tex(v)}", lambda v: f"${tex(v)}$", lambda v: f"\\( {tex(v)} \\)"]
    return value, ways, lambda v: [v + 1, -v, v * 10]


def complex_numbers():
    value = (draw.randint(-9, 9), draw.randint(2, 9))
    ways = [
        lambda v: f"{v[0]} + {v[1]}i",
        lambda v: f"{v[1]}i + {v[0]}".replace("+ -", "- "),
        lambda v: f"{v[0]}+{v[1]}\\cdot i",
        lambda v: f"{v[0]} - (-{v[1]})i",
        lambda v: f"{v[0]} + {v[1]}\\mathrm{{i}}",
    ]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], -v[1])]


def matrices():
    value = tuple(draw.randint(-9, 9) for _ in range(4))
    ways = [
        lambda v: "\\begin{{pmatrix}} {} & {} \\\\ {} & {} \\end{{pmatrix}}".format(*v),
        lambda v: "\\begin{{bmatrix}} {} & {} \\\\ {} & {} \\end{{bmatrix}}".format(*v),
        lambda v: "\\begin{{pmatrix}}{}&{}\\\\{}&{}\\end{{pmatrix}}".format(*v),
        lambda v: "\\left(\\begin{{array}}{{cc}} {} & {} \\\\ {} & {} \\end{{array}}\\right)".format(*v),
    ]
    return value, ways, lambda v: [other for other in [(v[0] + 1, *v[1:]), (v[0], v[2], v[1], v[3])] if other != v]


def clock():
    value = (draw.randint(1, 12), draw.choice([5, 15, 20, 30, 45]), draw.choice("ap"))
    ways = [
        lambda v: f"{v[0]}:{v[1]:02} {v[2]}.m.",
        lambda v: f"{v[0]}:{v[1]:02}\\text{{ {v[2]}.m.}}",
        lambda v: f"{v[0]}:{v[1]:02}{v[2]}m",
        lambda v: f"{v[0]}:{v[1]:02} \\text{{ {v[2].upper()}M}}",
        lambda v: f"{v[0]}:{v[1]:02} {v[2].upper()}M",
    ]
    return value, ways, lambda v: [(v[0], v[1], "a" if v[2] == "p" else "p"), (v[0] % 12 + 1, *v[1:])]


def powers():
    value = (draw.choice([2, 3, 5, 7]), draw.randint(2, 9))
    ways = [lambda v: f"{v[0]}^{{{v[1]}}}", lambda v: str(v[0] ** v[1]), lambda v: f"{v[0]}^{v[1]}", lambda v: f"{v[0]}**{v[1]}",
            lambda v: f"{v[0]}^{{{v[1] - 1}}} \\cdot {v[0]}", lambda v: f"{v[0]} \\times {v[0]}^{{{v[1] - 1}}}"]
    return value, ways, lambda v: [(v[0], v[1] + 1), (v[0] + 1, v[1])]


def logarithms():
    value = (draw.randint(2, 9), draw.choice([3, 5, 7]))
    ways = [lambda v: f"{v[0]}\\ln {v[1]}", lambda v: f"\\ln({v[1] ** v[0]})", lambda v: f"{v[0]} \\ln({v[1]})", lambda v: f"\\ln {{{v[1] ** v[0]}}}",
            lambda v: f"{v[0] + 1}\\ln {v[1]} - \\ln {v[1]}"]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], v[1] + 1)]


def short_fractions():
    value = (draw.randint(1, 9), draw.randint(2, 9))
    value = value if value[0] != value[1] else (value[0], value[1] % 9 + 1)
    ways = [
        lambda v: f"\\frac{{{v[0]}}}{{{v[1]}}}",
        lambda v: f"\\frac{v[0]}{v[1]}",
        lambda v: f"\\frac {v[0]} {v[1]}",
        lambda v: f"\\frac{{{v[0]}}}{v[1]}",
        lambda v: f"{v[0]} / {v[1]}",
        lambda v: f"\\cfrac{{{v[0]}}}{{{v[1]}}}",
        lambda v: f"{v[0]} \\div {v[1]}",
        lambda v: f"\\frac{{\\;{v[0]}\\;}}{{\\;{v[1]}\\;}}",
    ]
    return value, ways, lambda v: [(v[0] + 1, v[1]), v[::-1], (v[0], v[1] + 1)]


def repeating():
    value = Fraction(draw.choice([1, 2, 4, 5, 7, 8, 13, 29, 41]), draw.choice([9, 99, 3, 33]))
    value = value % 1 or Fraction(1, 9)

    def digits(v):
        of = v * 99
        return f"{of.numerator:02}" if (v * 9).denominator > 1 else str((v * 9).numerator)

    ways = [tex, lambda v: f"0.\\overline{{{digits(v)}}}", lambda v: f"0.\\overline{{{digits(v) * 2}}}", lambda v: f"{v.numerator}/{v.denominator}",
            lambda v: f"0.{digits(v)}\\overline{{{digits(v)}}}"]
    return value, ways, lambda v: [(v + Fraction(1, 99)) % 1 or Fraction(2, 9), (v + Fraction(1, 9)) % 1 or Fraction(2, 9)]


def things():
    value = draw.randint(2, 500)
    thing = draw.choice(["apples", "people", "ways", "books", "students", "pages", "marbles", "eggs"])
    ways = [str, lambda v: f"{v} {thing}", lambda v: f"{v}\\text{{ {thing}}}", lambda v: f"{v} \\text{{ {thing}}}", lambda v: f"\\text{{{v} {thing}}}",
            lambda v: f"{v}\\ \\text{{{thing}}}"]
    return value, ways, lambda v: [v + 1, v * 2, v + 10]


def ratios():
    value = (draw.randint(1, 9), draw.randint(10, 19))
    ways = [lambda v: f"{v[0]}:{v[1]}", lambda v: f"{v[0]} : {v[1]}", lambda v: f"{v[0]}\\colon {v[1]}", lambda v: f"{v[0]}\\text{{:}}{v[1]}"]
    return value, ways, lambda v: [v[::-1], (v[0] + 1, v[1])]


def higher_roots():
    value = (draw.choice([2, 3, 5]), draw.choice([3, 4]), draw.randint(2, 6))
    ways = [
        lambda v: f"{v[2]}\\sqrt[{v[1]}]{{{v[0]}}}",
        lambda v: f"\\sqrt[{v[1]}]{{{v[0] * v[2] ** v[1]}}}",
        lambda v: f"{v[2]} \\cdot {v[0]}^{{1/{v[1]}}}",
        lambda v: f"{v[2]} \\cdot {v[0]}^{{\\frac{{1}}{{{v[1]}}}}}",
    ]
    return value, ways, lambda v: [(v[0], v[1], v[2] + 1), (v[0] + 1, *v[1:]), (v[0], 7 - v[1], v[2])]


def counting():
    value = (draw.randint(4, 10), draw.randint(2, 3))
    choose = lambda v: __import__("math").comb(*v)
    ways = [lambda v: str(choose(v)), lambda v: f"\\binom{{{v[0]}}}{{{v[1]}}}", lambda v: f"\\dbinom{{{v[0]}}}{{{v[1]}}}",
            lambda v: f"\\frac{{{v[0]}!}}{{{v[1]}!\\,{v[0] - v[1]}!}}", lambda v: f"{{{v[0]} \\choose {v[1]}}}"]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0] + 2, v[1])]


def plus_minus():
    value = draw.randint(2, 40)
    ways = [lambda v: f"\\pm {v}", lambda v: f"{v}, -{v}", lambda v: f"-{v} \\text{{ and }} {v}", lambda v: f"x = \\pm {v}", lambda v: f"x = {v}, -{v}",
            lambda v: f"\\{{-{v}, {v}\\}}", lambda v: f"±{v}"]
    return value, ways, lambda v: [v + 1, v * 2]


def sets_of_points():
    value = tuple((draw.randint(-9, 9), draw.randint(-9, 9)) for _ in range(2))
    if value[0] == value[1]:
        value = ((1, 2), (2, 1))
    point = lambda p: f"({p[0]}, {p[1]})"
    ways = [
        lambda v: ", ".join(map(point, v)),
        lambda v: "\\{" + ", ".join(map(point, v[::-1])) + "\\}",
        lambda v: ",".join(map(point, v)).replace(", ", ","),
        lambda v: " \\text{ and } ".join(map(point, v)),
        lambda v: "(x, y) = " + " \\text{ or } ".join(map(point, v)),
    ]
    return value, ways, lambda v: [other for other in [(v[0][::-1], v[1][::-1]), (v[0], (v[1][0], v[1][1] + 30))] if set(other) != set(v)]


def outside():
    value = (draw.randint(-9, -1), draw.randint(1, 9))
    ways = [
        lambda v: f"(-\\infty, {v[0]}) \\cup ({v[1]}, \\infty)",
        lambda v: f"x < {v[0]} \\text{{ or }} x > {v[1]}",
        lambda v: f"x > {v[1]} \\text{{ or }} x < {v[0]}",
        lambda v: f"x<{v[0]} or x>{v[1]}",
        lambda v: f"x \\in (-\\infty, {v[0]}) \\cup ({v[1]}, \\infty)",
    ]
    return value, ways, lambda v: [(v[0] - 1, v[1]), (v[0], v[1] + 1)]


def areas():
    value = draw.randint(2, 300)
    unit, word = draw.choice([("cm", "centimeters"), ("m", "meters"), ("in", "inches"), ("ft", "feet")])
    ways = [lambda v: str(v), lambda v: f"{v}\\text{{ {unit}}}^2", lambda v: f"{v}\\text{{ square {word}}}", lambda v: f"{v} \\mathrm{{{unit}^2}}",
            lambda v: f"{v} square {word}", lambda v: f"{v}\\ \\mathrm{{{unit}}}^{{2}}"]
    return value, ways, lambda v: [v + 1, v * 2]


def exponentials():
    value = (draw.randint(2, 9), draw.randint(2, 5))
    ways = [lambda v: f"{v[0]}e^{{{v[1]}}}", lambda v: f"{v[0]} e^{v[1]}", lambda v: f"{v[0]}\\exp({v[1]})", lambda v: f"{v[0]} \\cdot e^{{{v[1]}}}",
            lambda v: f"{v[0]}\\mathrm{{e}}^{{{v[1]}}}"]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], v[1] + 1)]


def functions():
    value = (draw.randint(2, 9), draw.randint(1, 9))
    ways = [lambda v: f"f(x) = {v[0]}x + {v[1]}", lambda v: f"{v[0]}x + {v[1]}", lambda v: f"f(x)={v[1]}+{v[0]}x", lambda v: f"{v[0]} \\cdot x + {v[1]}",
            lambda v: f"\\left({v[0]}x + {v[1]}\\right)"]
    return value, ways, lambda v: [(v[0] + 1, v[1]), v[::-1]] if v[0] != v[1] else [(v[0] + 1, v[1])]


def quotients():
    value = (draw.randint(1, 9), draw.randint(2, 9))
    ways = [
        lambda v: f"\\frac{{{v[0]}}}{{x+{v[1]}}}",
        lambda v: f"{v[0]}/(x + {v[1]})",
        lambda v: f"{v[0]}(x+{v[1]})^{{-1}}",
        lambda v: f"\\frac{{{v[0]}x}}{{x^2+{v[1]}x}}",
        lambda v: f"\\frac{{-{v[0]}}}{{-x-{v[1]}}}",
    ]
    return value, ways, lambda v: [(v[0] + 1, v[1]), (v[0], v[1] + 1), (-v[0], v[1])]


def vectors():
    value = tuple(draw.randint(-9, 9) for _ in range(3))
    ways = [
        lambda v: "\\begin{pmatrix} " + " \\\\ ".join(map(str, v)) + " \\end{pmatrix}",
        lambda v: "\\begin{bmatrix} " + " \\\\ ".join(map(str, v)) + " \\end{bmatrix}",
        lambda v: "\\begin{pmatrix}" + "\\\\".join(map(str, v)) + "\\end{pmatrix}",
        lambda v: "\\left[\\begin{array}{c} " + " \\\\ ".join(map(str, v)) + " \\end{array}\\right]",
    ]
    return value, ways, lambda v: [other for other in [v[::-1], (v[0] + 1, *v[1:])] if other != v]


def bases():
    base = draw.choice([2, 5, 7, 8])
    value = ("".join(str(draw.randint(1, base - 1)) for _ in range(4)), base)
    ways = [lambda v: f"{v[0]}_{v[1]}", lambda v: f"{v[0]}_{{{v[1]}}}", lambda v: f"{v[0]}_{{\\text{{{v[1]}}}}}", lambda v: f"({v[0]})_{v[1]}"]
    return value, ways, lambda v: [("1" + v[0], v[1]), (v[0], v[1] + 1)]


def millions():
    value = Fraction(draw.randint(11, 99), 10)
    plain = lambda v: f"{float(v):.2f}".rstrip("0").rstrip(".")
    ways = [lambda v: f"{int(v * 10**6)}", lambda v: f"{int(v * 10**6):,}", lambda v: f"{plain(v)} \\times 10^6", lambda v: f"{plain(v)}\\text{{ million}}",
            lambda v: f"{plain(v)} million"]
    return value, ways, lambda v: [v * 10, v + Fraction(1, 10)]


def cosines():
    value = draw.choice([(1, 30), (2, 45), (3, 60), (1, 150), (2, 135)])
    written = {30: "\\frac{1}{2}", 45: "\\frac{\\sqrt{2}}{2}", 60: "\\frac{\\sqrt{3}}{2}", 150: "\\frac{1}{2}", 135: "\\frac{\\sqrt{2}}{2}", 120: "\\frac{\\sqrt{3}}{2}"}
    ways = [lambda v: written[v[1]], lambda v: f"\\sin {v[1]}^\\circ", lambda v: f"\\sin({v[1]}^{{\\circ}})", lambda v: f"\\sin\\frac{{{Fraction(v[1], 180).numerator}\\pi}}{{{Fraction(v[1], 180).denominator}}}"]
    return value, ways, lambda v: [(3, 120), (2, 135)] if v[1] in (30, 150) else [(1, 30), (1, 150)]


KINDS = [fractions, mixed, decimals, percents, large, scientific, units, other_units, currency, angles, surds, sums_of_surds, multiples_of_pi,
         intervals, half_lines, unions, sets, roots, tuples, solutions, words, choices, polynomials, lines, named_values, complex_numbers,
         matrices, clock, powers, logarithms, short_fractions, repeating, things, ratios, higher_roots, counting, plus_minus,
         sets_of_points, outside, areas, exponentials, functions, quotients, vectors, bases, millions, cosines]


def pairs():
    for kind in KINDS:
        seen = set()
        while len(seen) < PER_KIND:
            value, ways, near = kind()
            equal = kind is not other_units and draw.random() < 0.5
            other = value if equal else draw.choice(near(value) or [None])
            if other is None:
                continue
            truth = ways[0](value) if draw.random() < 0.5 else draw.choice(ways)(value)
            said = draw.choice(ways)(other)
            if said == truth or (said, truth) in seen:
                continue
            seen.add((said, truth))
            yield said, truth, kind.__name__, equal


def main():
    from math_verify import parse, verify

    boxed = lambda text: parse(f"\\boxed{{{text}}}")
    made = list(pairs())
    begun = time.process_time()
    for said, truth, kind, equal in made:
        try:
            verdict = verify(boxed(truth), boxed(said))
        except Exception:
            verdict = None
        print(json.dumps([said, truth, kind, equal, verdict], ensure_ascii=False), flush=True)
    print(f"{len(made) / (time.process_time() - begun):.0f} pairs a second", file=sys.stderr)


if __name__ == "__main__":
    main()
