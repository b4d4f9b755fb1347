"""Programs of tensors, compiled: the same gradients as recorded ones."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch
from tests.eager.expressions import ROWS, leaves

COMPILED = [
    "x-x*p", "3-B", "2**x", "B*s+x", "B.sigmoid()", "B.relu()", "torch.where(B>0,B,2.0)", "B.mean(1)", "B.var(0,False)",
    "B.std(unbiased=False)", "B.sum(axis=0)", "B.max(1)[0]", "B.median()", "B.sort(1)[0]", "B.softmax(1)",
    "torch.cat([B,p,B],1)", "torch.stack([x,x*2],1)", "C@W", "B.T", "C[1:3,:,::2]", "B[B>0]",
    "B.gather(1,torch.tensor([[0],[1]]))", "torch.einsum('bij,kj->bik',C,B)", "torch.cdist(B,p)", "B.erf()",
    "C.flatten(1)", "B.clamp(-0.5,0.5)", "torch.linalg.slogdet(W.T@W)[1]",
]  # fmt: skip


@pytest.mark.parametrize("row", COMPILED)
def test_same_gradients(row: str, tmp_path: Path) -> None:
    assert row in ROWS
    names = [name for name in leaves(torch) if re.search(rf"(?<![\w.]){name}(?![\w(=])", row)]
    path = tmp_path / "program.py"
    path.write_text(
        "import tangentc.eager as torch\n\n\n"
        f"def f({', '.join(names)}):\n    y = {row}\n    return (y * y * 0.5 + y).sum()\n",
        encoding="utf-8",
    )
    spec = importlib.util.spec_from_file_location("program", path)
    assert spec is not None and spec.loader is not None
    module: Any = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    tensors = leaves(torch)
    arguments = [tensors[name] for name in names]
    module.f(*arguments).backward()
    gradient = tangentc.grad(module.f, argnums=tuple(range(len(names))))
    for found, leaf in zip(gradient(*[each.detach() for each in arguments]), arguments, strict=True):
        np.testing.assert_allclose(np.asarray(found), leaf.grad.numpy(), rtol=1e-9, atol=1e-12)
