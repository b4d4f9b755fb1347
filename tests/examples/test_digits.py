"""The network of examples/digits.py learns as with PyTorch: from the same weights, with the same batches.

The stored figures are PyTorch's, see `make_reference`; where it is installed it trains beside ours.
"""

from __future__ import annotations

import json

import pytest

pytest.importorskip("sklearn")

from benchmarks.pytorch import EXAMPLES, module_of
from benchmarks.training import Training
from tests.examples.make_reference import DIGITS, learned

REFERENCE = json.loads(DIGITS.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def eager():
    return learned("tangentc")


def require_equal(found, expected):
    """Rounding errors grow from step to step, so the tolerance is that of the last."""
    assert found["losses"] == pytest.approx(expected["losses"], rel=1e-4)
    assert found["test_loss"] == pytest.approx(expected["test_loss"], rel=1e-4)
    assert found["accuracy"] == expected["accuracy"]


def test_stored(eager):
    require_equal(eager, REFERENCE)
    assert eager["accuracy"] > 0.8


def test_compiled(eager):
    require_equal(learned("tangentc", compiled=True), eager)


def test_beside_pytorch(eager):
    pytest.importorskip("torch")
    require_equal(eager, learned("torch"))


def test_script(tmp_path, capsys):
    """The whole script, and that a seed gives the same numbers again."""
    digits = module_of(EXAMPLES / "digits.py", "tangentc")
    digits.OUTPUT = tmp_path / "output"
    lines = []
    for words in (["--epochs", "1"], ["--epochs", "1", "--compiled"]):
        assert digits.main(words) == 0
        sizes, epoch, curves = capsys.readouterr().out.splitlines()
        assert sizes == "1437 images to train with, 360 held out"
        assert curves == "curves: examples/output/digits.png"
        lines.append(epoch.partition(" s, ")[2])
    assert lines[0] == lines[1]
    assert (tmp_path / "output" / "digits.png").read_bytes().startswith(b"\x89PNG")


def test_options(capsys):
    digits = module_of(EXAMPLES / "digits.py", "tangentc")
    with pytest.raises(SystemExit):
        digits.main(["--epochs", "0"])
    assert "1 or more" in capsys.readouterr().err


def test_evaluation_records_nothing():
    """The network is in evaluation mode, and no gradient arises."""
    training = Training("tangentc")
    training.tested()
    assert not training.model.training
    assert all(parameter.grad is None for parameter in training.model.parameters())
