"""Callees that are known only when the program runs: tables of functions, names that branches and loops bind anew."""

from __future__ import annotations

import functools
import types

import numpy as np

from tests.programs.program import Program, normal, positive


def square(v):
    return v * v


def cube(v):
    return v**3


OPERATIONS = (np.sin, square, cube)
WEIGHTED = ((np.sin, 2.0), (square, 3.0))
ACTIVATIONS = {"tanh": np.tanh, "square": square, "soft": lambda v: np.log1p(np.exp(v))}


# The compiler does not look into this table: what `get` returns is known only when the program runs.
HIDDEN = types.MappingProxyType({
    0: np.sin, 1: square, 2: cube, "product": lambda a, b: a * b + a, "norm": lambda a: np.sum(a**2),
    "mirrored": lambda a: a[::-1] * a, "scaled": lambda a, n: a**n * n,
})  # fmt: skip


class Spring:
    """A live object with data, methods, a property and a call."""

    def __init__(self, stiffness):
        self.stiffness = stiffness

    def force(self, v):
        return -self.stiffness * v - v**3

    def __call__(self, v):
        return self.force(v) * self.doubled

    @property
    def doubled(self):
        return 2.0 * self.stiffness


SPRINGS = (Spring(1.5), Spring(0.5), Spring(2.5))


def table(x):
    """A function from a tuple by an index."""
    s = 0.0
    for i in range(len(x)):
        s += OPERATIONS[i % 3](x[i]) * x[0]
    return s


def table_from_the_end(x):
    """Negative indices count from the end."""
    s = 0.0
    for i in range(len(x)):
        s += OPERATIONS[i - 3](x[i]) * (i + 1)
    return s


def table_by_truth(x):
    """A bool is an index; the table has more entries than it can reach."""
    s = x
    for _ in range(4):
        s = OPERATIONS[bool(s > 0.6)](s) + 0.3 * x
    return s


def table_of_pairs(x):
    """Entries that hold a function and a number."""
    s = 1.0
    for i in range(len(x)):
        function, weight = WEIGHTED[i % 2]
        s = s * weight + function(x[i])
    return s


def table_of_lambdas(x):
    """One lambda with three defaults: three functions."""
    powers = tuple(lambda v, k=k: v**k * k for k in (1, 2, 3))
    s = 0.0
    for i in range(len(x)):
        s += powers[i % 3](x[i])
    return s


def table_by_name(x):
    """A function from a dict by a name that the program looks up."""
    names = ("tanh", "square", "soft", "square")
    s = 0.0
    for i in range(len(x)):
        s = s + ACTIVATIONS[names[i]](x[i]) * x[0]
    return s


def long_table(x):
    """A long table, walked and indexed."""
    powers = tuple(lambda v, k=k: np.sin(k * v) for k in range(20))
    s = 0.0
    for power in powers:
        s += power(x)
    for i in range(5):
        s += powers[(7 * i) % 20](x * x)
    return s


def branch(x, p):
    """A name that is one of two functions."""
    f = np.sin if p > 0 else square
    return f(x) * f(f(x))


def nested_branches(x, p, q):
    """Names that are some of four functions, two at a time."""
    if p > 0:
        if q > 0:
            f, g = np.sin, np.cos
        else:
            f, g = np.cos, square
    else:
        f, g = cube, np.exp
    return f(x) * g(x) + g(f(x))


def branch_of_closures(x, p):
    """Functions that captured what only their own path binds."""
    if p > 0:
        k = x * x

        def f(v):
            return v * k
    else:
        m = np.sin(x)

        def f(v):
            return v + m * x

    return f(x) * f(2.0)


def branch_of_made_functions(x, p):
    """One factory, called with other data on each path."""

    def scaled(k):
        return lambda v: k * v * v

    f = scaled(2.0 * x) if p > 0 else scaled(x * x)
    return f(x)


def branch_of_partials(x, p):
    """Partials of one function with other arguments, and of another function."""
    f = functools.partial(np.multiply, x * x) if p > 0 else functools.partial(np.add, 3.0)
    return f(x) * x


def optional(x, n):
    """A callback that is None at first."""
    callback = None
    s = x
    for i in range(n):
        if callback is not None:
            s = s + callback(s)
        if i > 0:
            callback = np.sin
    if not callback:
        return s * x
    return callback(s)


def compared(x, p):
    """What was chosen is asked for."""
    f = np.sin if p > 0 else square
    if f is np.sin:
        return f(x)
    return 3.0 * f(x)


def swapped(x, n):
    """Two functions that change places in each trip."""
    f, g = np.sin, square
    s = x
    for _ in range(n):
        s = s + 0.5 * f(s)
        f, g = g, f
    return s * g(x)


def rebound(x):
    """A function that a loop rebinds under a condition, and that writes nothing."""
    f = np.sin
    y = x.copy()
    for i in range(len(x)):
        if y[i] > 0.0:
            f = square
        elif y[i] < -0.5:
            f = cube
        y[i] = f(y[i]) * y[i - 1]
    return np.sum(f(y))


def rebound_until(x):
    """A `while` loop whose condition and function change together; it is left early."""
    f, s, k = square, x, 0
    while k < 8:
        s = f(s)
        if s > 1.0:
            f = np.sin
        else:
            f = lambda v: v * 1.7  # noqa: E731
        if k == 5 and s > 0.7:
            break
        k += 1
    return f(s) * x


def objects(x):
    """A live object by an index: its data, its method, its call."""
    s = 0.0
    for i in range(len(x)):
        spring = SPRINGS[i % 3]
        s += spring.force(x[i]) * spring.stiffness + spring(x[i] * x[0])
    return s


