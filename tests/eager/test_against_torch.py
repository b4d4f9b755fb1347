"""Values, dtypes, names of nodes and gradients beside PyTorch's, where it is installed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import tangentc.eager as eager
from tests.eager.expressions import ROWS, leaves

torch = pytest.importorskip("torch")

OTHER_NAMES = {
    "B.repeat_interleave(2,dim=1)", "torch.kron(B,p)", "torch.meshgrid(x,x,indexing='ij')[1]",
    "torch.linalg.matrix_power(W.T@W,3)", "torch.linalg.norm(B,ord=2)", "torch.linalg.pinv(B)", "B.tile(2,2)",
    "x.diag()", "B.quantile(0.3)", "B.cov()", "B.corrcoef()", "x.tensor_split(3)[0]", "x.diag_embed()",
    "torch.linalg.vecdot(B,p)", "torch.trapezoid(B,dx=0.5)", "B.unfold(1,2,2)", "B.unfold(1,3,1)",
    "B.hsplit(2)[1]", "torch.einsum('ij->ji',B)",
}  # fmt: skip
"""What PyTorch composes of several operations is one here; its last step has another name."""

REFUSED_THERE = {"B//0.3"}


def run(torch: Any, row: str) -> tuple[Any, str, dict[str, Any]]:
    tensors = leaves(torch)
    result = eval(row, {"torch": torch}, tensors)
    value = result.detach().numpy().copy()
    weights = np.random.default_rng(1).normal(size=value.shape).astype(value.dtype)
    name = result.grad_fn.name()
    result.backward(torch.tensor(weights))
    return value, name, {n: None if t.grad is None else t.grad.numpy() for n, t in tensors.items()}


@pytest.mark.parametrize("row", [row for row in ROWS if row not in REFUSED_THERE])
def test_same_as_torch(row: str) -> None:
    value, name, grads = run(torch, row)
    ours, our_name, our_grads = run(eager, row)
    assert ours.dtype == value.dtype
    np.testing.assert_allclose(ours, value, rtol=1e-6, atol=1e-7)
    assert our_name == name or row in OTHER_NAMES
    for leaf, grad in grads.items():
        if grad is None:
            assert our_grads[leaf] is None
        else:
            assert our_grads[leaf].dtype == grad.dtype
            np.testing.assert_allclose(our_grads[leaf], grad, rtol=1e-6, atol=1e-7)
