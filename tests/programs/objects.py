"""Live objects: dataclasses, namedtuples and registered classes as arguments and results, methods that write to their
receiver, and what classes can define."""

from __future__ import annotations

import abc
import copy
import dataclasses
import enum
import functools
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import numpy as np

import tangentc
from tests.programs.program import Program, normal, positive

# --- records as arguments and results -----------------------------------------------------------


@dataclass
class Dense:
    w: Any
    b: Any
    name: str = "dense"
    calls: int = 0

    def __call__(self, x):
        self.calls += 1
        return np.tanh(self.w @ x + self.b)

    @property
    def size(self):
        return np.sum(self.w**2) + np.sum(self.b**2)


@dataclass
class Net:
    layers: list
    scale: float

    def forward(self, x):
        for layer in self.layers:
            x = layer(x)
        self.scale *= 2.0
        return x * self.scale


class Point(NamedTuple):
    x: float
    y: Any

    @property
    def length(self):
        return np.sqrt(self.x**2 + np.sum(self.y**2))

    def dot(self, other):
        return self.x * other.x + np.sum(self.y * other.y)


def dense(layer, x):
    """The gradient by a dataclass is one of that class; a property and a call read its attributes."""
    return layer(x) * layer.size * layer.calls


def network(net, x):
    """A dataclass with a list of dataclasses; the program changes an attribute."""
    return np.sum(net.forward(x)) + net.layers[0].size * net.scale


def records_returned(point, t):
    """A namedtuple and a dataclass that the program makes."""
    moved = Point(point.x * t, point.y * point.x)
    return moved, Net([Dense(point.y * t, moved.y)], t * t)


def same_record_returned(net, t):
    """The argument itself, changed: the caller's stays as it was."""
    net.scale = net.scale * t
    net.layers.append(Dense(net.layers[0].w * t, net.layers[0].b))
    return net


def namedtuple_argument(point, t):
    """Fields, unpacking, `_replace`, `_asdict`, methods and properties of a namedtuple."""
    x, y = point
    other = point._replace(x=t * x)
    return other.dot(point) * other._asdict()["x"] + point.length * point[0] + np.sum(y) * len(point)


def namedtuple_array_written(point, t):
    """An array in a namedtuple, written in place."""
    point.y[0] = point.x * t
    point.y[1:] *= point.y[0]
    return np.sum(point.y * point.y)


def nested_records(tree, t):
    """Records in lists, tuples and dicts."""
    net, (point, scales) = tree["net"], tree["rest"]
    net.scale = net.scale * scales[0]
    tree["new"] = Point(net.scale, point.y)
    return tree["new"].length * t + net.layers[0].size


def record_in_a_loop(particle, n):
    """The attributes of an argument are carried by a loop."""
    for i in range(n):
        particle.x = particle.x + 0.1 * particle.v
        particle.v = particle.v - 0.1 * np.sin(particle.x)
        particle.w[i % 2] += particle.x
    return particle.x * particle.v + np.sum(particle.w**2)


@dataclass
class Particle:
    x: float
    v: float
    w: Any = None
    history: list = field(default_factory=list)

    def step(self, force):
        self.v += force
        self.x += self.v
        self.history.append(self.x * self.x)
        return self


def record_on_a_branch(particle, t):
    """One of two objects goes on; the other is changed too."""
    chosen = particle if t > 0.0 else Particle(t, particle.v)
    chosen.x += 1.0
    return chosen.x * particle.x * chosen.v


def best_of_records(particles, t):
    """Which object is meant depends on the numbers."""
    best = particles[0]
    for particle in particles:
        particle.v = particle.v * t
        if particle.x > best.x:
            best = particle
    best.x = best.x * t
    return particles[0].x * particles[1].v + best.v


def growing_history(particle, forces):
    """A list in an argument grows in a loop."""
    for force in forces:
        particle.step(force)
    total = 0.0
    for value in particle.history:
        total = total + value * particle.x
    return total


def swapped_records(p, q):
    """Two objects change names and parts."""
    p, q = q, p
    p.x, q.x = q.x, p.x
    p.w, q.w = q.w, p.w
    q.w[0] = p.x
    return p.x * 2.0 + q.v * q.x + np.sum(p.w * q.w)


