"""What a name stands for while a program is lowered: an operand of the trace, or something known at compile time."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tangentc.frontend.state.places import Place
from tangentc.ir.nodes import Atom, Literal, Undefined, Var

if TYPE_CHECKING:
    import gast

    from tangentc.frontend.text.scopes import Frame

__all__ = [
    "ArrayMethod", "Choice", "Closure", "Derivative", "DictValue", "Endless", "Enumerate", "Flat", "Generated",
    "Generator", "Instance", "ListValue", "Method", "ObjectValue", "Partial", "Poison", "Positions", "Pullback",
    "RangeValue", "Ref", "Reversed", "Shape", "SliceValue", "Static", "Super", "TupleValue", "Value", "Zip",
    "children", "is_callable", "is_undefined", "rebuilt", "same_shape", "vars_of",
]  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Static:
    """A module, class, function or other object that is part of the program, not of its data."""

    value: Any


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """A live object whose attributes are data: they are read at each call at its `place`."""

    value: Any
    place: Place
    origin: str


@dataclass(frozen=True, slots=True, eq=False)
class Super:
    """`super()`: the receiver, its class, and the class after which attributes are looked up."""

    receiver: Value
    cls: type
    after: type


@dataclass(frozen=True, slots=True, eq=False)
class TupleValue:
    """A tuple of known structure; `cls` is its class where that is a namedtuple."""

    items: tuple[Value, ...]
    cls: type | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Ref:
    """A list, dict or object that the program made, and may change.

    What it holds now is in the environment under `key`, as a `ListValue`, `DictValue` or `ObjectValue`; `sites` are the
    expressions that may have made it.
    """

    key: tuple[int, str]
    sites: frozenset[Hashable]


@dataclass(frozen=True, slots=True, eq=False)
class ListValue:
    """A list of known structure: the contents of a `Ref`, or one that nobody may change."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class DictValue:
    """A dict with known keys: the contents of a `Ref`, or one that nobody may change."""

    items: dict[Hashable, Value]


@dataclass(frozen=True, slots=True, eq=False)
class ObjectValue:
    """The attributes of an instance of `cls` that the program made: the contents of a `Ref`."""

    cls: type
    attributes: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`d.items()`, `d.keys()` or `d.values()`, by name: what the dict holds when it is looked at."""

    owner: Value
    name: str

    def of(self, held: DictValue) -> TupleValue:
        """What is seen now."""
        keys: tuple[Value, ...] = tuple(Literal(key) for key in held.items)
        values = tuple(held.items.values())
        if self.name == "items":
            return TupleValue(tuple(map(TupleValue, zip(keys, values, strict=True))))
        return TupleValue(keys if self.name == "keys" else values)


@dataclass(frozen=True, slots=True, eq=False)
class Closure:
    """A function defined by the program itself; `frame` is where its free names are looked up when it is called."""

    node: gast.FunctionDef | gast.Lambda
    frame: Frame
    name: str
    defaults: tuple[Value, ...] = ()
    keyword_defaults: dict[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """A function with its first argument."""

    function: Value
    receiver: Value


@dataclass(frozen=True, slots=True, eq=False)
class ArrayMethod:
    """A method of a value of the trace: `x.sum` before it is called."""

    receiver: Value
    name: str


@dataclass(frozen=True, slots=True, eq=False)
class Partial:
    """A callable with some of its arguments."""

    function: Value
    args: tuple[Value, ...]
    kwargs: dict[str, Value]


@dataclass(frozen=True, slots=True, eq=False)
class Derivative:
    """A derivative of a function, before it is called: `grad(g)`."""

    mode: str
    function: Value
    argnums: Any = 0
    has_aux: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Pullback:
    """What `vjp(f, *primals)` returns beside the value."""

    function: Value
    primals: tuple[Value, ...]
    argnums: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RangeValue:
    """`range(start, stop, step)`."""

    start: Atom
    stop: Atom
    step: Atom


@dataclass(frozen=True, slots=True, eq=False)
class SliceValue:
    """`slice(start, stop, step)`, or `start:stop:step` in a subscript."""

    start: Atom
    stop: Atom
    step: Atom


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """`x.shape`; a read of one axis does not make the tuple."""

    array: Var


@dataclass(frozen=True, slots=True, eq=False)
class Flat:
    """`x.flat`: the entries of an array in reading order, read and written where they are named."""

    array: Var


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """`np.ndindex(*sizes)`; `np.ndenumerate(array)` gives the entries of an array with them."""

    sizes: tuple[Atom, ...]
    array: Var | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Generated:
    """A generator expression or `map` over entries that are known."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Generator:
    """A generator that nobody has consumed yet: its body runs, in `frame`, where a consumer takes what it yields.

    calls: the calls that were active where it was made, its own included.
    """

    node: gast.FunctionDef
    frame: Frame
    arguments: dict[str, Value]
    calls: tuple[Any, ...]

    def is_of(self, function: Any) -> bool:
        """Whether it is the generator of a function of the compiler's own library."""
        return self.frame.is_library and self.node.name == function.__name__


