"""Every example of the README and of docs/ runs and prints what the page says.

In each page the ```python blocks run in order in one namespace; a ```text block that follows one is its
output.  The `$ tangentc …` lines of ```console blocks run in examples/.  `make golden` rewrites the outputs.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path

import pytest

from tangentc import cli
from tests.docs.markdown import ROOT, Fence, fences

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#\s]+)")


def _run(source: str, path: Path, namespace: dict[str, object]) -> str:
    """What a block prints; it is a file, so that the compiler finds its text."""
    path.write_text(source, encoding="utf-8")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(source, str(path), "exec"), namespace)
    return printed.getvalue()


def _console(block: str) -> str:
    """The block with the outputs that its commands have now."""
    shown = []
    for line in block.splitlines():
        if line.startswith("$ "):
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
                cli.main(shlex.split(line[2:])[1:])
            shown.append(f"{line}\n{printed.getvalue()}")
    return "".join(shown)


def _outputs(page: str, folder: Path) -> list[tuple[Fence, str]]:
    """The blocks that show output, each with what it should show."""
    namespace: dict[str, object] = {"__name__": "example"}
    blocks = list(fences(page))
    outputs = []
    for number, (block, following) in enumerate(zip(blocks, [*blocks[1:], None])):
        if block.language == "console":
            outputs.append((block, _console(block.text)))
        if block.language != "python":
            continue
        place = folder / str(number)
        place.mkdir()
        printed = _run(block.text, place / "example.py", namespace)
        if following is not None and following.language == "text":
            outputs.append((following, printed))
        else:
            assert not printed, f"prints, and the page does not show it:\n{block.text}"
    return outputs


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples(path, tmp_path, monkeypatch, request):
    monkeypatch.chdir(ROOT / "examples")
    page = path.read_text(encoding="utf-8")
    outputs = _outputs(page, tmp_path)
    if request.config.getoption("--golden"):
        for block, output in reversed(outputs):
            page = page[: block.start] + output + page[block.end :]
        path.write_text(page, encoding="utf-8")
    for block, output in outputs:
        shown = output if request.config.getoption("--golden") else block.text
        assert shown == output


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    broken = [
        link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()
    ]
    assert not broken
