"""Random programs as a person might write them, as text.

A `Writer` keeps track of the names that are bound on every path and of their shapes, so each program
runs for every trip count and branch.  Expressions stay in a range where they are smooth and of moderate
size: products are damped, denominators are at least one.
"""

from __future__ import annotations

import itertools
import linecache
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st

from tests.fuzz.containers import CLASS, Containers, Held

__all__ = ["RandomProgram", "programs"]

Shape = tuple[int, ...]

SCALARS = ("s", "t", "u", "w")
ARRAYS = ("a", "b", "c", "d", "e")
CONSTANTS = ("0.137", "0.731", "1.193", "-0.457", "2.0", "-1.0")
PARAMETERS: dict[str, Shape] = {"x": (4,), "y": (4,), "m": (3, 4), "r": ()}
LARGEST_TRIPS = 3

_numbers = itertools.count()


@dataclass(eq=False)
class RandomProgram:
    """A function f(x, y, m, r, n): vectors of 4, a matrix of 3 by 4, a float and a trip count."""

    text: str
    n: int
    seed: int
    function: Callable[..., Any] = field(init=False)

    def __post_init__(self) -> None:
        name = f"<random program {next(_numbers)}>"
        linecache.cache[name] = (len(self.text), None, self.text.splitlines(keepends=True), name)
        scope: dict[str, Any] = {"np": np, "__name__": "random_program"}
        exec(compile(self.text, name, "exec"), scope)
        self.function = scope["f"]

    def arguments(self) -> tuple[Any, ...]:
        generator = np.random.default_rng(self.seed)
        drawn = [generator.uniform(-1.5, 1.5, shape) for shape in PARAMETERS.values()]
        return (*drawn[:-1], float(drawn[-1]), self.n)

    def __repr__(self) -> str:
        return f"n = {self.n}, seed = {self.seed}\n\n{self.text}"


