"""Every example of the README and of docs/ runs and prints what the page says.

In each page the ```python blocks run in order in one namespace; a ```text block that follows one is its
output.  The `$ tangentc …` lines of ```console blocks run in examples/.  `make golden` rewrites the outputs.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tangentc import cli
from tests.docs.markdown import ROOT, Fence, fences

ALL = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PAGES = [path for path in ALL if path.name != "errors.md"]  # its programs have a test of their own
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?!https?:)([^)#\s]+)")


@contextlib.contextmanager
def _inside(folder: Path) -> Iterator[None]:
    outer = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(outer)


def _run(source: str, folder: Path, namespace: dict[str, object]) -> str:
    """What a block prints; it is a file, so that the compiler finds its text."""
    folder.mkdir()
    path = folder / "example.py"
    path.write_text(source, encoding="utf-8")
    printed = io.StringIO()
    with _inside(folder), contextlib.redirect_stdout(printed):
        exec(compile(source, str(path), "exec"), namespace)
    # the files of a page count as lying where the reader is
    return re.sub(rf"{re.escape(str(folder.parent))}/\d+/", "", printed.getvalue())


def _console(block: str) -> str:
    """The block with the outputs that its commands have now."""
    shown = []
    for line in block.splitlines():
        if line.startswith("$ "):
            printed = io.StringIO()
            shows = contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed)
            with _inside(ROOT / "examples"), shows[0], shows[1]:
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
        printed = _run(block.text, folder / str(number), namespace)
        if following is not None and following.language == "text":
            outputs.append((following, printed))
        else:
            assert not printed, f"prints, and the page does not show it:\n{block.text}"
    return outputs


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_examples(path, tmp_path, request):
    page = path.read_text(encoding="utf-8")
    outputs = _outputs(page, tmp_path)
    if request.config.getoption("--golden"):
        for block, output in reversed(outputs):
            page = page[: block.start] + output + page[block.end :]
        path.write_text(page, encoding="utf-8")
    for block, output in outputs:
        shown = output if request.config.getoption("--golden") else block.text
        assert shown == output


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(path):
    broken = [
        link for link in LINK.findall(path.read_text(encoding="utf-8")) if not (path.parent / link).exists()
    ]
    assert not broken