def array_kept_under_another_name(particle):
    """An attribute is bound anew while its old array is written under another name."""
    old = particle.w
    view = old[1:]
    particle.w = particle.w * 2.0
    old[0] = particle.x
    view[0] = 7.0 * particle.v
    return np.sum(particle.w * old)


def one_object_twice(particle):
    """Two names for one object, and a list that holds it twice."""
    other = particle
    both = [particle, other]
    both[0].x *= 3.0
    return (other.x if both[1] is particle else 0.0) * particle.x


@tangentc.register
class Tree:
    """A registered class whose objects hold others."""

    def __init__(self, value, kids=()):
        self.value = value
        self.kids = list(kids)

    def total(self):
        result = self.value**2
        for kid in self.kids:
            result += kid.total() * self.value
        return result


def registered_tree(tree, t):
    """A tree of objects that gets another leaf."""
    tree.kids[0].value *= t
    tree.kids.append(Tree(t))
    return tree.total()


@tangentc.register
class Momentum:
    __slots__ = ("history", "rate", "velocity", "w")

    def __init__(self, w, rate):
        self.w = w
        self.rate = rate
        self.velocity = np.zeros_like(w)
        self.history = []

    def step(self, slope):
        self.velocity = 0.9 * self.velocity + slope
        self.w = self.w - self.rate * self.velocity
        self.history.append(np.sum(self.w))


def registered_optimiser(optimiser, target, n):
    """A registered class with slots; the optimisation is differentiated by its state and rate."""
    for _ in range(n):
        optimiser.step(2.0 * (optimiser.w - target))
    total = np.sum(optimiser.w**2)
    for entry in optimiser.history:
        total = total + entry * entry
    return total


@dataclass(frozen=True, slots=True)
class Dual:
    value: float
    parts: Any

    def __add__(self, other):
        return Dual(self.value + other.value, self.parts + other.parts)

    def __mul__(self, factor):
        return Dual(self.value * factor, self.parts * factor)

    __rmul__ = __mul__


def frozen_records(p, q, t):
    """Frozen dataclasses with slots: each operator makes a new one."""
    total = (p + t * q) * t
    for _ in range(3):
        total = total + p * t
    return total.value * np.sum(total.parts * p.parts)


def copies_of_records(particle):
    """`copy`, `deepcopy` and `replace`: what is shared afterwards and what is not."""
    deep = copy.deepcopy(particle)
    deep.w[0] = 5.0 * particle.x
    deep.history[0][0] = deep.w[0]
    shallow = copy.copy(particle)
    shallow.x = shallow.x * particle.v
    shallow.w[1] = particle.v
    other = dataclasses.replace(particle, x=particle.x * 2.0)
    return np.sum(particle.w * deep.w) + other.x * shallow.x + np.sum(particle.history[0] * deep.history[0])


# --- receivers ----------------------------------------------------------------------------------


class Model:
    """An object that the caller keeps: what its methods write stays within the call."""

    def __init__(self):
        self.w = np.array([0.3, -0.7, 1.1])
        self.count = 0
        self.items: list = []
        self.stats = {"n": 1.0}
        self.buffer = np.zeros(3)
        self.views = [self.w]
        self.me = self

    def cache(self, x):
        self.cached = self.w * x
        self.count += 1
        self.items.append(x * x)
        self.stats["n"] = x * self.stats["n"]
        return np.sum(self.me.cached**2) * self.count + self.items[-1] * self.stats["n"] + len(self.items)

    def store(self, x):
        for i in range(len(self.buffer)):
            self.buffer[i] = x * self.w[i]
        self.views[0][0] = x * x
        return np.sum(self.buffer * self.w)

    def grow(self, xs):
        self.total = 0.0
        for x in xs:
            self.items.append(x * x)
            self.total += x
        result = 0.0
        for item in self.items:
            result = result + item * self.total
        return result

    def twice(self, x):
        return self.cache(x) + self.cache(2.0 * x) * self.store(x)

    def __call__(self, x):
        self.count = self.count + x
        return self.count * self.count


