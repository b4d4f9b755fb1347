import pytest

from tangentc.ir.show import show
from tests import handmade

TRACES = [
    "lecture_adjoint",
    "smooth_adjoint",
    "newton",
    "fibonacci",
    "halve_until",
    "rebound",
    "affine",
    "messages",
]


@pytest.mark.parametrize("name", TRACES)
def test_text(name, golden):
    golden(f"{name}.txt", show(getattr(handmade, name)()))


def test_the_same_program_gives_the_same_text():
    assert show(handmade.smooth_adjoint()) == show(handmade.smooth_adjoint())
