"""Functions that make tensors: of data, of constants, and of random numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tangentc.eager.dtypes import as_dtype, default_dtype
from tangentc.eager.tensor import Tensor, as_array

__all__ = [
    "Generator", "arange", "as_tensor", "asarray", "bernoulli", "cartesian_prod", "complex",
    "default_generator", "empty", "empty_like", "eye", "from_numpy", "full", "full_like", "get_rng_state",
    "initial_seed", "linspace", "logspace", "manual_seed", "meshgrid", "multinomial", "normal", "one_hot",
    "ones", "ones_like", "rand", "rand_like", "randint", "randint_like", "randn", "randn_like", "randperm",
    "seed", "set_rng_state", "tensor", "tril_indices", "triu_indices", "zeros", "zeros_like",
]  # fmt: skip


def tensor(data: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    """A leaf with a copy of the data: numbers, nested lists, arrays.  Python's floats get the default dtype."""
    return Tensor(as_array(data, dtype), requires_grad)


def as_tensor(data: Any, dtype: Any = None, device: Any = None) -> Tensor:
    """As `tensor`, without a copy of arrays and tensors that have the dtype already."""
    if isinstance(data, Tensor):
        return data if dtype is None or data.dtype == as_dtype(dtype) else data.to(as_dtype(dtype))
    if isinstance(data, np.ndarray) and (dtype is None or data.dtype == as_dtype(dtype)):
        return Tensor(data)
    return tensor(data, dtype)


asarray = as_tensor


def from_numpy(array: Any) -> Tensor:
    """A tensor that shares the memory of an array."""
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy takes an array, and not a {type(array).__name__}")
    return Tensor(array)


def _shape(size: tuple[Any, ...]) -> tuple[int, ...]:
    given = size[0] if len(size) == 1 and isinstance(size[0], (tuple, list)) else size
    return tuple(int(n) for n in given)


def _made(array: Any, requires_grad: bool) -> Tensor:
    return Tensor(array, requires_grad)


def _dtype(dtype: Any) -> Any:
    return default_dtype() if dtype is None else as_dtype(dtype)


