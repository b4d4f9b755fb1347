"""docs/python-support.md says what is so: each row of its table is a program that runs here."""

from __future__ import annotations

import numpy as np
import pytest

from tangentc import TangentcError, grad
from tests.docs.constructs import CONSTRUCTS, Construct
from tests.docs.markdown import ROOT, generated

PAGE = ROOT / "docs" / "python-support.md"
POINT = np.array([0.3, 0.7, 1.1, 0.5])


def _differences(construct: Construct) -> np.ndarray:
    """Central differences; the programs are smooth at the point."""
    step = 1e-6
    rows = [
        construct.program(POINT + step * axis) - construct.program(POINT - step * axis) for axis in np.eye(4)
    ]
    return np.array(rows) / (2 * step)


@pytest.mark.parametrize("construct", CONSTRUCTS, ids=lambda construct: construct.id)
def test_construct(construct):
    if construct.status == "yes":
        x = POINT.copy()
        np.testing.assert_allclose(grad(construct.program)(x), _differences(construct), rtol=1e-6, atol=1e-8)
        np.testing.assert_array_equal(x, POINT)
    else:
        with pytest.raises(TangentcError) as caught:
            grad(construct.program)(POINT.copy())
        assert caught.value.code == construct.status
        assert caught.value.span is not None


def _table() -> str:
    rows = ["| construct | status | test |", "| --- | --- | --- |"]
    for construct in CONSTRUCTS:
        status = "yes" if construct.status == "yes" else f"refused, [{construct.status}](errors.md)"
        title = construct.title.replace("|", "\\|")
        rows.append(f"| {title} | {status} | `test_construct[{construct.id}]` |")
    return "\n".join(rows) + "\n"


def test_page(request):
    generated(PAGE, "table", _table(), rewrite=request.config.getoption("--golden"))