def bound_methods(x, p):
    """Bound methods of varying objects."""
    force = SPRINGS[0].force if p > 0 else SPRINGS[1].force
    return force(x) * x


def writers(x):
    """Functions that write what they captured: an array, and names of the function around."""
    y, total = x.copy(), 1.0

    def squared(i):
        nonlocal total
        total = total * y[i]
        y[i] = y[i] ** 2

    def mixed(i):
        nonlocal total
        total += np.sin(y[i])
        y[i] = y[i] * y[i - 1]

    for i in range(len(x)):
        (squared if y[i] > 0.2 else mixed)(i)
    return total * np.sum(y * x)


def views_by_index(x):
    """Functions that return views, which are written."""

    def left(a):
        return a[:3]

    def right(a):
        return a[1:]

    y = x * 1.0
    for i in range(4):
        v = (left, right)[i % 2](y)
        v[0] = v[1] * v[2] + v[0]
    return np.sum(y**2)


def late_table(x):
    """A tuple of functions that see a name when they are called."""
    k = 2.0
    functions = (lambda: x * k, lambda: x * x * k)
    k = x + 5.0
    s = 0.0
    for i in range(3):
        s += functions[i % 2]()
        k = k * x
    return s


def recursive(x, n, p):
    """A function of two, passed down a recursion; the path that calls it first is not the only one."""
    positive = p > 0

    def again(v, n):
        if n <= 0:
            return v * v if positive else 3.0 * v
        return again(np.sin(v), n - 1)

    return (again(x, n) if positive else again(x * x, n)) * again(x, n + 1)


def mode_of_a_loop(x, n):
    """A constant that some trips replace, and no trip reads."""
    mode, scale = "start", None
    for i in range(n):
        if i == 0:
            mode = "square"
        if i == 1:
            scale = 2.0 * x
    y = x * x if mode == "square" else x
    return y if scale is None else y * scale


def hidden(x, i):
    """A function that is found when the program runs."""
    return HIDDEN.get(i)(x) * x


def hidden_in_a_loop(x, n):
    """Another one in each trip."""
    s = x
    for i in range(n):
        s = HIDDEN.get(i % 3)(s) + 0.5 * x
    return s


def hidden_with_two(x, y):
    """Several arguments, of which one may be passive."""
    return HIDDEN.get("product")(x, y) * y + HIDDEN.get("scaled")(x * y, 2) + HIDDEN.get("product")(x, x)


def hidden_of_arrays(x):
    """Arrays in and out, one of them written before and after."""
    y = x.copy()
    for i in range(len(x)):
        y[i] = HIDDEN.get(i % 3)(y[i]) * y[i - 1]
    y[1:] = HIDDEN.get("mirrored")(y[:-1])
    return np.sum(y * HIDDEN.get(0)(x)) + HIDDEN.get("norm")(y)


def hidden_by_truth(x):
    """Found in one branch, known in the other."""
    f = HIDDEN.get(2) if x > 0.5 else np.sin
    return x * f(x * x)


PROGRAMS = [
    Program(table, [(normal(7),), (normal(0),)]),
    Program(table_from_the_end, [(normal(3),), (normal(0),)]),
    Program(table_by_truth, [(0.4,), (0.9,)]),
    Program(table_of_pairs, [(normal(5),), (normal(0),)]),
    Program(table_of_lambdas, [(normal(5),)]),
    Program(table_by_name, [(normal(4),), (normal(1),)]),
    Program(long_table, [(0.3,), (normal(2),)]),
    Program(branch, [(0.4, 1), (0.4, -1), (normal(3), 1)]),
    Program(nested_branches, [(0.4, p, q) for p in (1.0, -1.0) for q in (1.0, -1.0)], argnums=(0,)),
    Program(branch_of_closures, [(0.4, 1), (0.4, -1), (normal(2), -1)]),
    Program(branch_of_made_functions, [(0.4, 1), (0.4, -1)]),
    Program(branch_of_partials, [(0.4, 1), (0.4, -1), (normal(2), 1)]),
    Program(optional, [(0.4, 0), (0.4, 1), (0.4, 4)]),
    Program(compared, [(0.4, 1), (0.4, -1)]),
    Program(swapped, [(0.4, 0), (0.4, 1), (0.4, 4), (normal(2), 3)]),
    Program(rebound, [(normal(6),), (normal(1),)]),
    Program(rebound_until, [(0.3,), (0.9,), (1.4,)]),
    Program(objects, [(normal(5),), (normal(0),)]),
    Program(bound_methods, [(0.4, 1), (0.4, -1), (normal(2), 1)]),
    Program(writers, [(normal(5),), (normal(1),), (positive(3),)]),
    Program(views_by_index, [(normal(4),)]),
    Program(late_table, [(0.4,), (normal(2),)]),
    Program(recursive, [(0.4, 2, 1), (0.4, 2, -1)]),
    Program(hidden, [(0.4, 0), (0.4, 2), (normal(3), 1)]),
    Program(hidden_in_a_loop, [(0.4, 0), (0.4, 4)]),
    Program(hidden_with_two, [(0.4, 0.7), (normal(2), normal(2, seed=1)), (normal(2), 0.3)]),
    Program(hidden_of_arrays, [(normal(5),), (normal(2),)]),
    Program(hidden_by_truth, [(0.4,), (0.9,)]),
    Program(mode_of_a_loop, [(0.4, 0), (0.4, 1), (0.4, 3), (normal(2), 3)]),
]