def zeros(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return _made(np.zeros(_shape(size), _dtype(dtype)), requires_grad)


def ones(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return _made(np.ones(_shape(size), _dtype(dtype)), requires_grad)


def empty(*size: Any, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return _made(np.empty(_shape(size), _dtype(dtype)), requires_grad)


def full(
    size: Any, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    found = as_array(fill_value, dtype)
    return _made(np.full(_shape((size,)), found, found.dtype), requires_grad)


def zeros_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    return zeros(*input.shape, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def ones_like(input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False) -> Tensor:
    return ones(*input.shape, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def empty_like(
    input: Tensor, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    return empty(*input.shape, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad)


def full_like(
    input: Tensor, fill_value: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    return full(
        input.shape, fill_value, dtype=input.dtype if dtype is None else dtype, requires_grad=requires_grad
    )


def eye(
    n: int, m: int | None = None, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    return _made(np.eye(n, m, dtype=_dtype(dtype)), requires_grad)


def arange(
    start: Any,
    end: Any = None,
    step: Any = 1,
    *,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """start, start + step, … before end; of integers unless one of them is a float."""
    start, end = (0, start) if end is None else (start, end)
    whole = all(isinstance(value, (int, np.integer)) for value in (start, end, step))
    found = np.dtype(np.int64) if dtype is None and whole else _dtype(dtype)
    return _made(np.arange(start, end, step).astype(found), requires_grad)


def linspace(
    start: Any, end: Any, steps: int, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    return _made(np.linspace(start, end, steps).astype(_dtype(dtype)), requires_grad)


def logspace(start: Any, end: Any, steps: int, base: float = 10.0, *, dtype: Any = None) -> Tensor:
    return _made(np.logspace(start, end, steps, base=base).astype(_dtype(dtype)), False)


def meshgrid(*tensors: Any, indexing: str = "ij") -> tuple[Tensor, ...]:
    found: Any = np.meshgrid(*tensors, indexing=indexing)  # type: ignore[call-overload]
    return tuple(found)


def tril_indices(row: int, col: int, offset: int = 0) -> Tensor:
    return Tensor(np.stack(np.tril_indices(row, offset, col)))


def triu_indices(row: int, col: int, offset: int = 0) -> Tensor:
    return Tensor(np.stack(np.triu_indices(row, offset, col)))


def cartesian_prod(*tensors: Tensor) -> Tensor:
    """All combinations of entries, one a row."""
    found: Any = np.stack([grid.reshape(-1) for grid in meshgrid(*tensors)], axis=1)
    return found if len(tensors) > 1 else tensors[0]


def complex(real: Any, imag: Any) -> Any:
    """real + i imag."""
    return real + imag * 1j


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """For each class its row of the identity matrix, of integers."""
    indices = tensor._array
    n = int(indices.max()) + 1 if num_classes == -1 else num_classes
    return Tensor(np.eye(n, dtype=np.int64)[indices])


# --- random numbers -------------------------------------------------------------------------------


class Generator:
    """A source of random numbers: NumPy's PCG64, so the numbers are others than PyTorch's for the same seed."""

    def __init__(self, device: str = "cpu") -> None:
        self.manual_seed(0)

    def manual_seed(self, seed: int) -> Generator:
        """Start again from a seed; gives back the generator."""
        self._seed = int(seed)
        self.numpy = np.random.default_rng(self._seed % (1 << 64))
        return self

    def initial_seed(self) -> int:
        return self._seed

    def seed(self) -> int:
        """Start from a seed that the system chooses, and give it back."""
        return self.manual_seed(int(np.random.SeedSequence().generate_state(1, np.uint64)[0])).initial_seed()

    def get_state(self) -> Any:
        return self.numpy.bit_generator.state

    def set_state(self, state: Any) -> Generator:
        self.numpy.bit_generator.state = state
        return self


default_generator = Generator()
default_generator.seed()


def manual_seed(seed: int) -> Generator:
    """Start the numbers of this module from a seed."""
    return default_generator.manual_seed(seed)


def initial_seed() -> int:
    return default_generator.initial_seed()


def source(generator: Generator | None = None) -> np.random.Generator:
    """NumPy's generator behind one of ours, or behind the default one."""
    return (generator or default_generator).numpy


def _drawn(draw: Any, dtype: Any, requires_grad: bool) -> Tensor:
    return Tensor(np.asarray(draw).astype(_dtype(dtype), copy=False), requires_grad)


def rand(
    *size: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers, uniform in [0, 1)."""
    found = _dtype(dtype)
    kind = np.float32 if found == np.float32 else np.float64
    return _drawn(source(generator).random(_shape(size), kind), dtype, requires_grad)


def randn(
    *size: Any,
    generator: Generator | None = None,
    dtype: Any = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """Random numbers of the standard normal distribution."""
    found = _dtype(dtype)
    kind = np.float32 if found == np.float32 else np.float64
    return _drawn(source(generator).standard_normal(_shape(size), kind), dtype, requires_grad)


def rand_like(input: Tensor, **options: Any) -> Tensor:
    return rand(*input.shape, **{"dtype": input.dtype, **options})


def randn_like(input: Tensor, **options: Any) -> Tensor:
    return randn(*input.shape, **{"dtype": input.dtype, **options})


def randint(
    low: int, high: Any = None, size: Any = None, *, generator: Generator | None = None, dtype: Any = np.int64
) -> Tensor:
    """Random integers in [low, high), or in [0, low)."""
    if size is None:
        low, high, size = 0, low, high
    return Tensor(source(generator).integers(low, high, _shape((size,))).astype(dtype))


def randint_like(input: Tensor, low: int, high: Any = None, *, dtype: Any = None) -> Tensor:
    found = input.dtype if dtype is None else dtype
    return (
        randint(low, high, input.shape, dtype=found)
        if high is not None
        else randint(0, low, input.shape, dtype=found)
    )


def get_rng_state() -> Any:
    """The state of the default generator, for `set_rng_state`."""
    return default_generator.get_state()


def set_rng_state(state: Any) -> None:
    default_generator.set_state(state)


def seed() -> int:
    """Start the numbers of this module from a seed that the system chooses, and give it back."""
    return default_generator.seed()


def randperm(n: int, *, generator: Generator | None = None) -> Tensor:
    """The numbers 0, …, n - 1 in random order."""
    return Tensor(source(generator).permutation(n))


def normal(mean: Any, std: Any, size: Any = None, *, generator: Generator | None = None) -> Tensor:
    """mean + std * noise; differentiable in both, the noise held fixed."""
    shape = np.broadcast_shapes(np.shape(mean), np.shape(std)) if size is None else _shape((size,))
    found: Tensor = mean + std * randn(*shape, generator=generator)
    return found


def bernoulli(input: Tensor, *, generator: Generator | None = None) -> Tensor:
    """1 with these probabilities, else 0."""
    probabilities = input._array
    return Tensor((source(generator).random(probabilities.shape) < probabilities).astype(probabilities.dtype))


def multinomial(
    input: Tensor, num_samples: int, replacement: bool = False, *, generator: Generator | None = None
) -> Tensor:
    """Positions in a row (or in each row), drawn with probabilities that are proportional to its entries."""
    rows = np.atleast_2d(input._array).astype(np.float64)
    draws = [
        source(generator).choice(len(row), num_samples, replace=replacement, p=row / row.sum())
        for row in rows
    ]
    return Tensor(np.stack(draws) if input.ndim > 1 else draws[0])
