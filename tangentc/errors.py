"""Every failure a user can see, and how it points at the user's text."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tangentc.source import Span

__all__ = [
    "DifferentiationError",
    "InternalError",
    "MissingRuleError",
    "TangentcError",
    "UnsupportedSyntaxError",
    "did_you_mean",
    "excerpt",
    "together",
]


class TangentcError(Exception):
    """A failure with a stable code, the place in the user's text, and a way out.

    `docs/errors.md` has an entry for each code.  `others` are failures found in the same pass over the
    same function; their text follows this one's.
    """

    def __init__(self, code: str, message: str, span: Span | None = None, hint: str = "") -> None:
        self.code = code
        self.message = message
        self.span = span
        self.hint = hint
        self.others: tuple[TangentcError, ...] = ()
        super().__init__(code, message, span, hint)

    def __str__(self) -> str:
        return self.render()

    def render(self) -> str:
        """error[code], the line with carets under the span, and the hint."""
        lines = [f"error[{self.code}]: {self.message}"]
        if self.span is not None:
            lines += excerpt(self.span)
        if self.hint:
            lines.append(f"  help: {self.hint}")
        return "\n\n".join(["\n".join(lines), *(other.render() for other in self.others)])


class UnsupportedSyntaxError(TangentcError):
    """The text of the program cannot be differentiated as it stands."""


class MissingRuleError(TangentcError):
    """A function has no derivative rule."""


class DifferentiationError(TangentcError, TypeError):
    """The program can be compiled, but what is asked of it has no meaning."""


class InternalError(TangentcError):
    """A defect of the compiler; the message says what to report."""

    def __init__(self, code: str, message: str, span: Span | None = None, hint: str = "") -> None:
        report = "this is a defect of tangentc: please report this message together with the function"
        super().__init__(code, message, span, hint or report)


def together(errors: Sequence[TangentcError]) -> TangentcError:
    """One error to raise for all that were found, in the order of the text."""
    first, *others = sorted(errors, key=_place)
    first.others = tuple(others)
    return first


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known name; nothing where none is near."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.7)
    return f"did you mean {near[0]!r}?" if near else ""


def _place(error: TangentcError) -> tuple[int, int]:
    return (0, 0) if error.span is None else (error.span.line, error.span.column)


# --- the excerpt ------------------------------------------------------------------------------

WIDTH = 100  # columns of an excerpt; longer lines are cut around the carets
_WHOLE = 4  # a span of more lines shows its first two and its last


def excerpt(span: Span) -> list[str]:
    """The lines of a span under its place, with carets below what it covers."""
    head = f"  --> {span.file.display}:{span.line}:{_characters(span, span.line, span.column) + 1}"
    numbers = list(range(span.line, span.end_line + 1))
    if not any(span.file.line(number) for number in numbers):
        return [head]
    shown: list[int | None] = list(numbers) if len(numbers) <= _WHOLE else [*numbers[:2], None, numbers[-1]]
    gutter = len(str(span.end_line))
    lines = [head]
    for number in shown:
        if number is None:
            lines.append(f"  {'...':>{gutter}}")
            continue
        text, carets = _underlined(span, number)
        lines.append(f"  {number:>{gutter}} | {text}".rstrip())
        if carets:
            lines.append(f"  {'':>{gutter}}   {carets}")
    return lines


def _characters(span: Span, number: int, column: int) -> int:
    """A column in bytes as a column in characters."""
    return len(span.file.line(number).encode()[:column].decode(errors="ignore"))


def _underlined(span: Span, number: int) -> tuple[str, str]:
    """A line of the text as it is shown, and the carets below it."""
    line = span.file.line(number)
    indent = len(line) - len(line.lstrip())
    start = _characters(span, number, span.column) if number == span.line else indent
    end = _characters(span, number, span.end_column) if number == span.end_line else len(line.rstrip())
    before, covered, after = (_printable(part) for part in (line[:start], line[start:end], line[end:]))
    if _width(before + covered + after) > WIDTH:
        before, covered, after = _cut(before, covered, after)
    # An empty span (the end of a line) still gets one caret; an empty line inside a span gets none.
    count = max(_width(covered), 1) if number == span.line else _width(covered)
    return before + covered + after, " " * _width(before) + "^" * count if count else ""


def _printable(text: str) -> str:
    """Tabs as four spaces, other control characters as one."""
    text = text.replace("\t", "    ")
    return "".join(" " if unicodedata.category(c) == "Cc" else c for c in text)


def _cut(before: str, covered: str, after: str) -> tuple[str, str, str]:
    """Shorten a long line around what is underlined."""
    if _width(covered) > WIDTH - 20:
        covered = covered[: WIDTH - 21] + "…"
        after = ""
    room = WIDTH - _width(covered)
    left = min(len(before), max(room // 2, room - len(after)))
    if left < len(before):
        before = "…" + before[len(before) - left + 1 :]
    right = room - left
    if right < len(after):
        after = after[: max(right - 1, 0)] + "…"
    return before, covered, after


def _width(text: str) -> int:
    """How many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text
    )
