"""Statements of random programs that make, change, alias and read lists, dicts and objects.

What is known of a container is what holds on every path: a list is at least so long, an entry has that shape.
Entries at known places (`l1[0]`, `d2['p']`, `o3.v`) are used like names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = ["CLASS", "Containers", "Held"]

Shape = tuple[int, ...]

NUMBER: Shape = ()
VECTOR: Shape = (4,)
PAIR, OBJECT, ROW = "pair", "object", "row"
"""What else lists hold: a number and a vector in a tuple, an object, a list of at least two numbers."""

CLASS = """class P:
    def __init__(self, p, v):
        self.p = p
        self.v = v
        self.kept = []

    def push(self, z):
{push}

    def swap(self, other):
        self.v, other.v = other.v, self.v

    def keep(self, z):
        self.kept.append(z * self.p)
        return self

    @property
    def size(self):
        return np.sum(self.v) * 0.3 + self.p"""


@dataclass(eq=False)
class Held:
    """What is known of a list: what it holds and how long it is at least.

    floor: what an enclosing loop relies on.  sure: it is one list, not one of several.  pinned: it is iterated.
    """

    item: Any
    low: int
    floor: int = 0
    sure: bool = True
    pinned: int = 0
    same: Held | None = None

    def root(self) -> Held:
        return self if self.same is None else self.same.root()

    def merge(self, other: Held) -> None:
        """From here on each may be the other."""
        one, two = self.root(), other.root()
        if one is not two:
            one.low, one.floor = min(one.low, two.low), max(one.floor, two.floor)
            one.pinned += two.pinned
            one.sure = False
            two.same = one


@dataclass(eq=False)
class Table:
    """What is known of a dict with integer keys. default: a missing entry is made when it is read."""

    item: Shape
    default: bool = False
    pinned: int = 0


class Containers:
    """A part of the `Writer`."""

    def start(self) -> None:
        self.lists: dict[str, Held] = {}
        self.tables: dict[str, Table] = {}
        self.objects: list[str] = []
        self.kept = Held(NUMBER, 0, sure=False)  # of any object
        self.has_class = False
        self.focus = 1  # how much more often than other statements these come

    # --- what is known ----------------------------------------------------------------------------

    def snapshot(self) -> tuple[Any, ...]:
        held = {one.root() for one in self.lists.values()}
        lows = {one: one.low for one in sorted(held, key=lambda one: one.low)}
        return dict(self.lists), dict(self.tables), list(self.objects), lows

    def restore(self, saved: tuple[Any, ...]) -> None:
        lists, tables, objects, lows = saved
        self.lists, self.tables, self.objects = dict(lists), dict(tables), list(objects)
        for held, low in lows.items():
            held.root().low = low
        for held, low in lows.items():
            held.root().low = min(held.root().low, low)

    def meet(self, saved: list[tuple[Any, ...]]) -> None:
        """After a branch: of each list the shortest; names that all paths know."""
        first, *others = saved
        self.restore(first)
        for _, _, _, lows in others:
            for held, low in lows.items():
                held.root().low = min(held.root().low, low)

    @contextmanager
    def each_trip(self) -> Iterator[None]:
        """A loop: what is known at its start must hold at the start of each trip."""
        saved = self.snapshot()
        held = {one.root() for one in self.lists.values()}
        floors = [(one, one.floor) for one in held]
        for one, _ in floors:
            one.floor = max(one.floor, one.low)
        yield
        for one, floor in floors:
            one.floor = floor
        self.restore(saved)

    @contextmanager
    def pinned(self, container: Held | Table) -> Iterator[None]:
        """While it is iterated a container keeps its length."""
        container.pinned += 1
        yield
        container.pinned -= 1
        if isinstance(container, Held) and container.root() is not container:
            container.root().pinned -= 1

    def entries(self) -> dict[str, Shape]:
        """Entries of containers that can be read and written as names are."""
        found: dict[str, Shape] = {}
        latest = list(self.ints)[-1:]
        for name, held in self.lists.items():
            own = held.root()
            if own.item == PAIR or own.low == 0:
                continue
            places = ["0", "-1"] if own.low == 1 else ["0", "1", "-1"]
            places += [i if self.ints[i] <= own.low else f"{i} % len({name})" for i in latest]
            for place in places:
                entry = f"{name}[{place}]"
                if own.item == OBJECT:
                    found |= {f"{entry}.p": NUMBER, f"{entry}.v": VECTOR}
                elif own.item == ROW:
                    found |= {f"{entry}[0]": NUMBER, f"{entry}[-1]": NUMBER}
                else:
                    found[entry] = own.item
        return found

    def readable(self, shape: Shape) -> list[str]:
        """What can only be read: entries of tuples, of dicts that may lack them, sums."""
        found = []
        for name, held in self.lists.items():
            own = held.root()
            if own.item == PAIR and own.low > 0:
                found.append(f"{name}[-1]{'[1]' if shape else '[0]'}" if shape in (NUMBER, VECTOR) else "")
            if shape == NUMBER:
                found.append(f"0.1 * len({name})")
            if own.item == shape and (own.low > 0 or shape == NUMBER):
                found.append(f"(0.3 * sum({name}))")
        for name, table in self.tables.items():
            if table.item == shape == NUMBER:
                found.append(f"{name}.get({self.key()}, 0.731)")
                if table.default:
                    found.append(f"{name}[{self.key()}]" if not table.pinned else "")
        if shape == NUMBER:
            found += [f"{name}.size" for name in self.objects]
        return [text for text in found if text]

    def of(self, *items: Any) -> list[str]:
        """The lists that hold such entries."""
        return [name for name, held in self.lists.items() if held.root().item in items]

    def key(self) -> str:
        """An integer key, known or not."""
        usable = list(self.ints)
        if usable and self.chance(60):
            name = self.one_of(usable)
            return str(self.one_of([name, f"{name} % 2", f"{name} + 1"]))
        return str(self.between(0, 3))

    def new(self, prefix: str) -> str:
        return f"{prefix}{next(self.counters)}"

    def tests(self) -> list[str]:
        """Conditions on containers."""
        found = []
        for name in self.lists:
            found += [f"len({name}) > {self.between(0, 3)}", f"{name}", f"len({name}) % 2 == 0"]
        for name in self.tables:
            found += [f"{self.key()} in {name}", f"{self.key()} not in {name}", f"len({name}) > 1"]
        if len(self.objects) > 1:
            found.append(f"{self.objects[0]} is {self.objects[-1]}")
        return found

    # --- values -----------------------------------------------------------------------------------

    def item(self, item: Any, depth: int = 1) -> str:
        """An expression for an entry; of arrays often one that exists already."""
        if item == NUMBER:
            return (
                str(self.scalar(depth)) if self.chance(75) else str(self.one_of(["0.0", "1.5", *self.ints]))
            )
        if item == VECTOR:
            if self.chance(50):
                return str(self.one_of(self.names(VECTOR) + self.views(VECTOR)))
            return f"{self.array(VECTOR, depth)} * 1.0"
        if item == PAIR:
            return f"({self.scalar(depth)}, {self.item(VECTOR, depth)})"
        if item == ROW:
            rows = [f"{name}[0]" for name in self.of(ROW) if self.lists[name].root().low]
            if rows and self.chance(40):
                return str(self.one_of(rows))
            return f"[{self.scalar(depth)}, {self.scalar(0)}]"
        if self.objects and self.chance(50):
            return str(self.one_of(self.objects))
        return f"P({self.scalar(depth)}, {self.item(VECTOR, depth)})"

    def some_item(self) -> Any:
        items: list[Any] = [NUMBER, NUMBER, NUMBER, VECTOR, VECTOR, PAIR, ROW]
        return self.one_of(items + [OBJECT, OBJECT] * self.has_class)

    # --- statements -------------------------------------------------------------------------------

    def container_statements(self) -> list[tuple[int, Callable[[], None]]]:
        few = len(self.lists) < 3
        first = 3 if self.indent == 1 else 1  # what a branch or loop makes is forgotten at its end
        shallow = self.indent <= 3
        return [
            (2 * first if few else 1, self.make_list),
            (3 if self.lists else 0, self.alias_list),
            (12 if self.lists else 0, self.change_list),
            (3 if self.lists and shallow else 0, self.loop_over_list),
            (2 if few and shallow else 0, self.collect),
            (first, self.make_record),
            (1 if shallow else 0, self.group),
            (first if len(self.tables) < 2 else 0, self.make_table),
            (6 if self.tables else 0, self.change_table),
            (2 if self.tables and shallow else 0, self.loop_over_table),
            (2 * first if self.has_class and len(self.objects) < 4 else 0, self.make_object),
            (6 if self.objects else 0, self.use_object),
        ]

    def opening(self) -> None:
        """Containers that the rest of the program may change."""
        makers = [self.make_list, self.make_list, self.make_table, self.make_record]
        makers += [self.make_object, self.make_object] * self.has_class
        for _ in range(self.between(0, 3)):
            self.one_of(makers)()

    def make_list(self) -> None:
        item = self.some_item()
        same = self.of(item)
        kind = self.between(0, 6)
        low = self.between(0, 3)
        text = f"[{', '.join(self.item(item) for _ in range(low))}]"
        if kind == 3:
            low = self.between(1, 3)
            text = f"[{self.item(item)}] * {low}"
        elif kind == 4 and item in (NUMBER, VECTOR):
            source, low = self.one_of(
                [("range(3)", 3), ("range(n)" if "n" in self.ints else "range(2)", 0), ("x", 4), ("y", 4)]
                if "x" in self.shapes
                else [("range(2)", 2), ("v", 4)]
            )
            text = f"[{self.item(item)} * it for it in {source}]"
            if item == VECTOR and "m" in self.shapes and self.chance(50):
                text, low = self.one_of(
                    [("list(m)", 3), ("[it for it in m]", 3), ("[it * 1.0 for it in m]", 3)]
                )
        elif kind >= 5 and same:
            name = self.one_of(same)
            low = self.lists[name].root().low
            forms = [("{0}.copy()", low), ("{0}[:]", low), ("list({0})", low), ("{0}[::-1]", low)]
            forms += [("{0}[1:]", max(low - 1, 0)), ("{0}[:-1]", max(low - 1, 0))]
            if item in (NUMBER, VECTOR):
                forms.append((f"[it * {self.one_of(('0.5', 's', '1.1'))} for it in {{0}}]", low))
            form, low = self.one_of(forms)
            if "* s" in form and "s" not in self.shapes:
                form = "{0}[:]"
            text = form.format(name)
            if self.chance(25):
                other = self.one_of(same)
                text, low = f"{text} + {other}", low + self.lists[other].root().low
        name = self.new("l")
        if same and self.chance(15):
            name = self.one_of(same)
            if "." in name or self.lists[name].root().floor > low or self.lists[name].root().pinned:
                return
            self.emit(f"{name} = {text}")
            self.lists[name].merge(Held(item, low))
            return
        self.emit(f"{name} = {text}")
        self.lists[name] = Held(item, low)
        if text == "[]":  # nothing is read from a list into which nothing is ever put
            with self.nested(f"if {self.condition()}:"):
                self.emit(f"{name}.append({self.item(item)})")

    def alias_list(self) -> None:
        name = self.one_of(self.lists)
        held = self.lists[name].root()
        alias = self.new("l")
        others = [other for other in self.of(held.item) if other != name]
        if held.item == ROW and held.low and self.chance(60):
            self.emit(f"{alias} = {name}[{self.one_of(['0', '-1'])}]")
            self.lists[alias] = Held(NUMBER, 2, floor=2, sure=False)
        elif others and self.chance(50):
            other = self.one_of(others)
            held.merge(self.lists[other])
            if self.chance(50):
                self.emit(f"{alias} = {name} if {self.condition()} else {other}")
                self.lists[alias] = held.root()
            elif "." not in name + other and not held.root().pinned:
                self.emit(f"{name}, {other} = {other}, {name}")
        else:
            self.emit(f"{alias} = {name}")
            self.lists[alias] = held

    def change_list(self) -> None:
        name = self.one_of(self.lists)
        held = self.lists[name].root()
        kind = self.between(0, 15)
        item = held.item
        if held.pinned:
            kind = 14
        if kind <= 3:
            self.emit(f"{name}.append({self.item(item)})")
            held.low += held.sure
        elif kind == 4:
            self.emit(f"{name}.insert({self.one_of(['0', '1', '-1', *self.ints])}, {self.item(item)})")
            held.low += held.sure
        elif kind == 5:
            form = self.one_of(["{0} += [{1}, {2}]", "{0}.extend([{1}, {2}])"])
            self.emit(form.format(name, self.item(item), self.item(item)))
            held.low += 2 * held.sure
        elif kind <= 8 and held.low > held.floor:
            where = self.one_of(["", "", "0", "-1"])
            self.take(f"{name}.pop({where})", item)
            held.low -= 1
        elif kind == 9 and held.low > held.floor:
            self.emit(f"del {name}[{self.one_of(['0', '-1'])}]")
            held.low -= 1
        elif kind == 10:
            self.emit(f"{name}.reverse()")
        elif kind <= 14 and held.low > 0:
            place = self.one_of(["0", "-1", *(f"{i} % len({name})" for i in self.ints)])
            if held.low > 1 and not held.pinned and self.chance(5):
                self.emit(f"{name}[0:2] = [{self.item(item)}, {self.item(item)}]")
            else:
                self.emit(f"{name}[{place}] = {self.item(item)}")
        elif not held.pinned:
            k = held.low + self.between(0, 1)
            with self.nested(f"if len({name}) > {k}:"), self.nothing_new():
                if k >= held.floor and self.chance(60):
                    self.take(f"{name}.pop({self.one_of(['', '0', str(k)])})", item)
                else:
                    self.emit(f"{name}[{k}] = {self.item(item)}")

    def take(self, text: str, item: Any) -> None:
        """Let a name have what an expression returns, or nobody."""
        pool = {NUMBER: "scalars", VECTOR: "arrays"}.get(item)
        name = self.target_of(pool, item) if pool and self.chance(70) else None
        if item == PAIR and self.chance(70):
            one, two = self.target_of("scalars", NUMBER), self.target_of("arrays", VECTOR)
            if one and two:
                self.emit(f"{one}, {two} = {text}")
                self.shapes |= {one: NUMBER, two: VECTOR}
                return
        if item == OBJECT and self.chance(70):
            self.bind_object(self.new("o"), text)
        elif name is None:
            self.emit(text)
        else:
            self.emit(f"{name} = {text}")
            self.shapes[name] = item

    @contextmanager
    def nothing_new(self) -> Iterator[None]:
        """Names that are bound here are not bound on the other path."""
        shapes, saved = dict(self.shapes), self.snapshot()
        self.fixed.append(shapes)
        yield
        self.fixed.pop()
        self.shapes = shapes
        self.restore(saved)

    def target_of(self, pool: str, shape: Shape) -> str | None:
        raise NotImplementedError

    def loop_over_list(self) -> None:
        name = self.one_of(self.lists)
        held = self.lists[name].root()
        number = next(self.counters)
        i, v = f"i{number}", f"v{number}"
        header = self.one_of([
            f"for {v} in {name}:", f"for {v} in {name}:", f"for {i}, {v} in enumerate({name}):",
            f"for {v} in reversed({name}):", f"for {i} in range(len({name})):",
        ])  # fmt: skip
        with self.nested(header), self.pinned(held):
            if v not in header:
                v = f"{name}[{i}]"
            self.with_item(v, held.item, self.between(1, 3))

    def with_item(self, name: str, item: Any, size: int) -> None:
        """The body of a loop whose variable is an entry."""
        if item == PAIR:
            return (
                self.body({}, size)
                if self.chance(50)
                else self.emit(f"s = 0.7 * s + {name}[0] * {name}[1][2]")
            )
        if item == OBJECT:
            saved = self.snapshot()
            self.know_object(name)
            self.body({}, size)
            self.forget_object(name)
            return self.restore(saved)
        if item == ROW:
            self.lists[name] = Held(NUMBER, 2, floor=2, sure=False)
            self.body({}, size)
            del self.lists[name]
            return None
        return self.with_value(name, item, {}, size)

    def collect(self) -> None:
        """A list that grows in a loop."""
        item = self.one_of([NUMBER, NUMBER, VECTOR])
        name, number = self.new("l"), next(self.counters)
        self.emit(f"{name} = []")
        self.lists[name] = Held(item, 0)
        count = self.one_of(["n", "3"] if "n" in self.ints else ["2", "3"])
        with self.nested(f"for i{number} in range({count}):"):
            with self.each_trip():
                self.ints[f"i{number}"] = 4
                self.emit(f"{name}.append({self.item(item)})")
                self.lists[name].low = 1
                self.body({}, self.between(0, 2))
                del self.ints[f"i{number}"]
        self.lists[name].root().low = 0

    def make_record(self) -> None:
        """A dict whose keys are known."""
        name = self.new("d")
        self.emit(f"{name} = {{'p': {self.scalar(1)}, 'v': {self.item(VECTOR)}}}")
        names = [name]
        if self.chance(30):
            names.append(self.new("d"))
            self.emit(f"{names[1]} = {name}")
        for one in names:
            self.shapes |= {f"{one}['p']": NUMBER, f"{one}['v']": VECTOR}
        if self.chance(30):
            self.emit(f"{self.one_of(names)}.update(q={self.scalar(1)})")
            self.shapes |= {f"{one}['q']": NUMBER for one in names}
        if self.chance(30):
            self.emit(f"{name}['p'] = {name}.pop('p') * 0.9")

    def make_table(self) -> None:
        item = self.one_of([NUMBER, NUMBER, VECTOR])
        name = self.new("d")
        default = item == NUMBER and self.chance(25)
        if default:
            text = "defaultdict(float)"
        elif self.chance(25):
            text = f"{{it: {self.item(item)} for it in range({self.one_of(['2', '3'])})}}"
        else:
            text = "{" + ", ".join(f"{k}: {self.item(item)}" for k in range(self.between(0, 3))) + "}"
        same = [one for one, table in self.tables.items() if table.item == item and not table.pinned]
        self.emit(f"{name} = {self.one_of(same) if same and self.chance(25) else text}")
        if same and self.lines[-1].endswith(tuple(same)):
            self.tables[name] = self.tables[self.lines[-1].rsplit(" ", 1)[1]]
        else:
            self.tables[name] = Table(item, default)
            if text in (
                "{}",
                "defaultdict(float)",
            ):  # nothing is read from a dict into which nothing is ever put
                self.emit(f"{name}[{self.key()}] = {self.item(item)}")

    def group(self) -> None:
        """Lists in a defaultdict, which grow in a loop and are then read, or changed."""
        name, number = self.new("d"), next(self.counters)
        item = self.one_of([NUMBER, NUMBER, VECTOR])
        i, k = f"i{number}", f"k{number}"
        self.emit(f"{name} = defaultdict(list)")
        with self.nested(f"for {i} in range({self.one_of(['3', '4'])}):"):
            self.ints[i] = 4
            self.emit(f"{name}[{self.one_of([f'{i} % 2', f'{i} // 2', i, '1'])}].append({self.item(item)})")
            with self.each_trip():
                self.body({}, self.between(0, 1))
            del self.ints[i]
        with self.nested(f"for {k} in {name}:"):
            self.lists[f"{name}[{k}]"] = Held(item, 1, floor=1, sure=False)
            self.body({}, self.between(1, 2))
            del self.lists[f"{name}[{k}]"]
            weight = "np.sum({0})" if item else "{0}"
            with self.nested(f"for q in {name}[{k}]:"):
                self.emit(f"s = 0.7 * s + {weight.format('q')}" if "s" in self.shapes else "pass")

    def change_table(self) -> None:
        name = self.one_of(self.tables)
        table = self.tables[name]
        key, value = self.key(), self.item(table.item)
        kind = self.between(0, 9)
        if table.pinned or kind <= 2:
            with self.nested(f"if {key} in {name}:"):
                form = self.one_of(["= {0}", "+= {0}", "*= np.cos({0})"])
                self.emit(f"{name}[{key}] {form.format(value)}")
                if table.item == VECTOR:
                    self.emit(f"{name}[{key}][{self.index(4)}] = {self.scalar(1)}")
            if not table.pinned and self.chance(60):
                with self.nested("else:"):
                    self.emit(f"{name}[{key}] = {value}")
        elif kind <= 4:
            self.emit(f"{name}[{key}] = {value}")
        elif kind == 5 and table.item == NUMBER:
            if table.default:
                self.emit(f"{name}[{key}] += {value}")
            else:
                self.emit(f"{name}[{key}] = {name}.get({key}, 0.731) + {value}")
        elif kind == 6:
            self.take(f"{name}.setdefault({key}, {value})", table.item)
        elif kind == 7:
            self.take(f"{name}.pop({key}, {value})", table.item)
        elif kind == 8:
            self.emit(f"{name}.update({{{key}: {value}}})")
        else:
            with self.nested(f"if {key} in {name}:"):
                self.emit(f"del {name}[{key}]")

    def loop_over_table(self) -> None:
        name = self.one_of(self.tables)
        table = self.tables[name]
        number = next(self.counters)
        k, v = f"k{number}", f"v{number}"
        header = self.one_of([
            f"for {k}, {v} in {name}.items():", f"for {v} in {name}.values():", f"for {k} in {name}:",
            f"for {k} in sorted({name}):",
        ])  # fmt: skip
        with self.nested(header), self.pinned(table):
            if v not in header:
                v = f"{name}[{k}]"
            self.with_item(v, table.item, self.between(1, 2))

    # --- objects ----------------------------------------------------------------------------------

    def know_object(self, name: str) -> None:
        if name not in self.objects:
            self.objects.append(name)
        self.shapes |= {f"{name}.p": NUMBER, f"{name}.v": VECTOR}
        self.lists[f"{name}.kept"] = self.kept

    def forget_object(self, name: str) -> None:
        self.shapes.pop(f"{name}.p", None)
        self.shapes.pop(f"{name}.v", None)

    def bind_object(self, name: str, text: str) -> None:
        self.emit(f"{name} = {text}")
        self.know_object(name)

    def make_object(self) -> None:
        again = [name for name in self.objects if "[" not in name and name != "self"]
        name = self.one_of(again) if again and self.chance(25) else self.new("o")
        text = f"P({self.scalar(1)}, {self.item(VECTOR)})"
        if self.objects and self.chance(35):
            text = self.one_of(self.objects)
            if self.chance(50):
                text = f"{text} if {self.condition()} else {self.one_of(self.objects)}"
        self.bind_object(name, text)

    def use_object(self) -> None:
        name, other = self.one_of(self.objects), self.one_of(self.objects)
        if self.kept.root().pinned or self.chance(20):
            self.emit(
                self.one_of([f"{name}.swap({other})", f"{name}.v = {other}.v", f"{name}.p = {other}.size"])
            )
        elif self.chance(40):
            self.emit(f"{name}.keep({self.scalar(1)})" + self.one_of(["", f".keep({self.scalar(0)})"]))
        elif "self" not in self.objects:  # `push` does not call itself
            self.take(f"{name}.push({self.scalar(1)})", NUMBER)

    # --- what the result is made of ---------------------------------------------------------------

    def digest(self) -> None:
        """Sums over the containers, with weights that tell their entries apart."""
        self.emit("check = 0.0")
        for name, held in self.lists.items():
            forms = {
                OBJECT: "np.sum({0}.v) * {0}.p", PAIR: "{0}[0] * np.sum({0}[1])", ROW: "{0}[0] * {0}[1]",
                NUMBER: "{0}", VECTOR: "{0} @ y",
            }  # fmt: skip
            if self.chance(85):
                with self.nested(f"for q in {name}:"):
                    self.emit(f"check = 0.7 * check + {forms[held.root().item].format('q')}")
        for name, table in self.tables.items():
            if self.chance(85):
                with self.nested(f"for q in {name}:"):
                    form = "{0}" if table.item == NUMBER else "({0} @ y)"
                    self.emit(f"check = 0.7 * check + (q + 1.0) * {form.format(f'{name}[q]')}")
        self.shapes["check"] = NUMBER
