"""The listings of the lecture print what the lecture prints, and compute what PyTorch computes.

PyTorch's figures are stored, see `make_reference`; where it is installed, it runs the same files beside ours.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest

import tangentc.eager as torch
from benchmarks.pytorch import IMPORTS, module_of
from tests.examples.listings import FOLDER, LISTINGS, run

REFERENCE = json.loads(Path(__file__).with_name("reference.json").read_text(encoding="utf-8"))
NUMBER = re.compile(r"-?\b\d+\.\d*(?:e[-+]\d+)?")


@pytest.fixture(scope="module")
def found():
    """What each listing prints and computes here; each runs once."""
    return {name: run(name, "tangentc") for name in LISTINGS}


def require_equal(found, printed, numbers):
    """The same text, up to the last digit of a number in it; the same numbers, up to single precision."""
    assert NUMBER.sub("#", found[0]) == NUMBER.sub("#", printed)
    ours, theirs = (list(map(float, NUMBER.findall(text))) for text in (found[0], printed))
    if "takes" not in printed:  # seconds are nobody's
        assert ours == pytest.approx(theirs, rel=1e-4, abs=2e-4)
    assert found[1].keys() == numbers.keys()
    for name, value in found[1].items():
        assert (value is None) == (numbers[name] is None), name
        if value is not None:
            assert value == pytest.approx(numbers[name], rel=1e-5, abs=1e-6), name


@pytest.mark.parametrize("name", LISTINGS)
def test_stored(found, name):
    assert set(REFERENCE) == set(LISTINGS)
    require_equal(found[name], REFERENCE[name]["printed"], REFERENCE[name]["numbers"])


@pytest.mark.parametrize("name", LISTINGS)
def test_beside_pytorch(found, name):
    pytest.importorskip("torch")
    require_equal(found[name], *run(name, "torch"))


def test_only_imports_differ():
    """Nothing else in the listings is ours."""
    for name in LISTINGS:
        lines = (FOLDER / f"{name}.py").read_text(encoding="utf-8").splitlines()
        named = [line for line in lines if "tangentc" in line]
        assert all(any(f"{line}\n".startswith(ours) for ours in IMPORTS) for line in named), name


# --- what the lecture prints ---------------------------------------------------------------------

STRUCTURES = {
    "my_linear": "tensor([-0.7689,  1.0085,  1.7747], grad_fn=<SqueezeBackward4>)",
    "named_parameters": """\
('weight', Parameter containing: tensor([[ 0.6101, -0.7031,  1.3140], [-0.5459, -0.3645,  0.0464],
 [ 2.9713,  1.0321,  2.4162], [ 2.6158, -0.4109,  0.5061]], requires_grad=True))
Parameter containing: tensor([[-0.6607, -0.3632, -0.7274], [-0.8555, -1.9544, -0.3640],
 [-2.1289,  0.0305,  0.0443], [-0.6668,  1.7042, -0.0758]], requires_grad=True)""",
    "net2": "tensor([-0.2827], grad_fn=<SqueezeBackward4>)",
    "children_modules": """\
<--Check net.children()-->
MyLinear()
ReLU()
MyLinear()
<--Check net.modules()-->
Sequential(
  (0): MyLinear()
  (1): ReLU()
  (2): MyLinear()
)
MyLinear()
ReLU()
MyLinear()
<--Check net2.children()-->
MyLinear()
MyLinear()
<--Check net2.modules()-->
Net2(
  (layer0): MyLinear()
  (layer1): MyLinear()
)
MyLinear()
MyLinear()""",
    "named_modules": """\
<--Check net2.named_children()-->
('layer0', MyLinear())
('layer1', MyLinear())
<--Check net2.named_modules()-->
('', Net2(
  (layer0): MyLinear()
  (layer1): MyLinear()
))
('layer0', MyLinear())
('layer1', MyLinear())""",
    "execute": """\
x: tensor([ 0.9785,  0.4565, -0.4396, -0.1090], requires_grad=True)
w0: Parameter containing: tensor([[-0.4769, -0.9407,  1.1517], [-0.4809,  1.2256,  0.9053],
 [ 1.5409, -1.2598, -3.7088], [-1.0534, -0.5934,  0.0647]], requires_grad=True)
w1: Parameter containing: tensor([[ 1.7888], [ 0.1920], [-1.8594]], requires_grad=True)
z: tensor([-5.8328], grad_fn=<SqueezeBackward4>)
dz: tensor([1.])
dw1: tensor([[0.0000], [0.2575], [3.1636]])
dw2: tensor([[ 0.0000,  0.1879, -1.8195], [ 0.0000,  0.0877, -0.8488],
 [-0.0000, -0.0844,  0.8174], [-0.0000, -0.0209,  0.2027]])
dx: tensor([-2.3221, -1.4479,  6.6540, -0.2343])""",
    "requires_grad": """\
x: tensor([-0.3019,  0.3072, -0.9097, -2.0537], requires_grad=True)
w0: Parameter containing: tensor([[-1.9223, -0.5765, -0.3053], [ 1.1695, -0.1050,  1.2679],
 [ 1.0916,  0.5429, -0.6907], [-1.3432,  0.0669,  1.4241]], requires_grad=True)
w1: Parameter containing: tensor([[0.5816], [0.5796], [2.0542]])
z: tensor([1.5735], grad_fn=<SqueezeBackward4>)
dz: tensor([1.])
dw1: None
dw2: tensor([[-0.1756, -0.0000, -0.0000], [ 0.1787,  0.0000,  0.0000],
 [-0.5291, -0.0000, -0.0000], [-1.1945, -0.0000, -0.0000]])