def unregistered_argument(model, x):
    """An object that is no tree: it is passed as a constant, and written."""
    model.count = model.count + x
    model.w[0] = x * x
    model.items.append(x)
    return model.count * np.sum(model.w * model.items[-1])


# --- classes ------------------------------------------------------------------------------------


class Base:
    factor = 2.0

    def __init__(self, a):
        self.a = a

    def value(self, x):
        return self.a * x

    @property
    def square(self):
        return self.a**2

    @classmethod
    def make(cls, a):
        return cls(a)

    @staticmethod
    def double(x):
        return 2.0 * x


class Middle(Base):
    factor = 3.0

    def __init__(self, a, b):
        super().__init__(a)
        self.b = b

    def value(self, x):
        return super().value(x) + self.b * x * x

    @property
    def square(self):
        return super().square + self.b

    @classmethod
    def make(cls, a):
        return cls(a, a * 2.0)


class Last(Middle):
    def __init__(self, *args):
        super(Last, self).__init__(*args)  # noqa: UP008

    def value(self, x):
        inherited, parent = super(Last, self).value, super()  # noqa: UP008
        return inherited(x) + parent.value(x) + Base.value(self, x)


def inheritance(x, y):
    """`super` in each of its forms, class methods, static methods, attributes of the class."""
    last = Last(x, y)
    made = Middle.make(x)
    return last.value(x * y) + last.square + made.b * last.factor + type(last).factor * x + last.double(y)


class Celsius:
    def __init__(self, degrees):
        self._degrees = degrees

    @property
    def fahrenheit(self):
        return self._degrees * 1.8 + 32.0

    @fahrenheit.setter
    def fahrenheit(self, value):
        self._degrees = (value - 32.0) / 1.8

    @fahrenheit.deleter
    def fahrenheit(self):
        self._degrees = self._degrees * self._degrees


def property_setter(x):
    """A property is set, augmented and deleted."""
    t = Celsius(x)
    t.fahrenheit = t.fahrenheit * x
    t.fahrenheit += x
    del t.fahrenheit
    return t._degrees * x


class Counter:
    total = 1.0

    def add(self, value):
        self.total += value * self.total
        return self


def class_attribute_shadowed(x):
    """The first write makes an attribute of the object; the class keeps its own."""
    c = Counter().add(x).add(x * x)
    return c.total * Counter.total


def class_attribute_on_a_branch(x):
    """On the other path the object still has the attribute of its class."""
    c = Counter()
    if x > 0.0:
        c.total = x * x
    return c.total * x


def class_attribute_in_a_loop(x):
    c = Counter()
    for value in x:
        c.add(value)
    return c.total


class Scaled:
    def scaled(self, factor):
        return self.value() * factor


class Abstract(abc.ABC):
    @abc.abstractmethod
    def value(self): ...

    def both(self):
        return self.value() * 2.0


class Concrete(Scaled, Abstract):
    def __init__(self, v):
        self.v = v

    def value(self):
        return self.v**2


T = TypeVar("T")


class Box(Generic[T]):
    def __init__(self, content: T):
        self.content = content

    def get(self) -> T:
        return self.content


def mixins(x):
    """A mixin, an abstract base class, a generic class."""
    c = Concrete(x)
    return c.scaled(x) + c.both() + Box[float](x * x).get() * Box(x).get()


class Sequence:
    def __init__(self, items):
        self.items = list(items)

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, value):
        self.items[index] = value

    def __delitem__(self, index):
        del self.items[index]

    def __bool__(self):
        return len(self.items) > 1


class Doubled(Sequence):
    def __iter__(self):
        for item in self.items:
            yield 2.0 * item


def sequence_protocol(x):
    """The methods of a sequence: read, written, deleted, iterated over, also by a generator."""
    s = Sequence([x, x * x, x**3])
    total = 0.0
    for item in s:
        total += item * item
    s[0] = s[1] * s[2]
    del s[1]
    if s:
        total += x
    for item in Doubled(s.items):
        total += item
    return total + s[0] * len(s)


