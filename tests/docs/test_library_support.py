"""docs/numpy-support.md says of every public name of NumPy and SciPy what becomes of it."""

from __future__ import annotations

import re

import numpy as np
import pytest
import scipy

from tests.docs.library_support import NAMESPACES, entries, page
from tests.docs.markdown import ROOT, generated

PAGE = ROOT / "docs" / "numpy-support.md"


def _release(version: str) -> str:
    return ".".join(version.split(".")[:2])


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_every_name_is_accounted_for(namespace):
    unlisted = [entry.name for entry in entries(namespace) if entry.status == "unlisted"]
    assert not unlisted, f"{namespace} has names of which nobody said what becomes of them"


def test_the_page_is_true(request):
    rewrite = request.config.getoption("--golden")
    installed = f"NumPy {_release(np.__version__)} and SciPy {_release(scipy.__version__)}"
    text = PAGE.read_text(encoding="utf-8")
    if not rewrite and installed not in text:
        pytest.skip(f"the page is about other releases than {installed}")
    if rewrite:
        PAGE.write_text(re.sub(r"NumPy [\d.]+ and SciPy [\d.]+", installed, text), encoding="utf-8")
    generated(PAGE, "names", "".join(map(page, NAMESPACES)) + "\n", rewrite)