@dataclass(frozen=True, slots=True, eq=False)
class Endless:
    """`itertools.count(start, step)`, `cycle(sequence)` or `repeat(value)`, by name."""

    name: str
    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Zip:
    """`zip(*parts)`."""

    parts: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Enumerate:
    """`enumerate(part, start)`."""

    part: Value
    start: Atom


@dataclass(frozen=True, slots=True, eq=False)
class Reversed:
    """`reversed(part)`."""

    part: Value


@dataclass(frozen=True, slots=True, eq=False)
class Choice:
    """One of several functions or objects: the option whose number the selector is (False is 0, True is 1)."""

    selector: Atom
    options: tuple[Value, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Poison:
    """What two paths that cannot be joined leave in a name: an error for whoever reads it."""

    message: str
    hint: str = ""


Value = (
    Var
    | Literal
    | Static
    | Instance
    | Super
    | TupleValue
    | Ref
    | ListValue
    | DictValue
    | ObjectValue
    | View
    | Closure
    | Method
    | ArrayMethod
    | Partial
    | Derivative
    | Pullback
    | RangeValue
    | SliceValue
    | Shape
    | Flat
    | Positions
    | Generated
    | Generator
    | Endless
    | Zip
    | Enumerate
    | Reversed
    | Choice
    | Poison
)


def is_undefined(value: Value) -> bool:
    """Whether no path has given the value yet."""
    return isinstance(value, Literal) and isinstance(value.value, Undefined)


def is_callable(value: Value) -> bool:
    if isinstance(value, Choice):
        return all(map(is_callable, value.options))
    return isinstance(value, (Closure, Method, ArrayMethod, Partial, Derivative, Pullback)) or (
        isinstance(value, (Static, Instance)) and callable(value.value)
    )


def children(value: Value) -> tuple[Value, ...]:
    """The values that a compound value is made of; () for a leaf."""
    match value:
        case TupleValue(items=items) | ListValue(items=items) | Generated(items):
            return items
        case DictValue(items) | Generator(arguments=items):
            return tuple(items.values())
        case ObjectValue(attributes=attributes):
            return tuple(attributes.values())
        case RangeValue(start, stop, step) | SliceValue(start, stop, step):
            return (start, stop, step)
        case Shape(array) | Flat(array):
            return (array,)
        case Positions(sizes, array):
            return sizes if array is None else (*sizes, array)
        case Method(function, receiver):
            return (function, receiver)
        case ArrayMethod(receiver, _) | Super(receiver):
            return (receiver,)
        case View(owner):
            return (owner,)
        case Partial(function, args, kwargs):
            return (function, *args, *kwargs.values())
        case Closure(defaults=defaults, keyword_defaults=keywords):
            return (*defaults, *keywords.values())
        case Derivative(function=function):
            return (function,)
        case Pullback(function, primals, _):
            return (function, *primals)
        case Zip(parts) | Endless(parts=parts):
            return parts
        case Enumerate(part, start):
            return (part, start)
        case Reversed(part):
            return (part,)
        case Choice(selector, options):
            return (selector, *options)
        case _:
            return ()


def rebuilt(value: Value, parts: tuple[Any, ...]) -> Value:
    """The same compound value with other parts, in the order of `children`."""
    match value:
        case TupleValue(cls=cls):
            return TupleValue(parts, cls)
        case ListValue():
            return ListValue(parts)
        case Generated():
            return Generated(parts)
        case DictValue(items):
            return DictValue(dict(zip(items, parts, strict=True)))
        case ObjectValue(cls, attributes):
            return ObjectValue(cls, dict(zip(attributes, parts, strict=True)))
        case Generator(node, frame, arguments, calls):
            return Generator(node, frame, dict(zip(arguments, parts, strict=True)), calls)
        case RangeValue():
            return RangeValue(*parts)
        case SliceValue():
            return SliceValue(*parts)
        case Shape():
            return Shape(*parts)
        case Flat():
            return Flat(*parts)
        case Positions(sizes, array):
            return Positions(parts[: len(sizes)], None if array is None else parts[-1])
        case Method():
            return Method(*parts)
        case Super(_, cls, after):
            return Super(parts[0], cls, after)
        case ArrayMethod(name=name):
            return ArrayMethod(parts[0], name)
        case View(name=name):
            return View(parts[0], name)
        case Partial(args=args, kwargs=kwargs):
            split = 1 + len(args)
            return Partial(parts[0], parts[1:split], dict(zip(kwargs, parts[split:], strict=True)))
        case Closure(node, frame, name, defaults, keywords):
            split = len(defaults)
            return Closure(node, frame, name, parts[:split], dict(zip(keywords, parts[split:], strict=True)))
        case Derivative(mode, _, argnums, has_aux):
            return Derivative(mode, parts[0], argnums, has_aux)
        case Pullback(argnums=argnums):
            return Pullback(parts[0], parts[1:], argnums)
        case Zip():
            return Zip(parts)
        case Endless(name=name):
            return Endless(name, parts)
        case Enumerate():
            return Enumerate(*parts)
        case Reversed():
            return Reversed(*parts)
        case Choice():
            return Choice(parts[0], parts[1:])
        case _:
            return value


def same_shape(a: Value, b: Value) -> bool:
    """Whether two compound values differ at most in their parts."""
    if type(a) is not type(b) or len(children(a)) != len(children(b)):
        return False
    match a, b:
        case TupleValue(cls=p), TupleValue(cls=q):
            return p is q
        case DictValue(p), DictValue(q):
            return list(p) == list(q)
        case ObjectValue(cls, p), ObjectValue(other, q):
            return cls is other and list(p) == list(q)
        case Ref(p), Ref(q):
            return p == q
        case Closure(node=p, frame=f), Closure(node=q, frame=g):
            return p is q and f is g
        case Generator(frame=f), Generator(frame=g):
            return f is g
        case (ArrayMethod(name=p), ArrayMethod(name=q)) | (View(name=p), View(name=q)):
            return p == q
        case Method(function=p), Method(function=q):
            return same_shape(p, q)
        case Partial(function=f, kwargs=p), Partial(function=g, kwargs=q):
            return same_shape(f, g) and list(p) == list(q)
        case Derivative(mode=m, argnums=p, has_aux=f), Derivative(mode=n, argnums=q, has_aux=g):
            return (m, p, f) == (n, q, g)
        case Endless(name=p), Endless(name=q):
            return p == q
        case Static(p), Static(q):
            return p is q
        case Instance(value=p), Instance(value=q):
            return p is q
        case Choice(options=p), Choice(options=q):
            return all(
                x == y if isinstance(x, Literal) else same_shape(x, y) for x, y in zip(p, q, strict=True)
            )
        case Positions(p, m), Positions(q, n):
            return len(p) == len(q) and (m is None) == (n is None)
        case Poison(), Poison():
            return True
    return True


def vars_of(value: Value) -> list[Var]:
    """The Vars in a value, in order."""
    if isinstance(value, Var):
        return [value]
    return [var for part in children(value) for var in vars_of(part)]
