"""Run the listings of the lecture, in `examples/lecture/`, with our tensors or with PyTorch's, on the same numbers.

What differs between the two libraries is the lines that import them, and where random numbers come from: here both take
them from one generator.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import zlib
from collections.abc import Iterator
from typing import Any
from unittest import mock

import numpy as np

from benchmarks.pytorch import EXAMPLES, module_of

FOLDER = EXAMPLES / "lecture"
LISTINGS = {
    "my_linear": (),
    "named_parameters": (),
    "sequential": (),
    "net2": (),
    "children_modules": (),
    "named_modules": (),
    "execute": (),
    "requires_grad": (),
    "linear_layer_check": (),
    "test_loop": (),
    "modes": ("--dim1", "48", "--dim2", "64", "--batch", "16"),
}
"""The listings that use tensors, with the arguments of their command lines."""

MANY = 64
"""Larger arrays are compared by projections."""


def run(name: str, library: str) -> tuple[str, dict[str, Any]]:
    """What a listing prints, and its tensors, parameters and gradients by name.  `library`: "tangentc" or "torch"."""
    printed = io.StringIO()
    arguments = mock.patch.object(sys, "argv", [f"{name}.py", *LISTINGS[name]])
    with arguments, _same_numbers(name, library), contextlib.redirect_stdout(printed):
        module = module_of(FOLDER / f"{name}.py", library, "__main__")
    return printed.getvalue(), dict(_tensors(vars(module)))


@contextlib.contextmanager
def _same_numbers(name: str, library: str) -> Iterator[None]:
    """Whatever is random comes from one generator, whose seed is the name of the listing."""
    torch, init = modules_of(library)
    rng = np.random.default_rng(zlib.crc32(name.encode()))

    def randn(*shape: int) -> Any:
        return torch.from_numpy(rng.standard_normal(shape, np.float32))

    def uniform_(tensor: Any, a: float, b: float) -> None:
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(rng.uniform(a, b, tuple(tensor.shape)).astype(np.float32)))

    def kaiming_uniform_(tensor: Any, a: float) -> None:
        bound = (6.0 / ((1.0 + a * a) * tensor.shape[1])) ** 0.5
        uniform_(tensor, -bound, bound)

    with (
        mock.patch.object(torch, "randn", randn),
        mock.patch.object(init, "uniform_", uniform_),
        mock.patch.object(init, "kaiming_uniform_", kaiming_uniform_),
    ):
        yield


def modules_of(library: str) -> tuple[Any, Any]:
    """The module of tensors, and that of first values."""
    names = ("torch", "torch.nn.init") if library == "torch" else ("tangentc.eager", "tangentc.nn.init")
    tensors, init = (importlib.import_module(name) for name in names)
    return tensors, init


def _tensors(names: dict[str, Any]) -> Iterator[tuple[str, list[float] | None]]:
    for name, value in names.items():
        if hasattr(value, "named_parameters") and not isinstance(value, type):
            for key, parameter in value.named_parameters():
                yield f"{name}.{key}", figures(parameter)
                yield f"{name}.{key}.grad", figures(parameter.grad)
        elif hasattr(value, "requires_grad") and hasattr(value, "detach"):
            yield name, figures(value)
            if value.is_leaf:
                yield f"{name}.grad", figures(value.grad)


def figures(tensor: Any) -> list[float] | None:
    """The numbers of a tensor; of a large one its norm and its products with four random vectors."""
    if tensor is None:
        return None
    flat = np.asarray(tensor.detach().numpy(), float).ravel()
    if flat.size > MANY:
        vectors = np.random.default_rng(flat.size).standard_normal((4, flat.size))
        flat = np.array([np.linalg.norm(flat), *(vectors @ flat) / np.sqrt(flat.size)])
    return [float(f"{number:.9g}") for number in flat]