@functools.total_ordering
class Number:
    def __init__(self, v):
        self.v = v

    def __add__(self, other):
        return Number(self.v + (other.v if isinstance(other, Number) else other))

    __radd__ = __add__

    def __rmul__(self, factor):
        return Number(factor * self.v)

    def __rsub__(self, other):
        return Number(other - self.v)

    def __neg__(self):
        return Number(-self.v)

    def __abs__(self):
        return Number(abs(self.v))

    def __pow__(self, n):
        return Number(self.v**n)

    def __matmul__(self, other):
        return self.v * other.v

    def __iadd__(self, other):
        self.v = self.v + other.v * self.v
        return self

    def __eq__(self, other):
        return self.v == other.v

    def __lt__(self, other):
        return self.v < other.v

    def __hash__(self):
        return 0

    def __float__(self):
        return float(self.v)


def operators_of_objects(x, y):
    """Operators, reflected and in place, and the comparisons that `total_ordering` adds."""
    a, b = Number(x), Number(y)
    c = a + 3.0 * b + (1.0 - b) + abs(-a) + a**2 + 1.0
    d = c
    d += a
    result = c.v * (a @ b)
    if a <= b:
        result = result * x
    if a >= b:
        result = result * y
    return result + float(a) + sum([a, b], Number(0.0)).v + max(a, b).v


@dataclass(order=True)
class Ordered:
    x: float
    y: float = 1.0
    tag: str = field(default="t", compare=False)


@dataclass(kw_only=True)
class Derived:
    a: float
    b: float = 3.0
    c: list = field(default_factory=list)
    d: float = field(init=False)

    def __post_init__(self):
        self.d = self.a * self.b
        self.c.append(self.d)


def dataclass_methods(x, y):
    """Generated comparisons, `replace`, `fields`, `asdict`, `astuple`, `__post_init__`."""
    p, q = Ordered(x, y, "p"), Ordered(x)
    result = 0.0
    if p < q:
        result += x * y
    if p >= q:
        result += x
    if p == Ordered(x, y):
        result += x * x
    if p != q:
        result += y * y
    entries, parts = dataclasses.asdict(p), dataclasses.astuple(p)
    for each in dataclasses.fields(p):
        if each.name != "tag":
            result += getattr(p, each.name) ** 2
    made = Derived(a=x)
    return result + entries["x"] * parts[1] + dataclasses.replace(p, y=x * x).y + made.d * made.c[0]


def attributes_by_name(x, y):
    """`vars`, `getattr` with a default, `setattr`, `hasattr`, `delattr`, and the default of the class."""
    p = Ordered(x, y)
    total = 0.0
    for name, value in vars(p).items():
        if name != "tag":
            total += value * value
    setattr(p, "z", x * y)
    total += getattr(p, "z") + getattr(p, "missing", y)
    delattr(p, "z")
    if hasattr(p, "z"):
        total += 100.0 * x
    del p.y
    return total + p.y * x


class Colour(enum.Enum):
    RED = 1
    GREEN = 2

    @property
    def weight(self):
        return self.value * 2.0


class Paint:
    def __init__(self, colour, amount):
        self.colour = colour
        self.amount = amount

    def apply(self, x):
        if self.colour is Colour.RED:
            return x * self.amount
        return x * x * self.amount * self.colour.weight


def enums_in_objects(x):
    return Paint(Colour.RED, x).apply(x) + Paint(Colour.GREEN, x).apply(x) + Colour["GREEN"].value * x


class Fallback:
    def __init__(self, entries):
        self.entries = entries
        self.__secret = entries["p"] * 2.0

    def __getattr__(self, name):
        return self.entries[name]

    def secret(self):
        return self.__double() * self.__secret

    def __double(self):
        return 2.0 * self.__secret


def private_and_missing_names(x):
    """`__getattr__`, and names that Python mangles."""
    f = Fallback({"p": x, "q": x * x})
    return f.p * f.q + f.secret()


class Linked:
    def __init__(self, value, parent=None):
        self.value = value
        self.parent = parent
        self.kids: list = []
        if parent is not None:
            parent.kids.append(self)

    def root(self):
        node = self
        while node.parent is not None:
            node = node.parent
        return node


def references_back(x, y):
    """Objects that refer to each other."""
    root = Linked(x)
    left = Linked(y, root)
    leaf = Linked(x * y, left)
    leaf.root().value = leaf.value * y
    return root.value * x + left.kids[0].parent.value * leaf.value


