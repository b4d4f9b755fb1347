"""How formulas are written: as plain text, with the signs of Unicode, in LaTeX and in HTML."""

from __future__ import annotations

import ast
import html
import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from tangentc.traces.formulas import SHOWN, Copying, Number, Partial, Phrase, Symbol, Term, Written, negated
from tangentc.traces.values import exact, is_array, shown

__all__ = ["HTML", "LATEX", "TEXT", "UNICODE", "Notation"]

# How tightly expressions bind, as in Python.
LOOSE, COMPARE, SUM, PRODUCT, SIGN, POWER, ATOM = range(7)

_SIGNS: dict[type[ast.AST], tuple[str, int]] = {
    ast.Add: ("+", SUM),
    ast.Sub: ("-", SUM),
    ast.Mult: ("*", PRODUCT),
    ast.Div: ("/", PRODUCT),
    ast.FloorDiv: ("//", PRODUCT),
    ast.Mod: ("%", PRODUCT),
    ast.MatMult: ("@", PRODUCT),
    ast.Pow: ("**", POWER),
}
_COMPARED: dict[type[ast.cmpop], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!="
}  # fmt: skip


class Notation:
    """Plain text, as a program has it; the others say where they differ."""

    minus = "-"

    def write(self, formula: ast.expr, binding: int = LOOSE) -> str:
        """A formula, in parentheses where what surrounds it binds tighter."""
        text, own = self._written(formula)
        return f"({text})" if own < binding else text

    def _written(self, formula: ast.expr) -> tuple[str, int]:
        """The text and how tightly it holds together."""
        match formula:
            case Term(symbol=symbol):
                return self.symbol(symbol), ATOM
            case Number(value=value):
                return self._number(value, formula.exact)
            case ast.Constant(value) if isinstance(value, (int, float)) and not isinstance(value, bool):
                return self._number(value, True)
            case Partial():
                return self.partial(formula), ATOM
            case Phrase(before=before, operand=operand, after=after):
                return self.words(before) + self.write(operand, ATOM) + self.words(after), LOOSE
            case Written(array=array, index=index, sign=sign, part=part):
                place = self.words(" with each " if formula.each else " with ") + self.place(
                    self.index(index)
                )
                return f"{self.write(array)}{place} {self.assigns(sign)} {self.write(part)}", LOOSE
            case ast.BinOp(left, operator, right):
                return self._binary(left, operator, right)
            case ast.UnaryOp(ast.USub(), operand):
                return self.minus + self.write(operand, POWER), SIGN
            case ast.Call(function, args, keywords):
                return self._call(function, args, keywords)
            case ast.Attribute(value, name):
                return self.attribute(value, name), ATOM
            case ast.Subscript(value, index):
                return self.write(value, ATOM) + self.place(self.index(index)), ATOM
            case ast.Tuple(items) | ast.List(items):
                inside = ", ".join(map(self.write, items))
                comma = "," if isinstance(formula, ast.Tuple) and len(items) == 1 else ""
                return (f"[{inside}]" if isinstance(formula, ast.List) else f"({inside}{comma})"), ATOM
            case ast.Name(name):
                return self.words(name), ATOM
            case ast.Compare(left, [operator], [right]):
                return self._compared(left, operator, right), COMPARE
        return self._code(formula)

    def _number(self, value: Any, is_exact: bool) -> tuple[str, int]:
        if is_exact and is_array(value) and value.size > SHOWN:
            return self.words("constant"), ATOM
        text = exact(value) if is_exact else shown(value)
        if np.iscomplexobj(value) and not is_array(value):
            return self.number(text), SUM
        return (self.array(value, text), ATOM) if is_array(value) else (self.number(text), _of_number(text))

    def _binary(self, left: ast.expr, operator: ast.operator, right: ast.expr) -> tuple[str, int]:
        sign, own = _SIGNS.get(type(operator), ("", LOOSE))
        if not sign:
            return self._code(ast.BinOp(left, operator, right))
        if own == SUM and (inside := negated(right)) is not None:
            sign, right = "-" if sign == "+" else "+", inside
        if sign == "**":
            return self.power(left, right), POWER
        if isinstance(right, Partial):
            return self.write(left, own) + self.beside + self.write(right, own + 1), own
        after = POWER if own == PRODUCT else own + 1  # a * (-b)
        return self.operation(self.write(left, own), sign, self.write(right, after)), own

    def _compared(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> str:
        sign = _COMPARED.get(type(operator))
        if sign is None:
            return self._code(ast.Compare(left, [operator], [right]))[0]
        return f"{self.write(left, SUM)} {self.comparison(sign)} {self.write(right, SUM)}"

    def _call(
        self, function: ast.expr, args: Sequence[ast.expr], keywords: Sequence[ast.keyword]
    ) -> tuple[str, int]:
        if isinstance(function, ast.Name):
            if len(args) == 1 and not keywords and (special := self.special(function.id, args[0])):
                return special, ATOM
            name = self.function(function.id)
        elif isinstance(function, ast.Attribute):
            name = self.method(function.value, function.attr)
        else:
            name = self.write(function, ATOM)
        given = [*map(self.write, args)]
        given += [f"{self.words(f'{keyword.arg}=')}{self.write(keyword.value)}" for keyword in keywords]
        return f"{name}({', '.join(given)})", ATOM

    def index(self, index: ast.expr) -> str:
        """What stands in the brackets of a subscript."""
        if isinstance(index, ast.Tuple) and index.elts:
            return ", ".join(map(self.index, index.elts)) + ("," if len(index.elts) == 1 else "")
        if not isinstance(index, ast.Slice):
            return self.write(index)
        ends = [self.write(end) if end is not None else "" for end in (index.lower, index.upper)]
        return ":".join([*ends, *([] if index.step is None else [self.write(index.step)])])

    def _code(self, formula: ast.expr) -> tuple[str, int]:
        """What has no sign of its own, as Python; its quantities by their names."""
        text = self.code(ast.unparse(ast.fix_missing_locations(_Plain().visit(formula))))
        return text, ATOM if isinstance(formula, ast.Constant) else LOOSE

    # --- what notations differ in -------------------------------------------------------------

    beside = " * "

    def symbol(self, symbol: Symbol) -> str:
        return str(symbol)

    def number(self, text: str) -> str:
        return text

    def array(self, value: Any, text: str) -> str:
        return text

    def value(self, value: Any) -> str:
        """The value of a row."""
        return self.write(Number(value))

    def words(self, text: str) -> str:
        return text

    def code(self, text: str) -> str:
        return text

    def place(self, index: str) -> str:
        return f"[{index}]"

    def assigns(self, sign: str) -> str:
        return f"{sign}="

    def partial(self, node: Partial) -> str:
        return f"d{node.of}/d{node.by}"

    def operation(self, left: str, sign: str, right: str) -> str:
        return f"{left} {sign} {right}"

    def comparison(self, sign: str) -> str:
        return sign

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        return f"{self.write(base, ATOM)} ** {self.write(exponent, SIGN)}"

    def function(self, name: str) -> str:
        return name

    def special(self, name: str, argument: ast.expr) -> str:
        """A function of one argument with a sign of its own; empty for others."""
        return ""

    def method(self, value: ast.expr, name: str) -> str:
        return f"{self.write(value, ATOM)}.{name}"

    def attribute(self, value: ast.expr, name: str) -> str:
        return f"{self.write(value, ATOM)}.{name}"


def _of_number(text: str) -> int:
    return SIGN if text.startswith("-") else ATOM


class _Plain(Copying):
    """Python, with the texts of quantities as names."""

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, (Term, Number, Partial, Phrase, Written)):
            return ast.Name(TEXT.write(node))
        return super().visit(node)


