"""The state of one lowering: the trace under construction, the environment, and who lowers which syntax."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from enum import Flag
from typing import TYPE_CHECKING, Any, NoReturn

import gast

from tangentc.errors import TangentcError, UnsupportedSyntaxError
from tangentc.frontend.state.captures import Captures
from tangentc.frontend.state.heap import AtRunTime, Contents, Heap, Sites, Unroll, is_cell
from tangentc.frontend.state.requests import Derive, Path, Promote
from tangentc.frontend.state.values import (
    Choice,
    DictValue,
    Endless,
    Enumerate,
    Flat,
    Generated,
    Generator,
    Instance,
    ListValue,
    ObjectValue,
    Poison,
    Positions,
    RangeValue,
    Ref,
    Reversed,
    Shape,
    SliceValue,
    Static,
    TupleValue,
    Value,
    View,
    Zip,
    children,
    is_callable,
    is_undefined,
    rebuilt,
)
from tangentc.frontend.text.parse import span_of
from tangentc.frontend.text.scopes import Frame
from tangentc.ir.build import Builder
from tangentc.ir.nodes import UNDEF, Atom, Function, Literal, Var, kind_of
from tangentc.kinds.dims import undecided
from tangentc.kinds.types import Array, Bool, Dict, Dim, Int, Kind, Size
from tangentc.primitives.core import Primitive, named

if TYPE_CHECKING:
    from tangentc.frontend.flow.attempts import Attempts

__all__ = [
    "ERROR", "ITERATORS", "Context", "Environment", "Flow", "Key", "LoopState", "Test", "lowers", "lowers_statement",
]  # fmt: skip

Key = tuple[int, str]
"""A name of an inlined frame: (scope, name).  Names in angle brackets are the compiler's own."""

Environment = dict[Key, Value]

Site = tuple[tuple[gast.AST | None, ...], type]
"""Where containers of one type are made."""

ERROR: Key = (0, "<error>")
"""The exception that is on its way to a handler."""


class Flow(Flag):
    """How the end of a block may be reached, or left; no flag at all: every path raises."""

    DEAD = 0
    NORMAL = 1
    BREAK = 2
    CONTINUE = 4
    RETURN = 8
    RAISE = 16  # with an exception that a `try` around may catch

    def may(self, way: Flow) -> bool:
        return bool(self.value & way.value)

    def without(self, way: Flow) -> Flow:
        return Flow(self.value & ~way.value)

    def both(self, other: Flow) -> Flow:
        return Flow(self.value | other.value)

    def only(self, way: Flow) -> bool:
        return self.value == way.value


@dataclass(eq=False, slots=True)
class LoopState:
    """A loop whose body is being lowered: what its names stood for at the start, and which of them were read."""

    start: Environment
    assigned: set[Key]
    node: gast.AST
    unroll: Atom | None = None
    scopes: int = 0
    """How many scopes there were before: a generator of one of those was made outside the loop."""
    reads: set[Key] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Test:
    """A condition that is true if a selector, which is below `count`, is one of these numbers."""

    selector: Atom
    numbers: frozenset[int]
    count: int

    @property
    def others(self) -> frozenset[int]:
        return frozenset(range(self.count)) - self.numbers


ExpressionHandler = Callable[["Context", Any], Value]
StatementHandler = Callable[["Context", Any], Flow]

ITERATORS = (Zip, Enumerate, Reversed, Generated, Generator, Endless, Positions)

_OUTSIDE = ("call", "format", "str", "repr", "sorted", "sorted_order", "print")
_POWERS = ("pow", "np.power", "np.float_power", "math.pow")

_EXPRESSIONS: dict[type[gast.AST], ExpressionHandler] = {}
_STATEMENTS: dict[type[gast.AST], StatementHandler] = {}


def lowers(*nodes: type[gast.AST]) -> Callable[[ExpressionHandler], ExpressionHandler]:
    """Register the function that lowers these expressions."""

    def decorate(handler: ExpressionHandler) -> ExpressionHandler:
        for node in nodes:
            _EXPRESSIONS[node] = handler
        return handler

    return decorate


