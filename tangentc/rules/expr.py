"""What a rule sees: primal values as symbols that write the operations done with them into a trace."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tangentc.ir.build import Builder, atom
from tangentc.ir.nodes import Atom, Index, Var, kind_of
from tangentc.kinds.types import Array, Kind
from tangentc.primitives.core import Primitive, named

__all__ = ["Expr", "call", "is_expr", "made", "several", "shape_of"]


class Spelled:
    """What NumPy's functions, given one of these, hand over to `rules.spelled`."""

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **kwargs: Any) -> Any:
        from tangentc.rules.spelled import apply

        return NotImplemented if method != "__call__" else apply(ufunc, inputs, kwargs)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        from tangentc.rules.spelled import apply

        return apply(function, args, kwargs)

    @property
    def T(self) -> Any:
        from tangentc.rules.spelled import transposed

        return transposed(self)

    def __getitem__(self, key: Any) -> Any:
        from tangentc.rules.spelled import part

        return part(self, key)

    def __iter__(self) -> Any:
        raise TypeError("a value of a rule cannot be iterated")


class Expr(Spelled):
    """A primal value inside a rule.

    Arithmetic on it appends operations to the trace under construction.  The operand it stands for is
    looked up when it is first used, so a rule records only what it reads.
    """

    __slots__ = ("_atom", "_find", "_shape", "boundless", "builder", "kind")

    def __init__(
        self,
        builder: Builder,
        kind: Kind,
        find: Callable[[], Atom],
        shape: Callable[[], Atom] | None = None,
        boundless: bool = False,
    ) -> None:
        self.builder = builder
        self.kind = kind
        self._find = find
        self._shape = shape
        self.boundless = boundless  # see `analysis.boundlessness`
        self._atom: Atom | None = None

    @classmethod
    def of(cls, builder: Builder, value: Atom) -> Expr:
        return cls(builder, kind_of(value), lambda: value)

    @property
    def atom(self) -> Atom:
        if self._atom is None:
            self._atom = self._find()
        return self._atom

    @property
    def shape(self) -> Expr:
        """The tuple of the sizes of the axes, known without the value itself where only that was recorded."""
        if self._shape is not None:
            return Expr.of(self.builder, self._shape())
        return call("shape_of", self)

    def __add__(self, other: Any) -> Any:
        return _binary("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("truediv", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("truediv", other, self)

    def __floordiv__(self, other: Any) -> Any:
        return _binary("floordiv", self, other)

    def __pow__(self, other: Any) -> Any:
        return _binary("pow", self, other)

    def __rpow__(self, other: Any) -> Any:
        return _binary("pow", other, self)

    def __matmul__(self, other: Any) -> Any:
        return _binary("matmul", self, other)

    def __mod__(self, other: Any) -> Any:
        return _binary("mod", self, other)

    def __neg__(self) -> Expr:
        return call("neg", self)

    def __pos__(self) -> Expr:
        return self

    def __abs__(self) -> Expr:
        return call("abs", self)

    def __bool__(self) -> bool:
        from tangentc.rules.spelled import misused

        raise misused("a rule cannot branch on a value, which is not known when the rule runs; use np.where")

    def __eq__(self, other: object) -> Any:
        return call("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return call("ne", self, other)

    __hash__ = object.__hash__

    def __lt__(self, other: Any) -> Any:
        return _binary("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return _binary("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return _binary("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return _binary("ge", self, other)

    def getitem(self, index: Index, *operands: Expr) -> Expr:
        """`self[index]`, the operands filling its holes."""
        return call("getitem", self, *operands, index=index)


def is_expr(value: Any) -> bool:
    return isinstance(value, Expr)


def call(primitive: str | Primitive, *operands: Any, **attrs: Any) -> Expr:
    """Append an operation on exprs and constants; at least one operand is an `Expr`."""
    builder = next(operand.builder for operand in operands if isinstance(operand, Expr))
    atoms = [operand.atom if isinstance(operand, Expr) else atom(operand) for operand in operands]
    return made(builder.op(primitive, *atoms, **attrs), primitive, operands)


def made(result: Var, primitive: str | Primitive, operands: Sequence[Any]) -> Expr:
    """The result of an operation on exprs.

    What works entry by entry gives the shape of an operand that has the same sizes: whoever wants to know the shape
    alone needs no result.
    """
    builder = next(operand.builder for operand in operands if isinstance(operand, Expr))
    primitive = named(primitive) if isinstance(primitive, str) else primitive
    if primitive.elementwise and isinstance(result.kind, Array) and result.kind.dims is not None:
        alike = [
            operand
            for operand in operands
            if isinstance(operand, Expr) and getattr(operand.kind, "dims", None) == result.kind.dims
        ]
        if alike:
            return Expr(builder, result.kind, lambda: result, lambda: alike[0].shape.atom)
    return Expr.of(builder, result)


def several(primitive: str | Primitive, *operands: Any, **attrs: Any) -> tuple[Expr, ...]:
    """Append an operation with several results."""
    builder = next(operand.builder for operand in operands if isinstance(operand, Expr))
    atoms = [operand.atom if isinstance(operand, Expr) else atom(operand) for operand in operands]
    return tuple(Expr.of(builder, result) for result in builder.ops(primitive, *atoms, **attrs))


def shape_of(value: Expr) -> Expr:
    """The shape of a primal value: what a transpose needs to undo a sum or a reshape."""
    return value.shape


def _binary(primitive: str, left: Any, right: Any) -> Any:
    for operand in (left, right):
        if not isinstance(operand, Expr) and getattr(operand, "is_linear", False):
            return NotImplemented  # a tangent: its reflected method builds the linear trace
    return call(primitive, left, right)