# --- Unicode -----------------------------------------------------------------------------------

_LOWERED = str.maketrans("0123456789-", "₀₁₂₃₄₅₆₇₈₉₋")
_MARKS = {"": "", "dot": "\N{COMBINING DOT ABOVE}", "bar": "\N{COMBINING MACRON}"}
_SPOKEN = {"log": "ln", "absolute": "abs"}
_GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ", "eta": "η",
    "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω",
}  # fmt: skip


def _parts(symbol: Symbol) -> tuple[str, str]:
    """The letter and the subscript: x1 and x_1 are both x with subscript 1."""
    if symbol.index is not None:
        return symbol.base, str(symbol.index)
    found = re.fullmatch(r"([^\W\d_]+)_?(\d+)", symbol.base)
    return (found[1], found[2]) if found else (symbol.base, "")


class _Unicode(Notation):
    minus = "\N{MINUS SIGN}"
    beside = " "
    times = " × "

    def symbol(self, symbol: Symbol) -> str:
        letter, below = _parts(symbol)
        letter = _GREEK.get(letter, letter)
        return letter[0] + _MARKS[symbol.mark] + letter[1:] + below.translate(_LOWERED)

    def number(self, text: str) -> str:
        return text.replace("-", self.minus)

    def array(self, value: Any, text: str) -> str:
        return self.number(text)

    def assigns(self, sign: str) -> str:
        return f"{sign.replace('-', self.minus)}="

    def partial(self, node: Partial) -> str:
        return f"∂{self.symbol(node.of)}/∂{self.symbol(node.by)}"

    def operation(self, left: str, sign: str, right: str) -> str:
        signs = {"*": self.times, "-": f" {self.minus} ", "/": " / ", "@": " "}
        return f"{left}{signs.get(sign, f' {sign} ')}{right}"

    def comparison(self, sign: str) -> str:
        return {"<=": "≤", ">=": "≥", "==": "=", "!=": "≠"}.get(sign, sign)

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        raised = self.write(exponent)
        small = raised.translate(_RAISED)
        known = set(raised) <= set("0123456789\N{MINUS SIGN}")
        return self.write(base, ATOM) + (small if known else f"^{self.write(exponent, ATOM)}")

    def function(self, name: str) -> str:
        return _SPOKEN.get(name, name)

    def special(self, name: str, argument: ast.expr) -> str:
        if name in ("abs", "absolute", "fabs"):
            return f"|{self.write(argument)}|"
        return f"√{self.write(argument, ATOM)}" if name == "sqrt" else ""

    def attribute(self, value: ast.expr, name: str) -> str:
        return f"{self.write(value, ATOM)}ᵀ" if name in ("T", "mT") else super().attribute(value, name)