class Writer(Containers):
    """Writes one function; `draw` chooses."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any], helpers: list[Helper]) -> None:
        self.draw = draw
        self.helpers = helpers
        self.lines: list[str] = []
        self.indent = 1
        self.shapes: dict[str, Shape] = {}
        self.ints: dict[str, int] = {}  # exclusive upper bounds
        self.pairs: list[str] = []  # literals of two vectors of 4
        self.fixed: list[dict[str, Shape]] = []  # shapes that an enclosing loop or closure relies on
        self.loops: list[str] = []
        self.budget = 0
        self.counters = itertools.count(1)
        self.ends: list[Any] = []  # what is known of containers at the ends of branches
        self.result: Callable[[], str] = lambda: "0.0"
        self.start()

    # --- choosing ---------------------------------------------------------------------------------

    def one_of(self, options: Any) -> Any:
        return self.draw(st.sampled_from(list(options)))

    def chance(self, percent: int) -> bool:
        return bool(self.draw(st.integers(0, 99)) < percent)

    def between(self, low: int, high: int) -> int:
        return int(self.draw(st.integers(low, high)))

    def emit(self, line: str) -> None:
        self.lines.append("    " * self.indent + line)

    @contextmanager
    def nested(self, header: str) -> Any:
        self.emit(header)
        self.indent += 1
        start = len(self.lines)
        yield
        if len(self.lines) == start:
            self.emit("pass")
        self.indent -= 1

    def known(self) -> dict[str, Shape]:
        """Names, and entries of containers, with their shapes."""
        return self.shapes | self.entries()

    def names(self, shape: Shape | None = None, rank: int | None = None) -> list[str]:
        return [
            name
            for name, own in self.known().items()
            if (shape is None or own == shape) and (rank is None or len(own) == rank)
        ]

    def may_bind(self, name: str, shape: Shape) -> bool:
        return all(known.get(name, shape) == shape for known in self.fixed)

    def target_of(self, pool: str, shape: Shape) -> str | None:
        return self.target({"scalars": SCALARS, "arrays": ARRAYS}[pool], shape)

    def target(self, pool: tuple[str, ...], shape: Shape) -> str | None:
        options = [name for name in pool if self.may_bind(name, shape)]
        return self.one_of(options) if options else None

    # --- expressions ------------------------------------------------------------------------------

    def index(self, size: int) -> str:
        """An index into an axis of that size."""
        usable = [name for name, bound in self.ints.items() if bound <= size]
        if usable and self.chance(60):
            name = self.one_of(usable)
            return self.one_of([name, f"{name} - 1"])
        return str(self.between(-size, size - 1))

    def slices(self, size: int, length: int) -> list[str]:
        """Slices of an axis of that size that have a given length."""
        found = []
        if length == size:
            found += [":", "::-1"]
        if length == 0 or length > size:
            return found
        start = self.between(0, size - length)
        found.append(f"{start}:{start + length}")
        if 0 < length < size:
            found += [f":{length}", f"-{length}:"]
        if (size + 1) // 2 == length:
            found.append("::2")
        found += [
            f"{name}:{name} + {length}" for name, bound in self.ints.items() if bound - 1 + length <= size
        ]
        return found

    def views(self, shape: Shape) -> list[str]:
        """Expressions that are views of a name, of a given shape."""
        found: list[str] = []
        for pair in self.pairs:
            found += [f"{pair}[{part}]{rest}" for part, rest in self.parts(shape)]
        if shape:
            found += self.readable(shape)
        for name, own in self.known().items():
            if len(own) == 1 and len(shape) == 1:
                found += [f"{name}[{part}]" for part in self.slices(own[0], shape[0])]
            elif len(own) == 2 and len(shape) == 1:
                rows, columns = own
                found += [f"{name}[{self.index(rows)}, {part}]" for part in self.slices(columns, shape[0])]
                found += [f"{name}[{part}, {self.index(columns)}]" for part in self.slices(rows, shape[0])]
                if columns == shape[0]:
                    found.append(f"{name}[{self.index(rows)}]")
                if rows * columns == shape[0]:
                    found += [f"{name}.ravel()", f"{name}.reshape(-1)", f"{name}.T.ravel()"]
                if columns == shape[0]:
                    found += [f"np.ascontiguousarray({name}[{self.index(rows)}])", f"{name}[::-1][0, ...]"]
                if rows == columns == shape[0]:
                    found += [f"np.diagonal({name})", f"np.diag({name})"]
            elif len(own) == 2 and len(shape) == 2:
                if own == shape[::-1]:
                    found.append(f"{name}.T")
                one, two = self.slices(own[0], shape[0]), self.slices(own[1], shape[1])
                if one and two:
                    found.append(f"{name}[{self.one_of(one)}, {self.one_of(two)}]")
            elif len(own) == 1 and len(shape) == 2 and own[0] == shape[0] * shape[1]:
                found.append(f"{name}.reshape({shape[0]}, {shape[1]})")
        return found

    def parts(self, shape: Shape) -> list[tuple[str, str]]:
        """An entry of a pair, and the subscript that gives it that shape."""
        which = self.index(2)
        if len(shape) != 1:
            return [(which, "[None]")] if shape == (1, 4) else []
        return [(which, "" if part == ":" else f"[{part}]") for part in self.slices(4, shape[0])]

    def integers(self, size: int, length: int) -> str:
        """A list of integer indices, repeats included."""
        return "[" + ", ".join(str(self.between(-size, size - 1)) for _ in range(length)) + "]"

    def scalar(self, depth: int = 2) -> str:
        kind = self.between(0, 9)
        if depth <= 0 or kind <= 3:
            return self.scalar_leaf()
        if kind == 4:
            return f"{self.one_of(['np.sin', 'np.tanh', 'np.cos'])}({self.scalar(depth - 1)})"
        if kind == 5:
            return f"({self.scalar(depth - 1)} {self.one_of('+-')} {self.scalar(depth - 1)})"
        if kind == 6:
            return f"0.5 * {self.scalar(depth - 1)} * {self.scalar(depth - 1)}"
        if kind == 7:
            return f"{self.scalar(depth - 1)} / (1.0 + ({self.scalar_leaf()}) ** 2)"
        if kind == 8:
            shape = self.one_of([(2,), (3,), (4,)])
            reduction = self.one_of(["np.sum({0})", "np.mean({0})", "{0}.sum()", "({0} @ {0})"])
            return reduction.format(f"({self.array(shape, depth - 1)})") + " * 0.3"
        return f"({self.scalar(depth - 1)} if {self.condition()} else {self.scalar(depth - 1)})"

    def trips(self) -> str:
        return str(self.one_of(["n", "n", "2"] if "n" in self.ints else ["2", "3"]))

    def scalar_leaf(self) -> str:
        return str(self.one_of(CONSTANTS)) if self.chance(10) else self.variable()

    def variable(self) -> str:
        options = self.names(()) + self.readable(())
        for name, own in self.known().items():
            if own:
                options.append(f"{name}[{', '.join(self.index(size) for size in own)}]")
        options += [f"0.1 * {name}" for name in self.ints]
        return str(self.one_of(options))

    def array(self, shape: Shape, depth: int = 2) -> str:
        kind = self.between(0, 12)
        leaves = self.names(shape) + self.views(shape)
        if leaves and (depth <= 0 or kind <= 3):
            return str(self.one_of(leaves))
        if depth <= 0:
            return f"np.full({shape}, {self.scalar_leaf()})"
        if kind <= 4:
            return f"{self.one_of(['np.sin', 'np.tanh', 'np.cos'])}({self.array(shape, depth - 1)})"
        if kind <= 6:
            other = self.array(shape, depth - 1) if self.chance(70) else self.scalar(depth - 1)
            return f"({self.array(shape, depth - 1)} {self.one_of('+-')} {other})"
        if kind <= 8:
            other = self.array(shape, depth - 1) if self.chance(70) else self.scalar(depth - 1)
            return f"0.5 * {self.array(shape, depth - 1)} * {other}"
        if kind == 9:
            inner = self.array(shape, 0)
            return f"{self.array(shape, depth - 1)} / (1.0 + {inner} ** 2)"
        if kind == 10:
            inner = self.array(shape, 0)
            return f"np.where({inner} > {self.one_of(CONSTANTS)}, {self.array(shape, depth - 1)}, {inner})"
        if len(shape) == 1:
            matrices = [name for name in self.names(rank=2) if self.shapes[name][0] == shape[0]]
            if matrices and kind == 11:
                name = self.one_of(matrices)
                return f"0.3 * ({name} @ {self.array((self.shapes[name][1],), 0)})"
            known = self.known()
            sources = [name for name in self.names(rank=1) if known[name][0] > 0]
            if sources:
                name = self.one_of(sources)
                return f"{name}[{self.integers(known[name][0], shape[0])}]"
        if len(shape) == 2:
            return f"0.5 * np.outer({self.array(shape[:1], 0)}, {self.array(shape[1:], 0)})"
        return f"np.full({shape}, {self.scalar_leaf()})"

    def fresh(self, shape: Shape) -> str:
        """An array that is new memory."""
        source = self.array(shape)
        return self.one_of(
            [f"{source} * 1.0", f"np.tanh({source})", f"({source}).copy()", "np.zeros({})".format(shape)]
        )

    def condition(self) -> str:
        """A comparison whose sides are almost never equal."""
        if self.ints and self.chance(20):
            name = self.one_of(self.ints)
            return str(self.one_of([f"{name} == 1", f"{name} % 2 == 0", f"{name} < 2", f"{name} > 0"]))
        if (self.lists or self.tables) and self.chance(20):
            return str(self.one_of(self.tests()))
        test = f"{self.variable()} {self.one_of('<>')} {self.one_of(CONSTANTS)}"
        if self.chance(15):
            test = f"{test} {self.one_of(['and', 'or'])} {self.variable()} > {self.one_of(CONSTANTS)}"
        if self.chance(10):
            test = f"not ({test})"
        return test

    # --- statements -------------------------------------------------------------------------------

    def block(self, size: int) -> None:
        for _ in range(size):
            if self.budget <= 0:
                return
            self.budget -= 1
            self.statement()

    def statement(self) -> None:
        deep = self.indent > 3
        options: list[tuple[int, Callable[[], None]]] = [
            (3, self.assign_scalar),
            (3, self.assign_array),
            (4, self.assign_view),
            (2, self.assign_alias),
            (2, self.assign_pair),
            (2 if self.pairs else 0, self.store_in_pair),
            (1, self.empty_view),
            (7, self.store),
            (3, self.augment_name),
            (2, self.swap),
            (1, self.accumulate),
            (0 if deep else 4, self.branch),
            (0 if deep else 4, self.for_loop),
            (0 if deep else 2, self.while_loop),
            (3 if self.loops else 0, self.leave_loop),
            (1, self.early_return),
            (3 if self.helpers else 0, self.call_helper),
            (1 if self.indent == 1 else 0, self.closure),
            *((self.focus * weight, write) for weight, write in self.container_statements()),
        ]
        total = sum(weight for weight, _ in options)
        choice = self.between(0, total - 1)
        for weight, write in options:
            choice -= weight
            if choice < 0:
                write()
                return

    def assign_scalar(self) -> None:
        name = self.target(SCALARS, ())
        if name is not None:
            self.emit(f"{name} = {self.scalar()}")
            self.shapes[name] = ()

    def some_shape(self) -> Shape:
        return tuple(self.one_of([(4,), (4,), (4,), (3,), (2,), (3, 4), (2, 2)]))

    def bind(self, value: Callable[[Shape], str | None]) -> None:
        shape = self.some_shape()
        name = self.target(ARRAYS, shape)
        if name is None:
            return
        text = value(shape)
        if text is not None:
            self.emit(f"{name} = {text}")
            self.shapes[name] = shape

    def assign_array(self) -> None:
        self.bind(self.fresh)

    def assign_view(self) -> None:
        self.bind(lambda shape: self.one_of(self.views(shape) or [None]))

    def assign_alias(self) -> None:
        def alias(shape: Shape) -> str | None:
            names = self.names(shape)
            if len(names) > 1 and self.chance(40):
                return f"{self.one_of(names)} if {self.condition()} else {self.one_of(names)}"
            return str(self.one_of(names)) if names else None

        self.bind(alias)

    def assign_pair(self) -> None:
        """A tuple or list of two arrays, which are written and read through it."""
        name = f"pair{next(self.counters)}"
        one, two = (self.one_of(self.names((4,)) + self.views((4,))) for _ in range(2))
        if self.chance(20):
            two = self.fresh((4,))
        self.emit(f"{name} = {self.one_of(['({}, {})', '[{}, {}]']).format(one, two)}")
        self.pairs.append(name)
        if self.chance(30):
            with self.nested(f"for p{name} in {name}:"):
                self.emit(f"p{name}[{self.index(4)}] {self.one_of(['=', '+='])} {self.scalar(1)}")
                self.emit(f"p{name} *= 0.9")

    def store_in_pair(self) -> None:
        pair, which = self.one_of(self.pairs), self.index(2)
        place = self.one_of([self.index(4), *self.slices(4, 2)])
        self.emit(f"{pair}[{which}][{place}] {self.one_of(['=', '+=', '-='])} {self.scalar(1)}")

    def empty_view(self) -> None:
        """A view without elements, written."""
        number = next(self.counters)
        name = self.one_of(self.names(rank=1))
        index = self.one_of([*self.ints, "0", "2"])
        form = self.one_of(["{0}[{1}:{1}]", "{0}[:0].reshape(-1)", "{0}[:0]"])
        self.emit(f"none{number} = {form.format(name, index)}")
        self.emit(f"none{number} *= {self.scalar(0)}")

    def store(self) -> None:
        known = self.known()
        name = self.one_of(name for name, shape in known.items() if shape and 0 not in shape)
        shape = known[name]
        kind = self.between(0, 9)
        operator = self.one_of(["=", "=", "+=", "-=", "*="])
        if kind <= 3:
            place = ", ".join(self.index(size) for size in shape)
            if self.chance(15):
                operator, value = "=", self.one_of(CONSTANTS)
            else:
                value = self.scalar()
        elif kind <= 6:
            lengths = tuple(self.between(1, size) for size in shape)
            place = ", ".join(self.one_of(self.slices(s, k)) for s, k in zip(shape, lengths))
            value = self.array(lengths) if self.chance(75) else self.scalar()
        elif kind == 7 and len(shape) == 2:
            place, value = self.index(shape[0]), self.array(shape[1:])
            if self.chance(50):
                place, value = f"..., {self.index(shape[1])}", self.array(shape[:1])
        elif kind == 9 and len(shape) == 2 and self.chance(60):
            length = self.between(1, 3)
            place = ", ".join(self.integers(size, length) for size in shape)
            value = self.array((length,), 1)
        elif kind <= 8:
            place = f"{self.array(shape, 0)} > {self.one_of(CONSTANTS)}"
            value = self.one_of([self.scalar(1), self.one_of(CONSTANTS)])
        else:
            length = self.between(1, 3)
            place = self.integers(shape[0], length)
            value = self.array((length, *shape[1:]), 1)
        if operator == "*=":
            value = f"np.cos({value})"
        self.emit(f"{name}[{place}] {operator} {value}")

    def augment_name(self) -> None:
        """x += …: writes an array, rebinds a number."""
        known = self.known()
        name = self.one_of(known)
        shape = known[name]
        if shape:
            value = self.array(shape, 1) if self.chance(70) else self.scalar(1)
        else:
            value = self.scalar(1)
        operator = self.one_of(["+=", "-=", "*="])
        self.emit(f"{name} {operator} {f'np.cos({value})' if operator == '*=' else value}")

    def swap(self) -> None:
        if self.chance(30):
            name = self.one_of(self.names(rank=1))
            size = self.known()[name][0]
            i, j = self.index(size), self.index(size)
            self.emit(f"{name}[{i}], {name}[{j}] = {name}[{j}], {name}[{i}]")
            return
        known = self.known()
        pairs = [(one, two) for one, two in itertools.combinations(known, 2) if known[one] == known[two]]
        if pairs:
            one, two = self.one_of(pairs)
            self.emit(f"{one}, {two} = {two}, {one}")

    def accumulate(self) -> None:
        """A number that becomes an array in a loop, if the loop runs."""
        name = self.target(ARRAYS, (4,))
        if name is None or "acc" in self.shapes:
            return
        term = self.array((4,), 1)
        self.emit("acc = 0.0")
        with self.nested(f"for _ in range({self.trips()}):"):
            self.emit(f"acc = acc * 0.5 + {term}")
        self.emit(f"{name} = np.full(4, 0.1)")  # what may be a number is no array to be written
        self.emit(f"{name}[:] = {self.array((4,), 0)} + acc")
        self.shapes[name] = (4,)

    def in_branch(self, size: int) -> dict[str, Shape]:
        """Writes a branch and returns the shapes at its end; what else is known is as before."""
        before, ints, pairs, held = dict(self.shapes), dict(self.ints), list(self.pairs), self.snapshot()
        self.block(size)
        after, self.shapes, self.ints, self.pairs = self.shapes, before, ints, pairs
        self.ends.append(self.snapshot())
        self.restore(held)
        return after

    def branch(self) -> None:
        held, ends, self.ends = self.snapshot(), self.ends, []
        with self.nested(f"if {self.condition()}:"):
            outcomes = [self.in_branch(self.between(1, 3))]
        if self.chance(30):
            with self.nested(f"elif {self.condition()}:"):
                outcomes.append(self.in_branch(self.between(1, 2)))
        if self.chance(60):
            with self.nested("else:"):
                outcomes.append(self.in_branch(self.between(1, 3)))
        else:
            outcomes.append(dict(self.shapes))
        self.meet([held, *self.ends])
        self.ends = ends
        first, *others = outcomes
        self.shapes = {
            name: shape for name, shape in first.items() if all(o.get(name) == shape for o in others)
        }

    def body(self, variables: dict[str, int], size: int) -> None:
        entry, ints, pairs = dict(self.shapes), dict(self.ints), list(self.pairs)
        self.ints.update(variables)
        self.fixed.append(entry)
        self.loops.append("loop")
        with self.each_trip():
            self.block(size)
        self.loops.pop()
        self.fixed.pop()
        self.shapes, self.ints, self.pairs = entry, ints, pairs

    def for_loop(self) -> None:
        size = self.between(1, 5)
        number = next(self.counters)
        i, v = f"i{number}", f"v{number}"
        kind = self.between(0, 6)
        vectors = self.names(rank=1)
        if kind <= 2 or not vectors:
            bound, trips = self.one_of([(self.trips(), LARGEST_TRIPS), ("3", 3), ("4", 4)])
            header = self.one_of([f"range({bound})", f"range({bound})", f"reversed(range({bound}))"])
            with self.nested(f"for {i} in {header}:"):
                self.body({i: trips}, size)
        elif kind == 3:
            matrix = self.one_of(self.names(rank=2) or [None])
            if matrix is None:
                return
            with self.nested(f"for {v} in {matrix}:"):
                self.with_value(v, self.shapes[matrix][1:], {}, size)
        elif kind == 6:
            matrix = self.one_of(self.names(rank=2) or [None])
            if matrix is None:
                return
            columns = self.shapes[matrix][1:]
            with self.nested(
                f"for {v}, w{number} in zip({matrix}, {self.one_of([matrix, f'{matrix}[::-1]'])}):"
            ):
                self.shapes[f"w{number}"] = columns
                self.with_value(v, columns, {}, size)
                del self.shapes[f"w{number}"]
        else:
            name = self.one_of(vectors)
            length = self.known()[name][0]
            if kind == 4:
                with self.nested(f"for {i}, {v} in enumerate({name}):"):
                    self.with_value(v, (), {i: length}, size)
            else:
                with self.nested(f"for {v} in {self.one_of([name, f'reversed({name})'])}:"):
                    self.with_value(v, (), {}, size)

    def with_value(self, name: str, shape: Shape, ints: dict[str, int], size: int) -> None:
        """The body of a loop over values: the variable may not be rebound to another shape."""
        self.shapes[name] = shape
        self.body(ints, size)
        del self.shapes[name]

    def while_loop(self) -> None:
        k = f"k{next(self.counters)}"
        bound = self.between(1, 3)
        self.emit(f"{k} = 0")
        if self.chance(25):
            with self.nested("while True:"):
                self.emit(f"{k} += 1")
                with self.nested(f"if {k} > {bound}:"):
                    self.emit("break")
                self.body({k: bound + 1}, self.between(1, 3))
        else:
            test = f"{k} < {bound}" + (f" and ({self.condition()})" if self.chance(60) else "")
            with self.nested(f"while {test}:"):
                self.emit(f"{k} += 1")
                self.body({k: bound + 1}, self.between(1, 3))

    def leave_loop(self) -> None:
        with self.nested(f"if {self.condition()}:"):
            if self.chance(40):
                self.in_branch(1)
                self.ends.pop()
            self.emit(self.one_of(["break", "continue"]))

    def early_return(self) -> None:
        if self.indent > 1:
            with self.nested(f"if {self.condition()}:"):
                self.emit(f"return {self.result()}")

    def call_helper(self) -> None:
        helper = self.one_of(self.helpers)
        first = self.first_argument(helper.takes)
        if first is None:
            return
        arguments = f"{first}, {self.scalar(1)}"
        if helper.recursive:
            arguments += f", {self.between(0, 2)}"
        self.take(f"{helper.name}({arguments})", helper.shape)

    def first_argument(self, takes: Any) -> str | None:
        """What a helper changes; None if there is nothing of that sort."""
        if takes == "vectors":
            vectors = self.names((4,)) + self.views((4,))
            return f"{self.one_of(vectors)}, {self.one_of(vectors)}"
        if takes == "object":
            return self.one_of(self.objects) if self.objects and not self.kept.root().pinned else None
        free = [name for name in self.of(takes) if not self.lists[name].root().pinned]
        free = [name for name in free if self.lists[name].root().low]
        return self.one_of(free) if free else None

    def closure(self) -> None:
        """An inner function that reads and writes what it captures, called later in a loop."""
        name = f"g{next(self.counters)}"
        free = [s for s in SCALARS if s in self.shapes]
        array = self.one_of([a for a in self.names((4,))])
        inner = self.scalar(1)
        self.fixed.append(dict(self.shapes))  # what it captures keeps its shape from here on
        with self.nested(f"def {name}(z):"):
            if free and self.chance(50):
                changed = self.one_of(free)
                self.emit(f"nonlocal {changed}")
                self.emit(f"{changed} = np.sin({changed}) + 0.3 * z")
            self.emit(f"{array}[{self.between(0, 3)}] {self.one_of(['=', '+='])} z * {inner}")
            grown = [one for one in self.of(()) if not self.lists[one].root().pinned]
            if grown and self.chance(60):
                grown = self.one_of(grown)
                self.emit(f"{grown}.append({self.one_of(['z', *free, f'z * {inner}'])})")
                self.emit(f"{grown}[-1] *= {grown}[0]")
            self.emit(f"return np.tanh({array}[{self.between(0, 3)}] + {inner})")
        target = self.target(SCALARS, ())
        if target is not None:
            with self.nested(f"for j{name} in range({self.trips()}):"):
                self.emit(f"{target} = {name}({self.scalar(1)})")
                self.emit(f"{array}[j{name}] += {target}")
            self.emit(f"{target} = {name}({self.scalar(1)})")
            self.shapes[target] = ()


@dataclass(frozen=True)
class Helper:
    """A function of the module that changes what it is given.

    takes: "vectors" for (v, q, z), two vectors of 4 and a number; "object" for (o, z); for (v, z) what the list v
    holds. A recursive one has one more parameter, `depth`.
    """

    name: str
    takes: Any
    shape: Any
    recursive: bool
    text: str


CHAIN = Helper(
    "chain",
    (),
    (),
    True,
    """def chain(v, z, depth):
    if depth >= len(v):
        return z
    return np.sin(v[depth]) * chain(v, 0.5 * z + v[-1], depth + 1) + v[0]""",
)


def _helper(draw: Callable[[st.SearchStrategy[Any]], Any], name: str, has_class: bool) -> Helper:
    writer = Writer(draw, [])
    writer.has_class = has_class
    takes: Any = writer.one_of(["vectors", "vectors", (), (4,)] + ["object"] * has_class)
    shape: Any = writer.one_of([(), (4,)] + ["object"] * (takes == "object"))
    writer.shapes = {"z": ()}
    parameters = {"vectors": "v, q, z", "object": "o, z"}.get(takes, "v, z")
    if takes == "vectors":
        writer.shapes |= {"v": (4,), "q": (4,)}
    elif takes == "object":
        writer.know_object("o")
    else:
        writer.lists["v"] = Held(takes, 1, floor=1, sure=False)
        if takes == ():
            writer.emit("b = np.full(4, z)")
            writer.shapes["b"] = (4,)
            writer.fixed.append({"b": (4,)})
    recursive = takes == "vectors" and writer.chance(40)

    def vector() -> str:
        references = writer.names((4,)) + writer.views((4,))
        if writer.chance(5 if recursive else 40):  # those of a recursive function may not be written
            return str(writer.one_of(references))
        return writer.array((4,), 1) + " * 1.0"

    results = {(): lambda: writer.scalar(1), (4,): vector, "object": lambda: writer.one_of(writer.objects)}
    writer.result = results[shape]
    writer.budget = writer.between(1, 4)
    if recursive:
        with writer.nested("if depth <= 0:"):
            writer.emit(f"return {writer.result()}")
        if writer.chance(90):
            writer.emit(
                "v, q = v.copy(), q.copy()"
            )  # a recursive function that writes its argument is refused
    writer.block(4)
    if recursive:
        again = f"{name}({writer.array((4,), 0)}, {writer.array((4,), 0)}, {writer.scalar(1)}, depth - 1)"
        writer.emit(f"return 0.5 * {again} + {writer.result()}")
    else:
        writer.emit(f"return {writer.result()}")
    header = f"def {name}({parameters}{', depth' if recursive else ''}):"
    return Helper(name, takes, shape, recursive, "\n".join([header, *writer.lines]))


def _class(draw: Callable[[st.SearchStrategy[Any]], Any]) -> str:
    """The class of the objects, with a method of its own."""
    writer = Writer(draw, [])
    writer.has_class = True
    writer.indent = 2
    writer.shapes = {"z": ()}
    writer.know_object("self")
    writer.result = lambda: writer.scalar(1)
    writer.budget = writer.between(1, 2)
    writer.block(2)
    writer.emit(f"return {writer.result()}")
    return CLASS.format(push="\n".join(writer.lines))


@st.composite
def programs(draw: Callable[[st.SearchStrategy[Any]], Any], size: int = 16) -> RandomProgram:
    """A random program with its trip count and the seed of its arguments."""
    has_class = draw(st.integers(0, 99)) < 40
    helpers = [_helper(draw, f"h{k}", has_class) for k in range(draw(st.integers(0, 2)))]
    helpers += [CHAIN] * (draw(st.integers(0, 99)) < 30)
    writer = Writer(draw, helpers)
    writer.has_class = has_class
    writer.focus = writer.one_of([1, 4, 8])
    writer.shapes = dict(PARAMETERS)
    writer.ints = {"n": LARGEST_TRIPS + 1}

    def result() -> str:
        vectors = writer.names((4,))
        return f"{writer.scalar(1)}, {writer.one_of(vectors)}, {writer.one_of(vectors)} * {writer.one_of(vectors)}"

    writer.result = result
    writer.budget = writer.between(5, size)
    writer.emit("s = r * x[0]")
    writer.emit("a = x * y[1]")
    writer.shapes |= {"s": (), "a": (4,)}
    writer.opening()
    if writer.chance(70):
        writer.for_loop()
    writer.block(size)
    writer.digest()
    writer.emit(f"return {result()} + check")
    parts = ["from collections import defaultdict"] + [_class(draw)] * has_class
    parts += [helper.text for helper in helpers] + ["\n".join(["def f(x, y, m, r, n):", *writer.lines])]
    return RandomProgram(
        "\n\n\n".join(parts) + "\n", n=draw(st.sampled_from([0, 1, 2, 3, 3])), seed=draw(st.integers(0, 99))
    )