dx: tensor([-1.1181,  0.6803,  0.6349, -0.7813])""",
    "linear_layer_check": """\
Shape of X: torch.Size([64, 512])
Shape of dL/dX: torch.Size([64, 512])
Shape of W: torch.Size([512, 512])
Shape of dL/dW: torch.Size([512, 512])
Shape of Y: torch.Size([64, 512])
Shape of dL/dY: torch.Size([64, 512])
Check dL/dX = dL/dY W^T, diff1= 0.0
Check dL/dW = X^T dL/dY, diff2= 0.0""",
    "test_loop": "Test Error: \n Accuracy: 86.3%, Avg loss: 0.441065 \n",
    "modes": "Forward computation takes: 0.5174 second\n" * 3,
}
"""The outputs in the lecture; it gives none for the test function."""


def structure(text):
    """A text without its numbers and the breaks of its lines."""
    return " ".join(re.sub(r"-?\d+\.\d*", "#", text).split()).replace("[ ", "[")


@pytest.mark.parametrize("name", STRUCTURES)
def test_structure_is_the_lecture_s(found, name):
    assert structure(found[name][0]) == structure(STRUCTURES[name])


def test_linear_layer_to_the_last_bit(found):
    assert found["linear_layer_check"][0].splitlines()[-2:] == [
        "Check dL/dX = dL/dY W^T, diff1= 0.0",
        "Check dL/dW = X^T dL/dY, diff2= 0.0",
    ]


def _arrays(name):
    """The numbers that the lecture prints, by label."""
    lines = re.split(r"^(\w+): ", STRUCTURES[name], flags=re.MULTILINE)[1:]
    texts = dict(zip(lines[::2], lines[1::2], strict=True))
    arrays = {label: re.search(r"\[.*\]", text, re.DOTALL) for label, text in texts.items()}
    return {
        label: np.array(json.loads(re.sub(r"\.(?=[\],])", ".0", array[0])), np.float32)
        for label, array in arrays.items()
        if array
    }


@pytest.mark.parametrize("name", ["execute", "requires_grad"])
def test_numbers_of_the_lecture(name):
    """From the weights and the input that the lecture prints follow the result and the gradients that it prints."""
    given = _arrays(name)
    net2 = module_of(FOLDER / "net2.py", "tangentc").Net2()
    with torch.no_grad():
        net2.layer0.weight.copy_(torch.from_numpy(given["w0"]))
        net2.layer1.weight.copy_(torch.from_numpy(given["w1"]))
    net2.layer1.requires_grad_("dw1" in given)
    x = torch.tensor(given["x"], requires_grad=True)
    z = net2(x)
    z.backward()
    found = {"z": z, "dw1": net2.layer1.weight.grad, "dw2": net2.layer0.weight.grad, "dx": x.grad}
    for label, value in found.items():
        if label not in given:
            assert label == "dw1" and value is None
            continue
        np.testing.assert_allclose(value.detach().numpy(), given[label], atol=1e-3, err_msg=label)


# --- the first half: functions of NumPy ------------------------------------------------------------


def printed_by(name, capsys):
    module_of(FOLDER / f"{name}.py", "tangentc", "__main__")
    return capsys.readouterr().out


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """Pictures are written here."""
    saved = []

    def save(self, path):
        figure = self.figure()
        figure.savefig(tmp_path / Path(path).name)
        saved.append(Path(path).name)

    from tangentc import numeric, symbolic

    monkeypatch.setattr(numeric.StepStudy, "save", save)
    monkeypatch.setattr(symbolic.Swell, "save", save)
    return saved


def test_differences(capsys, elsewhere):
    printed = printed_by("differences", capsys)
    assert elsewhere == ["steps.png"]
    difference = re.search(r"lecture's difference, h = 1e-6: (\S+)", printed)[1]
    assert float(difference) == pytest.approx(5.5, abs=1e-6) and float(difference) != 5.5
    assert re.search(r"tangentc.grad: +(\S+)", printed)[1] == "5.5"
    costs = re.findall(r"n = +(\d+): (\d+) evaluations", printed)
    assert [(int(n), int(cost)) for n, cost in costs] == [(2, 3), (10, 11), (100, 101)]
    truncation = re.search(r"slope of truncation +(\S+) +(\S+)", printed)
    assert [float(slope) for slope in truncation.groups()] == pytest.approx([1, 2], abs=0.1)


def test_swell(capsys, elsewhere):
    printed = printed_by("swell", capsys)
    assert elsewhere == ["swell.png"]
    for cell in (
        "4*(1 - x) - 4*x",
        "16*(1 - x)*(1 - 2*x)**2 - 16*x*(1 - 2*x)**2 - 64*x*(1 - x)*(1 - 2*x)",
        "64*(1 - 42*x + 504*x**2 - 2640*x**3 + 7040*x**4 - 9984*x**5 + 7168*x**6 - 2048*x**7)",
    ):
        assert cell in printed


def test_jacobian(capsys):
    printed = printed_by("jacobian", capsys)
    assert "3 tangent passes, each one column" in printed
    assert "2 adjoint passes, each one row" in printed
    by_columns, by_rows = re.findall(r"^\[\[.*?\]\]", printed, re.MULTILINE | re.DOTALL)
    assert by_columns == by_rows
    sin, cos = np.sin(5.0), np.cos(5.0)
    expected = np.array([[sin, 2 * cos, 0.0], [15.0, 6.0, 10.0]]).round(3)
    np.testing.assert_array_equal(np.array(NUMBER.findall(by_rows), float).reshape(2, 3), expected)
