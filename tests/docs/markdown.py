"""Reading and rewriting the parts of a Markdown file that tests hold to the truth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_FENCE = re.compile(r"^```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Fence:
    """A fenced block; `start` and `end` delimit its text in the file."""

    language: str
    text: str
    start: int
    end: int


def fences(text: str) -> Iterator[Fence]:
    for match in _FENCE.finditer(text):
        yield Fence(match["language"], match["text"], match.start("text"), match.end("text"))


def generated(path: Path, name: str, text: str, rewrite: bool) -> None:
    """The lines between `<!-- name -->` and `<!-- end -->` are exactly `text`; `rewrite` makes it so."""
    pattern = re.compile(rf"(?<=<!-- {re.escape(name)} -->\n)(.*?)(?=<!-- end -->)", re.DOTALL)
    page = path.read_text(encoding="utf-8")
    found = pattern.search(page)
    assert found, f"{path.name} has no place for {name!r}"
    if rewrite:
        path.write_text(page[: found.start()] + text + page[found.end() :], encoding="utf-8")
    else:
        assert found[0] == text, f"{path.name}, {name!r}: run `make golden` and read the diff"