_RAISED = str.maketrans("0123456789\N{MINUS SIGN}", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


# --- HTML --------------------------------------------------------------------------------------


class _Html(_Unicode):
    """Without scripts: italic letters, real subscripts and superscripts."""

    def symbol(self, symbol: Symbol) -> str:
        letter, below = _parts(symbol)
        letter = html.escape(_GREEK.get(letter, letter))
        text = f"<i>{letter[0]}{_MARKS[symbol.mark]}{letter[1:]}</i>"
        return text + (f"<sub>{self.number(below)}</sub>" if below else "")

    def words(self, text: str) -> str:
        return html.escape(text)

    def code(self, text: str) -> str:
        return f"<code>{html.escape(text)}</code>"

    def function(self, name: str) -> str:
        return html.escape(super().function(name))

    def operation(self, left: str, sign: str, right: str) -> str:
        return super().operation(left, html.escape(sign), right)

    def comparison(self, sign: str) -> str:
        return html.escape(super().comparison(sign))

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        return f"{self.write(base, ATOM)}<sup>{self.write(exponent)}</sup>"

    def attribute(self, value: ast.expr, name: str) -> str:
        if name in ("T", "mT"):
            return f"{self.write(value, ATOM)}<sup>T</sup>"
        return super().attribute(value, name)


# --- LaTeX -------------------------------------------------------------------------------------

_LATEX_MARKS = {"": "{}", "dot": r"\dot{{{}}}", "bar": r"\bar{{{}}}"}
_LATEX_FUNCTIONS = {
    "log": r"\ln", "log2": r"\log_2", "log10": r"\log_{10}", "exp": r"\exp", "sin": r"\sin", "cos": r"\cos",
    "tan": r"\tan", "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "arcsin": r"\arcsin",
    "arccos": r"\arccos", "arctan": r"\arctan", "asin": r"\arcsin", "acos": r"\arccos", "atan": r"\arctan",
    "max": r"\max", "min": r"\min", "maximum": r"\max", "minimum": r"\min", "det": r"\det",
}  # fmt: skip


def _escaped(text: str) -> str:
    text = text.replace("\\", r"\backslash ")
    return re.sub(r"([_#$%&{}])", r"\\\1", text)


class _Latex(Notation):
    beside = r"\, "

    def symbol(self, symbol: Symbol) -> str:
        letter, below = _parts(symbol)
        if letter in _GREEK:
            letter = f"\\{letter}"
        elif len(letter) > 1:
            letter = rf"\mathit{{{_escaped(letter)}}}"
        subscript = "" if not below else f"_{below}" if len(below) == 1 else f"_{{{below}}}"
        return _LATEX_MARKS[symbol.mark].format(letter) + subscript

    def number(self, text: str) -> str:
        if "e" in text:
            digits, _, exponent = text.partition("e")
            return rf"{digits} \times 10^{{{int(exponent)}}}" if exponent.lstrip("+-").isdigit() else text
        return {"inf": r"\infty", "-inf": r"-\infty", "nan": r"\mathrm{nan}"}.get(text, text)

    def array(self, value: Any, text: str) -> str:
        if text.startswith("array"):
            return rf"\text{{array of shape }} {value.shape}"
        if value.ndim == 2 and value.size:
            rows = [" & ".join(self.number(shown(entry)) for entry in row) for row in value]
            return r"\begin{bmatrix} " + r" \\ ".join(rows) + r" \end{bmatrix}"
        return text

    def words(self, text: str) -> str:
        return rf"\text{{{_escaped(text)}}}" if text else ""

    def code(self, text: str) -> str:
        return rf"\texttt{{{_escaped(text)}}}"

    def assigns(self, sign: str) -> str:
        return rf"\mathrel{{{sign}}}=" if sign else "="

    def partial(self, node: Partial) -> str:
        return rf"\frac{{\partial {self.symbol(node.of)}}}{{\partial {self.symbol(node.by)}}}"

    def operation(self, left: str, sign: str, right: str) -> str:
        signs = {"*": r" \times ", "@": r"\, ", "%": r" \bmod ", "/": " / ", "//": r" \mathbin{//} "}
        return f"{left}{signs.get(sign, f' {sign} ')}{right}"

    def comparison(self, sign: str) -> str:
        return {"<=": r"\leq", ">=": r"\geq", "==": "=", "!=": r"\neq"}.get(sign, sign)

    def power(self, base: ast.expr, exponent: ast.expr) -> str:
        return f"{self.write(base, ATOM)}^{{{self.write(exponent)}}}"

    def function(self, name: str) -> str:
        return _LATEX_FUNCTIONS.get(name) or rf"\operatorname{{{_escaped(name)}}}"

    def special(self, name: str, argument: ast.expr) -> str:
        if name in ("abs", "absolute", "fabs"):
            return rf"\lvert {self.write(argument)} \rvert"
        return rf"\sqrt{{{self.write(argument)}}}" if name == "sqrt" else ""

    def method(self, value: ast.expr, name: str) -> str:
        return rf"{self.write(value, ATOM)}.\operatorname{{{_escaped(name)}}}"

    def attribute(self, value: ast.expr, name: str) -> str:
        if name in ("T", "mT"):
            return rf"{self.write(value, ATOM)}^\top"
        return self.method(value, name)


TEXT, UNICODE, HTML, LATEX = Notation(), _Unicode(), _Html(), _Latex()
