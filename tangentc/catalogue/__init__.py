"""Every error code with its meaning, a program that raises it, and the program put right.

`docs/errors.md` is written from this table, and a test runs each example and each fix.
"""

from __future__ import annotations

from tangentc.catalogue import alternatives, internal, programs, requests, rules
from tangentc.catalogue.entry import Entry

__all__ = ["CATALOGUE", "Entry", "page"]

CATALOGUE: dict[str, Entry] = {
    **programs.ENTRIES,
    **rules.ENTRIES,
    **requests.ENTRIES,
    **alternatives.ENTRIES,
    **internal.ENTRIES,
}


def page() -> str:
    """The text of docs/errors.md."""
    lines = [
        "# Errors",
        "",
        "Every error has a code. The first program of an entry raises it, the second is put right; both are",
        "run by the tests. They begin with `import numpy as np` and `import tangentc`.",
    ]
    for code, entry in CATALOGUE.items():
        lines += ["", f"## {code}: {entry.title}", "", *_wrapped(entry.text)]
        if entry.example:
            lines += [
                "",
                "```python",
                entry.example,
                "```",
                "",
                "The fix:",
                "",
                "```python",
                entry.fix,
                "```",
            ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = 100) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
