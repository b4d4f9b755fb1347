"""The form of an entry of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

__all__ = ["Entry", "entry"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: what it means, a failing example, and the fix.

    An entry has no example where no short program raises the error.
    """

    title: str
    text: str
    example: str = ""
    fix: str = ""


def entry(title: str, text: str, example: str = "", fix: str = "") -> Entry:
    """An entry, from texts that are wrapped and indented as they stand in this package."""
    return Entry(title, " ".join(text.split()), dedent(example).strip("\n"), dedent(fix).strip("\n"))