def deep_copies(x, y):
    """Copies of lists, dicts, arrays and objects keep the references inside them."""
    node = Linked(x)
    Linked(y, node)
    pair = [node, [x], np.array([x, y])]
    other = copy.deepcopy(pair)
    other[0].kids[0].parent.value = y * y
    other[1][0] = 3.0 * y
    other[2][0] *= 5.0
    flat = copy.copy(pair)
    flat[0].value *= 2.0
    return node.value * other[0].value + sum(pair[1]) * other[1][0] + np.sum(pair[2] * other[2])


W = normal(3)


def _particle(w=True):
    return Particle(0.7, -0.4, positive(2) if w else None, [])


def _net():
    return Net([Dense(normal(3, 2), normal(3)), Dense(normal(1, 3), normal(1), "last")], 0.8)


def _history():
    return Particle(0.7, -0.4, positive(2), [positive(2, seed=4)])


PROGRAMS = [
    Program(dense, [(Dense(normal(3, 2), normal(3)), normal(2)), (Dense(normal(1, 2), 0.3), normal(2))]),
    Program(network, [(_net(), normal(2))]),
    Program(records_returned, [(Point(0.4, W), 0.7)], order=1),
    Program(same_record_returned, [(_net(), 0.7)], order=1),
    Program(namedtuple_argument, [(Point(0.4, W), 0.7)]),
    Program(namedtuple_array_written, [(Point(0.4, normal(3)), 0.7), (Point(0.4, normal(1)), 0.7)]),
    Program(nested_records, [({"net": _net(), "rest": (Point(0.4, W), [0.6, 1])}, 0.7)]),
    Program(record_in_a_loop, [(_particle(), 3), (_particle(), 0)]),
    Program(record_on_a_branch, [(_particle(False), 0.7), (_particle(False), -0.7)]),
    Program(best_of_records, [([Particle(0.7, -0.4), Particle(0.2, 0.9)], 1.3)]),
    Program(growing_history, [(_particle(), positive(3)), (_particle(), positive(0))]),
    Program(swapped_records, [(Particle(0.7, -0.4, positive(2)), Particle(0.3, 0.2, positive(2, seed=1)))]),
    Program(array_kept_under_another_name, [(_particle(),)]),
    Program(one_object_twice, [(_particle(),)]),
    Program(registered_tree, [(Tree(0.4, [Tree(0.3), Tree(0.2, [Tree(1.1)])]), 0.7)]),
    Program(registered_optimiser, [(Momentum(positive(2), 0.1), normal(2), n) for n in (0, 3)]),
    Program(frozen_records, [(Dual(0.4, positive(2)), Dual(0.3, normal(2)), 0.7)]),
    Program(copies_of_records, [(_history(),)]),
    Program(Model.cache, [(Model(), 0.7)], name="receiver_cache"),
    Program(Model.store, [(Model(), 0.7)], name="receiver_store"),
    Program(Model.grow, [(Model(), positive(3)), (Model(), positive(0))], name="receiver_grow"),
    Program(Model.twice, [(Model(), 0.7)], name="receiver_twice"),
    Program(Model.__call__, [(Model(), 0.7)], name="receiver_call"),
    Program(unregistered_argument, [(Model(), 0.7)]),
    Program(inheritance, [(0.7, 0.4)]),
    Program(property_setter, [(0.7,)]),
    Program(class_attribute_shadowed, [(0.7,)]),
    Program(class_attribute_on_a_branch, [(0.7,), (-0.7,)]),
    Program(class_attribute_in_a_loop, [(positive(3),), (positive(0),)]),
    Program(mixins, [(0.7,)]),
    Program(sequence_protocol, [(0.7,)]),
    Program(operators_of_objects, [(0.7, 1.2), (1.2, 0.7)]),
    Program(dataclass_methods, [(0.7, 0.4), (0.7, 1.4)]),
    Program(attributes_by_name, [(0.7, 0.4)]),
    Program(enums_in_objects, [(0.7,)]),
    Program(private_and_missing_names, [(0.7,)]),
    Program(references_back, [(0.7, 0.4)]),
    Program(deep_copies, [(0.7, 0.4)]),
]
