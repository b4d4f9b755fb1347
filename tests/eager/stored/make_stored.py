"""Writes what PyTorch prints, and the dtypes it finds, to the JSON files beside this one: run it where PyTorch is."""

from __future__ import annotations

import json
from pathlib import Path

import torch

PRINTED = """
torch.tensor(3.)
torch.tensor(-0.5)
torch.tensor(7)
torch.tensor(True)
torch.tensor([])
torch.zeros(0, 3)
torch.zeros(2, 0, dtype=torch.int64)
torch.tensor([], dtype=torch.int64)
torch.tensor([1., 2.])
torch.tensor([1, 2, 30])
torch.tensor([[1, -2], [30, 4]])
torch.tensor([True, False])
torch.tensor([1.5, -2.25, 1000.])
torch.tensor([1., 1e9])
torch.tensor([1., 1e7])
torch.tensor([0.001, 2.])
torch.tensor([0.00001, 0.00002])
torch.tensor([0.0001, 0.5])
torch.tensor([1e-3, 1e3])
torch.tensor([1e10, 1.5])
torch.tensor([100000000., 1.])
torch.tensor([0., 0.])
torch.tensor([0., -0., 1.5])
torch.tensor([1., -0.])
torch.tensor([float('inf'), 1.5, -float('inf')])
torch.tensor([float('nan'), 1.])
torch.tensor([float('nan'), float('inf')])
torch.tensor([1e-45, 1.])
torch.tensor([1+2j, -3.5-0.25j])
torch.tensor([1+0j, 2-0j])
torch.tensor([0.5, 1.5], dtype=torch.float64)
torch.tensor([0.5, 1.5], dtype=torch.float16)
torch.tensor([1, 2], dtype=torch.int32)
torch.tensor([1, 2], dtype=torch.uint8)
torch.tensor([1.5], dtype=torch.complex128)
torch.arange(30)
torch.arange(30.) / 7
torch.arange(12.).reshape(3, 4) / 7 - 0.7
torch.arange(24.).reshape(2, 3, 4)
torch.arange(24.).reshape(2, 1, 3, 4) / 9
torch.arange(1200.)
torch.arange(1200.) / 7
torch.arange(1200).reshape(30, 40)
torch.arange(1200.).reshape(2, 20, 30)
torch.arange(1200.).reshape(200, 6)
torch.arange(1001)
torch.arange(1000)
torch.zeros(2, 3, requires_grad=True)
torch.ones(3, requires_grad=True) * 2
torch.ones(3, dtype=torch.float64, requires_grad=True).exp()
(torch.arange(12.).reshape(3, 4).requires_grad_() / 7).exp()
torch.ones(2, 2, requires_grad=True).sum()
torch.tensor([0.9785, 0.4565, -0.4396, -0.1090], requires_grad=True)
torch.tensor([[0.0, 0.1879, -1.8195], [-0.0, -0.0844, 0.8174]])
torch.tensor([[0.5816], [0.5796], [2.0542]])
torch.ones(4) @ torch.ones(4, 3).requires_grad_()
torch.ones(4, 3).requires_grad_().T
torch.ones(4, 3).requires_grad_()[1:, ::2]
torch.ones(2, 3).shape
torch.ones(3).size()
torch.ones(()).shape
torch.ones(2, 3).shape[1:]
torch.ones(3).max(0)
torch.ones(2, 2).sort(1)
torch.device("cpu")
torch.ones(2).type()
""".strip().splitlines()

DTYPES = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"]
SHAPES = ["(2,)", "()"]
OPERATIONS = ["+", "*", "/", "//", "**"]


def promoted() -> dict[str, object]:
    """For each operation a table: the dtype of it on two operands, or "error"."""
    ones = [f"torch.ones({shape}, dtype=torch.{dtype})" for dtype in DTYPES for shape in SHAPES]
    columns = [*ones, "True", "2", "2.5", "2j"]
    tables = {op: [[dtype_of(f"{a} {op} {b}") for b in columns] for a in ones] for op in OPERATIONS}
    return {"rows": ones, "columns": columns, "tables": tables}


def dtype_of(text: str) -> str:
    try:
        return str(eval(text, {"torch": torch}).dtype).removeprefix("torch.")
    except RuntimeError:
        return "error"


if __name__ == "__main__":
    folder = Path(__file__).parent
    printed = {text: repr(eval(text, {"torch": torch})) for text in PRINTED}
    (folder / "printed.json").write_text(json.dumps(printed, indent=1) + "\n", encoding="utf-8")
    (folder / "promoted.json").write_text(json.dumps(promoted()) + "\n", encoding="utf-8")