def lowers_statement(*nodes: type[gast.AST]) -> Callable[[StatementHandler], StatementHandler]:
    """Register the function that lowers these statements."""

    def decorate(handler: StatementHandler) -> StatementHandler:
        for node in nodes:
            _STATEMENTS[node] = handler
        return handler

    return decorate


class Context:
    """What the functions that lower statements and expressions share.

    `environment` maps the names of all live frames to values; control flow copies it and joins the copies.
    """

    def __init__(
        self, captures: Captures, derive: Derive | None, frame: Frame, sites: Sites | None = None
    ) -> None:
        self.builder = Builder()
        self.heap = Heap(sites or Sites())
        self.node: gast.AST | None = None
        self.environment: Environment = {}
        self.captures = captures
        self.derive = derive
        self.frame = frame
        self.loops: list[LoopState] = []
        self.scopes = frame.scope
        self.paths: dict[Var, Path] = {}
        self.accumulators: dict[
            Var, Array | None
        ] = {}  # a number, or an array of that kind which nothing else refers to
        self.unbound: set[Var] = set()  # what some path that leads here does not bind
        self.facts: dict[
            Atom, frozenset[int]
        ] = {}  # which numbers a selector may be on the path being lowered
        self.tests: dict[Atom, Test] = {}
        self.parts: dict[bool, dict[Atom, tuple[Atom, ...]]] = {True: {}, False: {}}  # of `and`, of `or`
        self.shared: dict[Var, str] = {}  # arrays that a cache keeps, with the name of the cached function
        self.unshared: set[Var] = set()  # arrays that only one name refers to
        self.active_calls: list[Any] = []
        self.callees: dict[str, Function] = {}
        self.recursive: list[Any] = []
        self.lasting: set[Any] = set()
        self.attempts: Attempts | None = None
        self.errstates = 0  # how many `with np.errstate` are around what is being lowered
        self.handled: list[
            tuple[Value, tuple[type[BaseException], ...]]
        ] = []  # whose handlers are being lowered

    # --- syntax ---------------------------------------------------------------------------------

    def expression(self, node: gast.AST) -> Value:
        handler = _EXPRESSIONS.get(type(node))
        if handler is None:
            self.fail("TC101", f"this expression ({type(node).__name__}) is not supported", node)
        outer, around = self.builder.span, self.node
        self.node = node
        if not self.frame.is_library:
            self.builder.span = span_of(node, self.frame.file)
        try:
            return handler(self, node)
        except UnsupportedSyntaxError as error:
            if error.span is not None:
                raise
            raise self.error(
                error.code, error.message, hint=error.hint
            ) from None  # it has no text of its own
        finally:
            self.builder.span, self.node = outer, around

    def statement(self, node: gast.AST) -> Flow:
        handler = _STATEMENTS.get(type(node))
        if handler is None:
            self.fail("TC101", f"this statement ({type(node).__name__}) is not supported", node)
        self.node = node
        with self.builder.at(self.builder.span if self.frame.is_library else span_of(node, self.frame.file)):
            return handler(self, node)

    def call(self, callee: Value, /, *args: Value, **kwargs: Value) -> Value:
        """`callee(*args, **kwargs)`, for files that calls are made of."""
        from tangentc.frontend.calls.apply import apply

        return apply(self, callee, args, kwargs)

    def fail(self, code: str, message: str, node: gast.AST | None = None, hint: str = "") -> NoReturn:
        """Raise an error that points at `node`, or at what is being lowered."""
        raise self.error(code, message, node, hint)

    def error(self, code: str, message: str, node: gast.AST | None = None, hint: str = "") -> TangentcError:
        span = self.builder.span if node is None else span_of(node, self.frame.file)
        return UnsupportedSyntaxError(code, message, span, hint)

    # --- names ----------------------------------------------------------------------------------

    def lookup(self, name: str) -> Value:
        """What a name of the current frame stands for."""
        frame: Frame | None = self.frame
        while frame is not None:
            if name in frame.names.globals:
                break
            if name in frame.names.bound:
                return self.read((frame.scope, name))
            if frame.parent is None:
                break
            frame = frame.parent
        assert frame is not None
        return self.captures.name(frame, name, self)

    def read(self, key: Key) -> Value:
        value = self.environment.get(key)
        if value is None or is_undefined(value):
            return self._undefined(key)
        self._note_read(key, value)
        if isinstance(value, ITERATORS) and not self.frame.is_library:
            self.environment[key] = Poison("is an iterator that has been used up", "make a list of it first")
        if isinstance(value, Var):
            self.accumulators.pop(value, None)  # whoever reads it may keep a reference
            self.unshared.discard(value)
        if isinstance(value, Poison):
            self.fail("TC114", f"{key[1]!r} {value.message}", hint=value.hint)
        return value

    def _note_read(self, key: Key, value: Value) -> None:
        for loop in self.loops:
            if loop.start.get(key) is value:
                loop.reads.add(key)

    def take(self, value: Value) -> None:
        """Note that an iterator is consumed, or belongs to another one, from here on.

        Raises:
            UnsupportedSyntaxError: TC114, that has happened before, or will happen in each trip of a loop.
        """
        if not isinstance(value, ITERATORS):
            return
        key = (value.frame.scope if isinstance(value, Generator) else id(value), "<used>")
        is_old = isinstance(value, Generator) and any(value.frame.scope <= loop.scopes for loop in self.loops)
        if key in self.environment or is_old:
            self.fail("TC114", "this iterator has been used up", hint="make a list of it first")
        self.environment[key] = Static(value)  # which also keeps its id

    def _undefined(self, key: Key) -> Value:
        """A name without value: it may get one in an earlier trip of a loop around."""
        waiting = [loop for loop in self.loops if key in loop.assigned]
        if not waiting:
            if any(
                recursive.result is None for recursive in self.recursive
            ):  # the result of a call is not known yet
                return UNDEF
            self.fail(
                "TC102", f"{key[1]!r} has no value here", hint="bind it before it is read, on every path"
            )
        for loop in waiting:
            loop.reads.add(key)
        return UNDEF

    def left_unbound(self, key: Key) -> None:
        """A path does not bind a name that another binds: it keeps what an earlier trip of a loop around gave it."""
        for loop in self.loops:
            if key not in loop.start:
                loop.reads.add(key)

    def key(self, name: str) -> Key:
        """Where an assignment to a name of the current frame goes."""
        frame = self.frame
        while frame.is_comprehension and frame.parent is not None and name not in frame.names.bound:
            frame = frame.parent  # the target of `:=` belongs to the function
        if name in frame.names.globals:
            self.fail("TC107", f"the global {name!r} is written", hint="return the value instead")
        if name in frame.names.nonlocals:
            outer = frame.parent
            while outer is not None and name not in outer.names.bound:
                outer = outer.parent
            if outer is None:
                self.fail("TC107", f"the captured name {name!r} is written", hint="return the value instead")
            frame = outer
        return (frame.scope, name)

    def key_of(self, name: str) -> Key | None:
        """Where a name that is read has its value; None for what the program does not bind."""
        frame: Frame | None = self.frame
        while frame is not None and name not in frame.names.globals:
            if name in frame.names.bound:
                return (frame.scope, name)
            frame = frame.parent
        return None

    def bind(self, name: str, value: Value) -> None:
        """Let a name of the current frame stand for a value; a temporary that was just made gets the name."""
        key = self.key(name)
        if self.attempts is not None:
            self.attempts.will_bind(key)
        if isinstance(value, Var) and not name.startswith("<"):
            self.name(value, name, key[0])
        self.environment[key] = value
        if self.attempts is not None:
            self.attempts.has_bound(key)

    def name(self, value: Var, name: str, scope: int) -> None:
        """Give a temporary the user's name; names are hints for the reader, not part of the meaning."""
        if not value.name and value.of is None:
            object.__setattr__(value, "name", name)
            object.__setattr__(value, "scope", scope)

    def new_scope(self) -> int:
        self.scopes += 1
        return self.scopes

    @contextmanager
    def attempt(self, failure: type[Exception]) -> Iterator[None]:
        """Lower something that may turn out to be impossible: `failure` leaves everything as it was, and goes on."""
        nodes, kept = self.builder.nodes, list(self.builder.nodes)
        attempts = None if self.attempts is None else self.attempts.state()
        environment, scopes, calls = dict(self.environment), self.scopes, list(self.active_calls)
        accumulators, callees = dict(self.accumulators), dict(self.callees)
        recursive, loops = len(self.recursive), len(self.loops)
        heap = replace(self.heap, known=dict(self.heap.known), ambiguous=dict(self.heap.ambiguous))
        try:
            yield
        except failure:
            nodes[:] = kept
            self.builder.nodes = nodes
            if self.attempts is not None and attempts is not None:
                self.attempts.restore(attempts)
            self.environment, self.scopes, self.active_calls = environment, scopes, calls
            self.accumulators, self.callees, self.heap = accumulators, callees, heap
            del self.recursive[recursive:], self.loops[loops:]
            raise

    @contextmanager
    def alone(self) -> Iterator[None]:
        """What is lowered now fails as a whole, whatever `try` is around it."""
        outer, self.attempts = self.attempts, None
        try:
            yield
        finally:
            self.attempts = outer

    @contextmanager
    def in_frame(self, frame: Frame) -> Iterator[None]:
        outer, self.frame = self.frame, frame
        try:
            yield
        finally:
            self.frame = outer

    # --- containers -----------------------------------------------------------------------------

    def allocate(self, contents: Contents) -> Value:
        """A new list, dict or object, made by the expression that is being lowered."""
        site = self.site_of(contents)
        if site in self.heap.sites.at_run_time:
            from tangentc.frontend.state.dynamic import make

            return make(self, contents, frozenset([site]))
        ref = self.heap.new([site])
        self.environment[ref.key] = contents
        return ref

    @property
    def here(self) -> tuple[gast.AST | None, ...]:
        """The expression that is being lowered; inside the compiler's own library, after the one that it stands for."""
        return (*(self.frame.site or ()), self.node)

    def site_of(self, contents: Contents) -> Site:
        """The expression that is being lowered, as the maker of a container."""
        cls = contents.cls if isinstance(contents, ObjectValue) else type(contents)
        site = (self.here, cls)
        self.heap.sites.spans[site] = self.builder.span
        return site

    @property
    def is_uncertain(self) -> bool:
        """Whether what is missing in a container now may be there in another trip, or is caught where it is missed."""
        return bool(self.loops) or self.attempts is not None

    def is_lasting(self, size: Size) -> bool:
        """Whether a size means the same in every lowering of this program: that of an argument."""
        return isinstance(size, int) or (isinstance(size, Dim) and size.base in self.lasting)

    def contents(self, value: Value) -> Value:
        """What a container holds now; any other value as it is."""
        if isinstance(value, View):
            held = self.contents(value.owner)
            return value.of(held) if isinstance(held, DictValue) else value
        if not isinstance(value, Ref):
            return value
        held = self.environment[value.key]
        self._note_read(value.key, held)
        return held

    def snapshot(self, value: Value, around: frozenset[Key] = frozenset()) -> Value:
        """A value with what its containers hold now, all the way down: for whoever keeps no reference to them."""
        if isinstance(value, Ref):
            if value.key in around:
                self.fail("TC109", "a list, dict or object that refers to itself is used as a whole here")
            return self.snapshot(self.contents(value), around | {value.key})
        if isinstance(value, View) and isinstance(value.owner, Ref):
            return self.snapshot(self.contents(value), around)
        parts = children(value)
        return rebuilt(value, tuple(self.snapshot(part, around) for part in parts)) if parts else value

    def own(self, value: Value) -> Value:
        """A value whose lists, dicts and objects are the program's own."""
        parts = children(value)
        if isinstance(value, (ListValue, DictValue, ObjectValue)):
            return self.allocate(rebuilt(value, tuple(map(self.own, parts))))  # type: ignore[arg-type]
        return rebuilt(value, tuple(map(self.own, parts))) if isinstance(value, TupleValue) else value

    def changed_cells(self, before: Environment) -> list[Key]:
        """The containers whose contents differ from what they were."""
        now = self.environment
        return [key for key, held in before.items() if is_cell(key) and now.get(key, held) is not held]

    def change(self, ref: Ref, contents: Contents) -> None:
        """Let a container hold something else."""
        if ref.key in self.heap.ambiguous:
            raise AtRunTime(self.heap.ambiguous[ref.key])
        self.heap.written |= ref.sites
        if self.attempts is not None:
            self.attempts.will_bind(ref.key)
        self.environment[ref.key] = contents
        if self.attempts is not None:
            self.attempts.has_bound(ref.key)

    # --- paths ----------------------------------------------------------------------------------

    @contextmanager
    def assuming(self, condition: Atom, outcome: bool) -> Iterator[None]:
        """Lower a path that is taken if the condition is true, or false."""
        outer = self.facts
        self._assume(condition, outcome)
        try:
            yield
        finally:
            self.facts = outer

    def _assume(self, condition: Atom, outcome: bool) -> None:
        test = self.test_of(condition)
        if test is not None:
            numbers = test.numbers if outcome else test.others
            self.facts = {**self.facts, test.selector: self.facts.get(test.selector, numbers) & numbers}
        for part in self.parts[outcome].get(condition, ()):
            self._assume(part, outcome)

    def test_of(self, condition: Atom) -> Test | None:
        """What a condition says about a selector; a bool selects by itself.

        A number or an array says nothing: when it is asked again, its contents may have changed.
        """
        if isinstance(condition, Var) and isinstance(condition.kind, Bool):
            return self.tests.get(condition, Test(condition, frozenset({1}), 2))
        return None

    def owned(self, value: Value) -> Array | None:
        """The kind of an array that only one name refers to, if the value is one, or may be."""
        if not isinstance(value, Var):
            return None
        if value in self.unshared and isinstance(value.kind, Array):
            return value.kind
        return self.accumulators.get(value)

    # --- operations -----------------------------------------------------------------------------

    def op(
        self, primitive: str | Primitive, *operands: Value, kind: Kind | None = None, **attrs: Any
    ) -> Var | Literal:
        """Append an operation; undefined operands (in a pass that will be repeated) give an undefined result."""
        return self.apply(primitive, operands, attrs, kind)

    def apply(
        self,
        primitive: str | Primitive,
        operands: Sequence[Value],
        attrs: dict[str, Any],
        kind: Kind | None = None,
    ) -> Var | Literal:
        """`op` for attributes of any name."""
        atoms = [self.atom(operand) for operand in operands]
        if any(is_undefined(atom) for atom in atoms):
            return UNDEF
        primitive = named(primitive) if isinstance(primitive, str) else primitive
        if primitive.name in _OUTSIDE:
            self._keep_objects(atoms)
        if primitive.name in _POWERS:
            self._prefer_constant(atoms[1])
        if primitive.elementwise:
            self._decide_sizes(atoms)
        return self.builder.apply(primitive, atoms, attrs, kind=kind)

    def are_two_objects(self, left: Value, right: Value) -> bool:
        """Whether two arrays are certainly not one: what an operation makes is no other value."""
        is_own = [
            isinstance(v, Var)
            and isinstance(v.kind, Array)
            and (v in self.builder.made or self.path_of(v) is not None)
            for v in (left, right)
        ]
        return left is not right and all(is_own) and any(v in self.builder.made for v in (left, right))

    def _keep_objects(self, atoms: Sequence[Atom]) -> None:
        """Refuse to show an object that is a dict of its attributes at run time to code that wants the object."""
        for kind in map(kind_of, atoms):
            if isinstance(kind, Dict) and kind.cls is not None:
                self.fail(
                    "TC109",
                    f"a {kind.cls.__name__} object cannot be handed to code that is not differentiated",
                )

    def _prefer_constant(self, exponent: Atom) -> None:
        """An int that the caller does not pass is a constant where it is an exponent: x**2 has the derivative 2 x."""
        if isinstance(exponent, Var) and isinstance(exponent.kind, Int):
            origin = self.path_of(exponent)
            if origin is not None and origin[0] == "captured":
                raise Promote(origin)

    def _decide_sizes(self, operands: Sequence[Atom]) -> None:
        """Where an argument of unknown size meets an array of two elements, say, its size becomes known."""
        kinds = [kind_of(operand) for operand in operands]
        shapes = [kind.dims for kind in kinds if isinstance(kind, Array) and kind.dims is not None]
        size = undecided(*shapes) if len(shapes) > 1 else None
        if size is not None:
            raise Promote(("size", size))

    def effect(self, primitive: str | Primitive, *operands: Value, **attrs: Any) -> None:
        atoms = [self.atom(operand) for operand in operands]
        if not any(is_undefined(atom) for atom in atoms):
            self.builder.effect(primitive, *atoms, **attrs)

    def atom(self, value: Value) -> Atom:
        """A value as an operand of the trace: compound values are made at run time."""
        match value:
            case Var() | Literal():
                return value
            case TupleValue(items=items, cls=None):
                known = self.constant(value)
                return known if known is not None else self.op("tuple", *items)
            case View():
                from tangentc.frontend.state.dynamic import seen

                now = self.contents(value)
                return self.atom(seen(self, now) if isinstance(now, View) else now)
            case Ref(sites=sites):
                raise AtRunTime(sites)  # whoever keeps it must keep the same one
            case ListValue(items):
                return self.op("list", *items)
            case DictValue(items):
                return self.op("dict", *items.values(), keys=tuple(items))
            case Shape(array):
                return self.op("shape_of", array)
            case Flat(array):
                return self.op("flatten", array)
            case Static(obj) | Instance(value=obj):
                return Literal(obj)
            case Choice(selector, options):
                return self.op("item", TupleValue(options), selector)
            case Poison(message, hint):
                self.fail("TC114", f"a value {message}", hint=hint)
            case RangeValue(Literal(start), Literal(stop), Literal(step)):
                return Literal(range(start, stop, step))
        if is_callable(value):
            for loop in reversed(self.loops):
                if loop.unroll is not None:
                    raise Unroll(loop.node)  # trip by trip, the function is known
        cls = value.cls if isinstance(value, ObjectValue) else type(value)
        what = "a function defined here" if is_callable(value) else f"a {cls.__name__} object"
        self.fail("TC109", f"{what} cannot be handed to code that is not differentiated")

    def constant(self, value: Value) -> Literal | None:
        """A value as one literal, if it is known at compile time and immutable."""
        match value:
            case Literal():
                return None if is_undefined(value) else value
            case Static(obj):
                return Literal(obj)
            case TupleValue(items=items, cls=None):
                known = [self.constant(item) for item in items]
                return (
                    None
                    if None in known
                    else Literal(tuple(item.value for item in known if item is not None))
                )
            case SliceValue(start, stop, step):
                parts = [self.constant(part) for part in (start, stop, step)]
                return (
                    None
                    if None in parts
                    else Literal(slice(*(part.value for part in parts if part is not None)))
                )
        return None

    def path_of(self, value: Var) -> Path | None:
        """Where the value of a parameter or of captured data comes from; None for any other value."""
        if value in self.captures.captured:
            return ("captured", self.captures.captured[value].origin)
        return self.paths.get(value)

    def static(self, value: Value, what: str) -> Any:
        """The Python value that a static attribute needs.

        Raises:
            Promote: a parameter decides it; the caller lowers again with the parameter as a constant.
        """
        match value:
            case Literal() if not is_undefined(value):
                return value.value
            case Static(obj) | Instance(value=obj):
                return obj
            case TupleValue(items=items):
                return tuple(self.static(item, what) for item in items)
            case Ref():
                return self.static(self.contents(value), what)
            case ListValue(items):
                return [self.static(item, what) for item in items]
            case DictValue(items):
                return {key: self.static(item, what) for key, item in items.items()}
            case SliceValue(start, stop, step):
                return slice(*(self.static(part, what) for part in (start, stop, step)))
            case RangeValue(start, stop, step):
                return range(*(self.static(part, what) for part in (start, stop, step)))
            case Var() if (path := self.path_of(value)) is not None:
                message = f"{what} must be known when the function is compiled, and cannot be differentiated"
                hint = "choose other arguments with argnums"
                raise Promote(path, self.error("TC112", message, hint=hint))
        self.fail("TC112", f"{what} must be known when the function is compiled", hint="pass a constant")
