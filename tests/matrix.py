"""What every program must satisfy: derivatives against difference quotients, and against each other.

A `Subject` is a program at a point, with random directions and weights; each of its methods asserts one
property.  A *tree* is a number, an array, or
a tuple, list, dict or record of trees; its *active* leaves are the real and complex floating point ones.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

import numpy as np

import tangentc
from tangentc import pipeline
from tangentc.ir.interpret import interpret
from tangentc.ir.nodes import Function
from tangentc.kinds.records import fields_of, is_record, with_fields

__all__ = [
    "Subject", "active_positions", "assert_close", "assert_same", "built", "check", "difference", "flat", "pairing",
    "random_like", "scale_of", "tree_map", "untouched", "weighted",
]  # fmt: skip

LEVELS = 8  # of the extrapolation
WIDEST = 2.0**-7  # first step of the difference quotient


# --- trees ------------------------------------------------------------------------------------------


def is_active(leaf: Any) -> bool:
    """Whether a leaf can carry a derivative."""
    return isinstance(leaf, (float, complex, np.ndarray, np.generic)) and np.asarray(leaf).dtype.kind in "fc"


def tree_map(function: Callable[..., Any], tree: Any, *others: Any, passive: Any = ...) -> Any:
    """`function` of the active leaves of trees of one structure; the others become `passive`, or stay."""
    if type(tree) in (tuple, list):
        items = zip(tree, *others, strict=True)
        return type(tree)(tree_map(function, *each, passive=passive) for each in items)
    if isinstance(tree, dict):
        return {
            key: tree_map(function, tree[key], *(other[key] for other in others), passive=passive)
            for key in tree
        }
    if is_record(type(tree)):
        rows = [fields_of(other) for other in others]
        return with_fields(tree, {
            name: tree_map(function, part, *(row[name] for row in rows), passive=passive)
            for name, part in fields_of(tree).items()
        })  # fmt: skip
    if is_active(tree):
        return function(tree, *others)
    return tree if passive is ... else passive


def leaves(tree: Any) -> list[Any]:
    """The active leaves, from left to right."""
    found: list[Any] = []
    tree_map(found.append, tree)
    return found


def flat(tree: Any) -> np.ndarray:
    """The active leaves in one vector of double precision."""
    parts = [np.ravel(np.asarray(leaf)) for leaf in leaves(tree)]
    vector = np.concatenate([np.zeros(0), *parts])
    return vector.astype(complex if vector.dtype.kind == "c" else float)


def active_positions(arguments: Sequence[Any]) -> tuple[int, ...]:
    """The arguments that hold a floating point number."""
    return tuple(k for k, argument in enumerate(arguments) if leaves(argument))


def random_like(tree: Any, seed: int) -> Any:
    """Numbers between -1 and 1 in the places of the active leaves, of their types; None in the others."""
    generator = np.random.default_rng(seed)

    def draw(leaf: Any) -> Any:
        shape = np.shape(leaf)
        drawn = generator.uniform(-1.0, 1.0, shape)
        if np.asarray(leaf).dtype.kind == "c":
            drawn = drawn + 1j * generator.uniform(-1.0, 1.0, shape)
        if isinstance(leaf, np.ndarray):
            return np.asarray(drawn, leaf.dtype)
        return type(leaf)(drawn)

    return tree_map(draw, tree, passive=None)


def shifted(tree: Any, tangent: Any, h: float) -> Any:
    """tree + h tangent, in double precision; arrays are new, so that a program may write them."""

    def move(leaf: Any, direction: Any) -> Any:
        if not isinstance(leaf, np.ndarray):
            return type(leaf)(leaf + h * direction)
        moved = np.empty_like(leaf, np.promote_types(leaf.dtype, np.float64))  # in the same order of memory
        moved[...] = leaf + h * np.asarray(direction, moved.dtype)
        return moved

    return tree_map(move, tree, tangent)


def pairing(a: Any, b: Any) -> float:
    """<a, b>: the real part of the sum of products, without conjugation."""
    return float(np.real(np.sum(flat(a) * flat(b))))


def scale_of(*trees: Any) -> float:
    """The largest magnitude in the trees, at least 1."""
    return max(1.0, *(float(np.max(np.abs(flat(tree)), initial=0.0)) for tree in trees))


# --- difference quotients -----------------------------------------------------------------------------


def difference(function: Callable[..., Any], arguments: Any, tangents: Any) -> tuple[np.ndarray, float]:
    """The derivative of `function` at `arguments` along `tangents`, and an estimate of its error.

    Central differences for halved steps, extrapolated to step zero.
    Source: C. Ridders, "Accurate computation of F'(x)", Advances in Engineering Software 4 (1982).
    """

    def quotient(h: float) -> np.ndarray:
        ahead = flat(function(*shifted(arguments, tangents, h)))
        behind = flat(function(*shifted(arguments, tangents, -h)))
        return (ahead - behind) / (2.0 * h)

    best, error = quotient(WIDEST), np.inf
    previous = [best]
    for level in range(1, LEVELS):
        row = [quotient(WIDEST / 2.0**level)]
        for order, above in enumerate(previous, start=1):
            row.append(row[-1] + (row[-1] - above) / (4.0**order - 1.0))
            spread = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - above))
            spread = float(np.max(spread, initial=0.0))
            if spread < error:
                best, error = row[-1], spread
        previous = row
    return best, error


# --- comparisons ----------------------------------------------------------------------------------------


def assert_close(got: Any, expected: Any, tolerance: float, what: str, scale: float = 1.0) -> None:
    """Entries differ by at most `tolerance` times their common scale."""
    got, expected = flat(got), flat(expected)
    assert got.shape == expected.shape, f"{what}: {got.size} numbers, not {expected.size}"
    scale = scale_of(got, expected) if scale == 1.0 else scale
    worst = float(np.max(np.abs(got - expected), initial=0.0))
    assert worst <= tolerance * scale, f"{what}: off by {worst:.3g}\n got      {got}\n expected {expected}"


def assert_same(got: Any, expected: Any, what: str) -> None:
    """The same structure, types, dtypes and shapes, and the same numbers up to one rounding of the scale."""
    assert type(got) is type(expected), f"{what}: a {type(got).__name__}, not a {type(expected).__name__}"
    if is_record(type(expected)):
        assert_same(fields_of(got), fields_of(expected), what)
    elif isinstance(expected, (tuple, list)):
        assert len(got) == len(expected), what
        for one, other in zip(got, expected, strict=True):
            assert_same(one, other, what)
    elif isinstance(expected, dict):
        assert list(got) == list(expected), what
        for key in expected:
            assert_same(got[key], expected[key], f"{what}[{key!r}]")
    elif isinstance(expected, np.ndarray):
        assert got.dtype == expected.dtype, f"{what}: {got.dtype}, not {expected.dtype}"
        assert got.shape == expected.shape, f"{what}: shape {got.shape}, not {expected.shape}"
        tolerance = 0.0 if expected.dtype.kind not in "fc" else 8.0 * np.finfo(expected.dtype).eps
        assert_close(got, expected, tolerance, what)
    elif is_active(expected):
        assert_close(got, expected, 8.0 * np.finfo(np.asarray(expected).dtype).eps, what)
    else:
        assert got == expected, what


class untouched:
    """The arguments are, at the end, bit for bit what they were at the start."""

    def __init__(self, arguments: Any) -> None:
        self.arguments = arguments
        self.before = copy.deepcopy([leaf for leaf in _everything(arguments)])

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, *_: Any) -> None:
        if kind is None:
            for before, after in zip(self.before, _everything(self.arguments), strict=True):
                assert np.array_equal(before, after, equal_nan=True), "an argument was changed"


def _everything(tree: Any) -> list[Any]:
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in _everything(item)]
    if isinstance(tree, dict):
        return [leaf for item in tree.values() for leaf in _everything(item)]
    if is_record(type(tree)):
        return _everything(fields_of(tree))
    return [tree] if isinstance(tree, (np.ndarray, int, float, complex, np.generic)) else []


# --- other ways to run a derivative -----------------------------------------------------------------------


class Interpreted:
    """A trace as a callable, in the place of its emitted code."""

    def __init__(self, function: Function) -> None:
        self.function = function
        self.__wrapped__ = self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return interpret(self.function, *args, **kwargs)

    def explain(self, error: BaseException) -> None:
        """An error of the interpreter is shown as it is."""


@contextmanager
def built(*, optimise: bool, emitted: bool) -> Iterator[None]:
    """Derivatives compiled inside are optimised or not, and run as emitted code or by the interpreter."""
    original = pipeline.build

    def build(*args: Any, **kwargs: Any) -> Any:
        result = original(*args, **kwargs, optimise=optimise)
        if emitted:
            return result
        calls = tuple(Interpreted(function) for function in result.functions)
        return replace(result, call=calls if isinstance(result.call, tuple) else calls[0])

    with mock.patch.object(pipeline, "build", build):
        yield


# --- programs -------------------------------------------------------------------------------------------


def weighted(function: Callable[..., Any], weights: Any) -> Callable[..., Any]:
    """The scalar program <weights, function(*arguments)>."""
    if isinstance(weights, tuple):
        weights = tuple(
            0.0 if weight is None else weight for weight in weights
        )  # of an output that is an int

        def total(*arguments):
            result = 0.0
            for weight, value in zip(weights, function(*arguments)):
                result = result + np.sum(weight * value)
            return result

    else:

        def total(*arguments):
            return np.sum(weights * function(*arguments))

    return total


class Subject:
    """A program at a point.

    Args:
        function: the program.
        arguments: the point; copies are passed where the program itself is called, since it may write them.
        argnums: the differentiated arguments; None for all that hold a floating point number.
        rtol: how far a derivative may be from the difference quotient, beyond the quotient's own error.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        argnums: tuple[int, ...] | None = None,
        rtol: float = 1e-6,
    ) -> None:
        self.function = function
        self.arguments = tuple(copy.deepcopy(arguments))
        self.argnums = active_positions(self.arguments) if argnums is None else argnums
        self.rtol = rtol
        self.primals = tuple(self.arguments[k] for k in self.argnums)
        self.tangents = random_like(self.primals, seed=1)
        self.others = random_like(self.primals, seed=2)
        self.result = self.call(*self.primals)
        self.weights = random_like(self.result, seed=3)
        coarse = any(np.asarray(leaf).dtype == np.float32 for leaf in leaves((self.primals, self.result)))
        self.exact = 1e-4 if coarse or rtol >= 1e-3 else 1e-10
        self.size = max(1, flat(self.primals).size)

    @functools.cached_property
    def total(self) -> Callable[..., Any]:
        """The scalar program <weights, function(*arguments)>; one object, which is compiled once in each mode."""
        return weighted(self.function, self.weights)

    @functools.cached_property
    def slope(self) -> Callable[..., Any]:
        """The gradient of `total`; one object as well."""
        return tangentc.grad(self.total, argnums=self.argnums)

    def filled(self, primals: Sequence[Any]) -> tuple[Any, ...]:
        """All arguments, copied, with these in the differentiated places."""
        arguments = list(copy.deepcopy(self.arguments))
        for position, value in zip(self.argnums, copy.deepcopy(primals), strict=True):
            arguments[position] = value
        return tuple(arguments)

    def call(self, *primals: Any) -> Any:
        return self.function(*self.filled(primals))

    def spread(self, tangents: Sequence[Any]) -> tuple[Any, ...]:
        """One tangent for each argument, None where it is not differentiated."""
        by_position = dict(zip(self.argnums, tangents, strict=True))
        return tuple(by_position.get(k) for k in range(len(self.arguments)))

    def push(self, function: Callable[..., Any], tangents: Sequence[Any]) -> Any:
        return tangentc.jvp(function, self.arguments, self.spread(tangents))

    def pull(self) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
        """The value, and the pullback to the differentiated arguments."""
        value, pullback = tangentc.vjp(self.function, *self.arguments)

        def chosen(weights: Any) -> tuple[Any, ...]:
            cotangents = pullback(weights)
            return tuple(cotangents[k] for k in self.argnums)

        return value, chosen

    def is_smooth(self) -> None:
        """The difference quotient is sharp at this point, so that comparing with it means something."""
        quotient, error = difference(self.call, self.primals, self.tangents)
        assert np.all(np.isfinite(quotient))
        assert error <= max(self.rtol, 1e-7) * scale_of(quotient, self.result)

    def primal(self) -> None:
        """Each mode returns what the program returns, and leaves the arguments alone."""
        with untouched(self.arguments):
            value, _ = self.push(self.function, self.tangents)
            assert_same(value, self.result, "value of jvp")
            value, pullback = self.pull()
            assert_same(value, self.result, "value of vjp")
            pullback(self.weights)
            assert_same(value, self.result, "value of vjp after the pullback")

    def forward(self) -> None:
        """The tangent is the limit of difference quotients."""
        _, tangent = self.push(self.function, self.tangents)
        quotient, error = difference(self.call, self.primals, self.tangents)
        tolerance = self.rtol + 20.0 * error / scale_of(quotient)
        assert_close(tangent, quotient, tolerance, "tangent against differences")

    def reverse(self) -> None:
        """<w, J t> = <J^T w, t> for weights w on all outputs; cotangents look like their arguments."""
        _, tangent = self.push(self.function, self.tangents)
        _, pullback = self.pull()
        cotangents = pullback(self.weights)
        left, right = pairing(self.weights, tangent), pairing(cotangents, self.tangents)
        bound = self.exact * scale_of(tangent, cotangents) * self.size
        assert abs(left - right) <= bound, f"<w, J t> = {left!r}, <J^T w, t> = {right!r}"
        for primal, cotangent in zip(leaves(self.primals), leaves(cotangents), strict=True):
            assert np.shape(cotangent) == np.shape(primal)
            if isinstance(primal, np.ndarray):
                assert isinstance(cotangent, np.ndarray)
                assert cotangent.dtype == primal.dtype

    def repeated(self) -> None:
        """A second pullback and a second call give the same numbers, bit for bit."""
        _, pullback = self.pull()
        first = copy.deepcopy(pullback(self.weights))
        assert np.array_equal(flat(first), flat(pullback(self.weights))), "second pullback"
        _, again = self.pull()
        assert np.array_equal(flat(first), flat(again(self.weights))), "second call"

    def variants(self) -> None:
        """Optimised and emitted, or neither: the same numbers in every mode."""

        def numbers() -> Any:
            total = weighted(self.function, self.weights)  # a new function, compiled anew
            value, slopes = tangentc.value_and_grad(total, argnums=self.argnums)(*self.arguments)
            _, tangent = self.push(total, self.tangents)
            _, pullback = tangentc.vjp(total, *self.arguments)
            cotangents = pullback(1.0)
            return value, slopes, tangent, tuple(cotangents[k] for k in self.argnums)

        expected = numbers()
        with built(optimise=False, emitted=False), untouched(self.arguments):
            got = numbers()
        assert_close(got, expected, self.exact * 1e-2, "not optimised, interpreted")

    def second_order(self) -> None:
        """The derivative of the gradient is the limit of its differences, and symmetric."""

        def gradient(*primals: Any) -> Any:
            return self.slope(*self.filled(primals))

        _, pullback = self.pull()
        assert_close(gradient(*self.primals), pullback(self.weights), self.exact, "grad against vjp")
        _, along = self.push(self.slope, self.tangents)
        _, other = self.push(self.slope, self.others)
        quotient, error = difference(gradient, self.primals, self.tangents)
        tolerance = 10.0 * self.rtol + 20.0 * error / scale_of(quotient)
        assert_close(along, quotient, tolerance, "tangent of the gradient against differences")
        left, right = pairing(self.others, along), pairing(self.tangents, other)
        assert abs(left - right) <= 1e-9 * scale_of(along, other) * self.size, "the Hessian is not symmetric"

    def reverse_over_reverse(self) -> None:
        """The gradient of <t, gradient> is the tangent of the gradient along t."""
        _, along = self.push(self.slope, self.tangents)
        outer = tangentc.grad(weighted(self.slope, self.tangents), argnums=self.argnums)
        assert_close(outer(*self.arguments), along, self.exact, "reverse over reverse")


def check(function: Callable[..., Any], *arguments: Any, order: int = 2, **options: Any) -> Subject:
    """Assert every property of a program at a point; `options` as for `Subject`."""
    subject = Subject(function, arguments, **options)
    subject.primal()
    subject.forward()
    subject.reverse()
    subject.repeated()
    if order > 1:
        subject.second_order()
    return subject
