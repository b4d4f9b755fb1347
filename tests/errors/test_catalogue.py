"""Every code is documented, every documented example raises its error, and every fix works."""

import linecache
import re
from pathlib import Path

import numpy as np
import pytest

import tangentc
from tangentc.catalogue import CATALOGUE, page
from tangentc.errors import TangentcError

ROOT = Path(__file__).parents[2]
WITH_EXAMPLE = [code for code, entry in CATALOGUE.items() if entry.example]


def run(name, text):
    """Run a text as if it were a file of that name."""
    linecache.cache[name] = (len(text), None, text.splitlines(keepends=True), name)
    exec(compile(text, name, "exec"), {"np": np, "tangentc": tangentc, "__name__": name})


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_example(code, golden):
    with pytest.raises(TangentcError) as caught:
        run(f"{code}.py", CATALOGUE[code].example)
    assert caught.value.code == code, str(caught.value)
    golden(f"{code}.txt", str(caught.value) + "\n")


@pytest.mark.parametrize("code", WITH_EXAMPLE)
def test_fix(code):
    run(f"{code}_fixed.py", CATALOGUE[code].fix)


def test_page_is_written_from_the_catalogue(request):
    path = ROOT / "docs" / "errors.md"
    if request.config.getoption("--golden"):
        path.write_text(page(), encoding="utf-8")
    assert path.read_text(encoding="utf-8") == page()


def test_every_code_in_the_sources_is_in_the_catalogue():
    used = set()
    for path in (ROOT / "tangentc").rglob("*.py"):
        used |= set(re.findall(r'"(TC\d{3})"', path.read_text(encoding="utf-8")))
    assert used <= set(CATALOGUE)


def test_every_code_is_used():
    texts = [
        path.read_text(encoding="utf-8")
        for path in (ROOT / "tangentc").rglob("*.py")
        if path.parent.name != "catalogue"
    ]
    assert [code for code in CATALOGUE if not any(code in text for text in texts)] == []
