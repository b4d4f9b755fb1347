"""Every error code with its meaning, a program that raises it, and the program put right.

`docs/errors.md` is written from this table, and a test runs each example and each fix.
"""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import dedent

__all__ = ["CATALOGUE", "Entry", "page"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One code: what it means, a failing example, and the fix.

    An entry has no example where no short program raises the error.
    """

    title: str
    text: str
    example: str = ""
    fix: str = ""


def _entry(title: str, text: str, example: str = "", fix: str = "") -> Entry:
    return Entry(title, " ".join(text.split()), dedent(example).strip("\n"), dedent(fix).strip("\n"))


CATALOGUE: dict[str, Entry] = {
    "TC101": _entry(
        "Syntax that is not supported",
        """The statement or expression has no meaning for the compiler yet, so it is refused instead of
        guessed.""",
        """
        def f(x):
            class Unit:
                factor = 2.0
            return x * Unit.factor

        tangentc.grad(f)(3.0)
        """,
        """
        class Unit:
            factor = 2.0

        def f(x):
            return x * Unit.factor

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC102": _entry(
        "A name without a value",
        """On no path is the name bound before it is read, or an object has no such attribute. Python would raise a
        NameError, an UnboundLocalError or an AttributeError.""",
        """
        def f(x):
            return x * scale_of_nothing

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            scale = 2.0
            return x * scale

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC103": _entry(
        "A generator that nothing can be put into",
        """The body of the loop that consumes a generator is put into the generator, at each `yield`. So one that is
        sent values, two that run side by side, or one whose recursion depends on the data cannot be differentiated.""",
        """
        def f(x):
            def positive(values):
                for v in values:
                    if v > 0.0:
                        yield v

            return sum(a * b for a, b in zip(positive(x), positive(-x)))

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def f(x):
            a, b = np.maximum(x, 0.0), np.maximum(-x, 0.0)
            return sum(a[i] * b[i] for i in range(len(x)))

        tangentc.grad(f)(np.ones(3))
        """,
    ),
    "TC104": _entry(
        "Asynchronous code",
        "What happens at an `await` is not decided by the program, so it cannot be run backwards.",
        """
        async def f(x):
            return x * x

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            return x * x

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC105": _entry(
        "`try` and `raise`",
        """What ran up to an exception is what is differentiated, and `finally` runs on every way out. A `finally`
        that leaves by itself would hide the exception; leave after the `try`. The classes of `except` must be known
        when the function is compiled.""",
        """
        def f(x):
            try:
                y = 1.0 / x
            finally:
                return x

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            try:
                y = 1.0 / x
            except ZeroDivisionError:
                y = 0.0
            return x * y

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC106": _entry(
        "`with`",
        """`np.errstate` holds for the derivative too. Other context managers run where the program enters and
        leaves them. One that is not known may swallow exceptions, or change what it is given: then nobody knows
        what the program computes.""",
        """
        import contextlib
        import math

        @contextlib.contextmanager
        def forgiving():
            try:
                yield
            except ValueError:
                pass

        def f(x):
            with forgiving():
                x = math.sqrt(x)
            return x

        tangentc.grad(f)(3.0)
        """,
        """
        import contextlib
        import math

        def f(x):
            with contextlib.suppress(ValueError):
                x = math.sqrt(x)
            return x

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC107": _entry(
        "Writing a global or captured name",
        "The program would change something that its caller sees. Return the value instead.",
        """
        total = 0.0

        def f(x):
            global total
            total = x * x
            return total

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            total = x * x
            return total

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC108": _entry(
        "A write that is not supported",
        """Arrays, lists, dicts and objects may be changed, but not in this way: the attributes that say what an array
        is, a tuple, a slice of a list that is made at run time, or a list that is handed to unknown code, as in
        `heapq.heappush`.""",
        """
        def f(x):
            y = x * x
            y.shape = (2, 2)
            return np.sum(y[0])

        tangentc.grad(f)(np.ones(4))
        """,
        """
        def f(x):
            y = (x * x).reshape(2, 2)
            return np.sum(y[0])

        tangentc.grad(f)(np.ones(4))
        """,
    ),
    "TC109": _entry(
        "A construct or a value that this place cannot take",
        "The syntax is fine, but not for this kind of value: the message names it.",
        """
        def f(x):
            first, second = sorted((x, (x, 2.0)), key=lambda v: x)
            return second[0]

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            first, second = sorted((x, 2.0), key=lambda v: -v)
            return first * second

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC110": _entry(
        "No source",
        """The compiler works on the text of a function. A builtin has none, and Python keeps none of what was
        given to `exec` or typed after `python -c`.""",
        """
        namespace = {}
        exec("def f(x): return x * x", namespace)
        tangentc.grad(namespace["f"])(3.0)
        """,
        """
        def f(x):
            return x * x

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC111": _entry(
        "The file has changed",
        """The text at the place of the function does not compile to the function that runs: the file was
        edited after it was imported. Import the module again.""",
        """
        import linecache

        old = "def f(x): return x * x"
        namespace = {}
        exec(compile(old, "<changed>", "exec"), namespace)
        new = "def f(x): return x * x * x"
        linecache.cache["<changed>"] = (len(new), None, [new], "<changed>")
        tangentc.grad(namespace["f"])(3.0)
        """,
        """
        import linecache

        new = "def f(x): return x * x * x"
        namespace = {}
        exec(compile(new, "<again>", "exec"), namespace)
        linecache.cache["<again>"] = (len(new), None, [new], "<again>")
        tangentc.grad(namespace["f"])(3.0)
        """,
    ),
    "TC112": _entry(
        "Not known when the function is compiled",
        """Options such as `axis` and `keepdims` decide which code is written. A value that the program
        computes comes too late; a parameter or a constant is in time, unless it is differentiated.""",
        """
        def f(x):
            axis = int(np.argmax(x[0]))
            return np.sum(np.sum(x, axis=axis) ** 2)

        tangentc.grad(f)(np.ones((2, 2)))
        """,
        """
        def f(x, axis):
            return np.sum(np.sum(x, axis=axis) ** 2)

        tangentc.grad(f)(np.ones((2, 2)), 0)
        """,
    ),
    "TC113": _entry(
        "Perhaps an array, perhaps a number",
        """What is written may be an array, which is changed in place, or a number, which is not. Make it an
        array on every path.""",
        """
        def f(x):
            y = x if x[0] > 0.0 else 0.0
            y[0] = 2.0
            return np.sum(y)

        tangentc.grad(f)(np.ones(2))
        """,
        """
        def f(x):
            y = x if x[0] > 0.0 else np.zeros(2)
            y[0] = 2.0
            return np.sum(y)

        tangentc.grad(f)(np.ones(2))
        """,
    ),
    "TC114": _entry(
        "Two paths that do not agree",
        "After a branch or a loop a name stands for things that have no common form, and it is read.",
        """
        def f(x):
            if x > 0.0:
                g = lambda v: v * x
            else:
                g = 2.0
            return g(x)

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            if x > 0.0:
                return x * x
            return 2.0

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC115": _entry(
        "The arguments of a call do not fit",
        "A call passes too many or too few arguments, or names one that does not exist.",
        """
        def f(x, y):
            return x * y

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x, y):
            return x * y

        tangentc.grad(f)(3.0, 2.0)
        """,
    ),
    "TC116": _entry(
        "An unpacking or a constant index that does not fit",
        "The structure is known, and the name list, key or axis does not fit it. Python would raise as well.",
        """
        def f(x):
            a, b, c = (x, 2.0)
            return a * b * c

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            a, b = (x, 2.0)
            return a * b

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC117": _entry(
        "A length that is not known",
        """Names are unpacked with a star, or arguments are passed with one, from something whose length depends on the
        data.""",
        """
        def f(x):
            first, *rest = x
            return first * rest[0]

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def f(x):
            first, rest = x[0], x[1:]
            return first * rest[0]

        tangentc.grad(f)(np.ones(3))
        """,
    ),
    "TC118": _entry(
        "A program that a table cannot show",
        """`tangentc trace` lists elementary operations and stores. An operation that writes its operand in
        another way has no row; the derivative itself is not affected.""",
    ),
    "TC120": _entry(
        "A tuple whose structure depends on the data",
        """A tuple that comes from a branch, a loop or a list has no known number of entries, and is read at an index
        that is only known when the program runs. A list, or an array, has a cotangent for every index.""",
    ),
    "TC121": _entry(
        "An array on one path, a number on another",
        """A name may be either, and it is written in place. Use two names, or make it an array from the
        start.""",
    ),
    "TC122": _entry(
        "A recursive function that writes into its argument",
        """A call that stays a call must leave its arguments as they are. Copy the argument, return the
        result.""",
        """
        def f(x, n):
            if n == 0:
                return np.sum(x)
            x[0] = x[0] * x[1]
            return f(x, n - 1)

        tangentc.grad(f)(np.ones(2), 2)
        """,
        """
        def f(x, n):
            if n == 0:
                return np.sum(x)
            return f(x * x[1], n - 1)

        tangentc.grad(f)(np.ones(2), 2)
        """,
    ),
    "TC123": _entry(
        "A broadcast of an array that is written, carried by a branch or a loop",
        """`np.broadcast_to` shows one element in many places, and `.imag` shows half of a number, so the cotangent
        of such a view is no view of the array's cotangent. It may be read, but not chosen by a branch or carried
        by a loop while the array behind it is written. Copy it first.""",
        """
        def f(x):
            y = x.copy()
            rows = np.broadcast_to(y, (2, 3))
            if y[0] > 0.0:
                rows = rows[1:]
            y[0] = 2.0 * y[1]
            return np.sum(rows * rows)

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def f(x):
            y = x.copy()
            rows = np.broadcast_to(y, (2, 3)).copy()
            if y[0] > 0.0:
                rows = rows[1:]
            y[0] = 2.0 * y[1]
            return np.sum(rows * rows)

        tangentc.grad(f)(np.ones(3))
        """,
    ),
    "TC124": _entry(
        "A recursive function whose result shares memory that is written",
        """A call that stays a call returns memory of its own, unless nobody writes it. Return a copy where the
        function returns an argument, a view of one, or one array twice.""",
        """
        def tail(x, n):
            if n == 0:
                return x
            return tail(x[1:], n - 1)

        def f(x):
            y = 2.0 * x
            rest = tail(y, 2)
            rest[0] = y[0] * y[1]
            return np.sum(y)

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def tail(x, n):
            if n == 0:
                return x
            return tail(x[1:], n - 1)

        def f(x):
            y = 2.0 * x
            rest = tail(y, 2).copy()
            rest[0] = y[0] * y[1]
            return np.sum(y) + rest[0]

        tangentc.grad(f)(np.ones(3))
        """,
    ),
    "TC125": _entry(
        "A second derivative of a function that calls itself",
        """What the forward half of a recursive call hands to its reverse half is not differentiated in
        reverse mode, nor where the function writes arrays. Take the outer derivative in forward mode.""",
        """
        def power(x, n):
            return 1.0 if n == 0 else x * power(x, n - 1)

        def slope(x):
            return tangentc.grad(power)(x, 3)

        tangentc.grad(slope)(2.0)
        """,
        """
        def power(x, n):
            return 1.0 if n == 0 else x * power(x, n - 1)

        def slope(x):
            return tangentc.grad(power)(x, 3)

        tangentc.jvp(slope, (2.0,), (1.0,))
        """,
    ),
    "TC126": _entry(
        "A container that cannot be made at run time",
        """Where the structure of a list, dict or object depends on the data, or which of two is meant, it is made when
        the program runs. This one cannot be: it holds what exists only while the function is compiled, or it is an
        object that is returned, and would come back as the dict of its attributes that it is then.""",
    ),
    "TC127": _entry(
        "A reverse sweep with containers, reversed again",
        """The reverse sweep of a program that keeps differentiated values in lists or dicts works on lists and dicts of
        cotangents. Some of these steps have no reverse of their own. Forward over reverse works: `hvp`, `hessian`.""",
    ),
    "TC128": _entry(
        "A write that NumPy does not allow",
        """In place, a float is not written into an array of whole numbers, nor a complex number into one of floats:
        `a *= 0.5` and `out=a` raise, where `a[0] = 0.5` cuts the value. The array needs a dtype that holds it.""",
        """
        def f(x):
            weights = np.array([1, 2, 3])
            weights *= 0.5
            return np.sum(weights * x)

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def f(x):
            weights = np.array([1.0, 2.0, 3.0])
            weights *= 0.5
            return np.sum(weights * x)

        tangentc.grad(f)(np.ones(3))
        """,
    ),
    "TC136": _entry(
        "A function that calls itself with objects that hold others",
        """Such a function is not inlined where the objects are made at run time. The cotangent of what one
        of them holds is found by its identity, within one call only.""",
        """
        import numpy as np

        class Cell:
            def __init__(self, value, after):
                self.value = value
                self.after = after

        def total(cell):
            if cell is None:
                return 0.0
            return cell.value * cell.value + total(cell.after)

        def f(x):
            cell = None
            for value in x:
                cell = Cell(value, cell)
            return total(cell)

        tangentc.grad(f)(np.ones(5))
        """,
        """
        import numpy as np

        class Cell:
            def __init__(self, value, after):
                self.value = value
                self.after = after

        def f(x):
            cell = None
            for value in x:
                cell = Cell(value, cell)
            result = 0.0
            while cell is not None:
                result += cell.value * cell.value
                cell = cell.after
            return result

        tangentc.grad(f)(np.ones(5))
        """,
    ),
    "TC201": _entry(
        "A function without a derivative rule",
        """The value of a differentiated argument goes into a function that has no rule. Give it one, or
        declare it constant with `tangentc.stop_gradient` or `tangentc.nondifferentiable`.""",
        """
        @tangentc.primitive
        def cube(x):
            return x * x * x

        def f(x):
            return cube(x) + 1.0

        tangentc.grad(f)(3.0)
        """,
        """
        @tangentc.primitive
        def cube(x):
            return x * x * x

        @tangentc.linearise(cube)
        def cube_rule(y, x, *, dx):
            return 3.0 * x * x * dx

        def f(x):
            return cube(x) + 1.0

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC202": _entry(
        "A function that the compiler does not know",
        """A differentiated value passes through a function of a library that is not looked into and has no
        rule. Write it out, or declare it with `tangentc.primitive` and `tangentc.linearise`. The same goes for a
        number that comes back from text or from an object, as in `float(str(x))`; printing and logging it is fine.""",
        """
        import statistics

        def f(x):
            return statistics.stdev((x, 2.0 * x))

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            return abs(x - 2.0 * x) / 2.0 ** 0.5

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC203": _entry(
        "A number of axes that is not known",
        """The derivative of this operation depends on how many axes its operand has, and the compiler cannot
        tell. Make it definite, for example with `np.reshape`.""",
    ),
    "TC301": _entry(
        "A gradient of several outputs",
        """`grad` is for functions with exactly one real output element. Sum the output, or ask for
        `jacobian`, `vjp`, or `derivative` where the function works element by element.""",
        """
        def f(x):
            return x * x

        tangentc.grad(f)(np.ones(3))
        """,
        """
        def f(x):
            return x * x

        tangentc.jacobian(f)(np.ones(3))
        tangentc.grad(lambda x: np.sum(f(x)))(np.ones(3))
        """,
    ),
    "TC302": _entry(
        "An integer argument",
        "Integers and booleans do not vary, so nothing can be differentiated with respect to them.",
        """
        def f(x):
            return np.sum(x * x)

        tangentc.grad(f)(np.array([1, 2, 3]))
        """,
        """
        def f(x):
            return np.sum(x * x)

        tangentc.grad(f)(np.array([1.0, 2.0, 3.0]))
        """,
    ),
    "TC303": _entry(
        "Wrong argnums",
        """`argnums` names an argument, by position or name, that the function does not have or the call
        leaves out, or one that decides which code is written, as `axis` does.""",
        """
        def f(x, y):
            return x * y

        tangentc.grad(f, argnums=2)(3.0, 2.0)
        """,
        """
        def f(x, y):
            return x * y

        tangentc.grad(f, argnums=1)(3.0, 2.0)
        tangentc.grad(f, argnums="y")(3.0, 2.0)
        """,
    ),
    "TC304": _entry(
        "An argument that is no number",
        """Only floats, complex numbers, arrays of them, and tuples, lists and dicts of those can be
        differentiated.""",
        """
        def f(kind, x):
            return x * x if kind == "square" else x

        tangentc.grad(f)("square", 3.0)
        """,
        """
        def f(kind, x):
            return x * x if kind == "square" else x

        tangentc.grad(f, argnums=1)("square", 3.0)
        """,
    ),
    "TC305": _entry(
        "`has_aux` without a pair",
        "With `has_aux=True` the function must return (output, aux); only the output is differentiated.",
        """
        def f(x):
            return x * x

        tangentc.grad(f, has_aux=True)(3.0)
        """,
        """
        def f(x):
            return x * x, {"input": x}

        tangentc.grad(f, has_aux=True)(3.0)
        """,
    ),
    "TC306": _entry(
        "A differentiated value in an array of integers or objects",
        """Storing into an array of integers cuts the value to a whole number, and with it its derivative; an array
        of Python objects carries none.""",
        """
        def f(x):
            y = np.zeros(2, dtype=int)
            y[0] = x * 2.0
            return y[0] * 1.0

        tangentc.grad(f)(3.0)
        """,
        """
        def f(x):
            y = np.zeros(2)
            y[0] = x * 2.0
            return y[0] * 1.0

        tangentc.grad(f)(3.0)
        """,
    ),
    "TC307": _entry(
        "A function that returns nothing",
        "The function has no `return`, or returns None on the path that was compiled.",
        """
        def f(x):
            x[0] = 2.0 * x[1]

        tangentc.grad(f)(np.ones(2))
        """,
        """
        def f(x):
            x[0] = 2.0 * x[1]
            return np.sum(x)

        tangentc.grad(f)(np.ones(2))
        """,
    ),
    "TC308": _entry(
        "A subclass of ndarray",
        "Matrices and masked arrays give operators other meanings, so they are not taken for arrays.",
        """
        def f(x):
            return np.sum(x * x)

        tangentc.grad(f)(np.ma.masked_array([1.0, 2.0]))
        """,
        """
        def f(x):
            return np.sum(x * x)

        tangentc.grad(f)(np.asarray(np.ma.masked_array([1.0, 2.0])))
        """,
    ),
    "TC309": _entry(
        "A tangent or cotangent that does not fit",
        """Tangents have the structure and shapes of the arguments, cotangents those of the output. `check_grads`
        raises it where it is asked to check nothing.""",
        """
        def f(x):
            return x * x

        tangentc.jvp(f, (np.ones(3),), (np.ones(2),))
        """,
        """
        def f(x):
            return x * x

        tangentc.jvp(f, (np.ones(3),), (np.ones(3),))
        """,
    ),
    "TC310": _entry(
        "Arguments that share memory",
        "The program writes to one of two arguments that are the same memory. Pass a copy of one.",
        """
        def f(a, b):
            a[0] = 2.0 * b[1]
            return np.sum(a * b)

        x = np.ones(2)
        tangentc.grad(f)(x, x)
        """,
        """
        def f(a, b):
            a[0] = 2.0 * b[1]
            return np.sum(a * b)

        x = np.ones(2)
        tangentc.grad(f)(x, x.copy())
        """,
    ),
    "TC311": _entry(
        "A primitive with parameters that no rule can name, or a rule that is none",
        """The parameters of a function with a rule are operands (positional) or attributes (keyword-only,
        default). The rule is NumPy code that is linear in the tangents and does not branch on values.""",
        """
        @tangentc.primitive
        def scaled(x, **options):
            return x * options["by"]
        """,
        """
        @tangentc.primitive
        def scaled(x, *, by=2.0):
            return x * by
        """,
    ),
    "TC312": _entry(
        "A complex output",
        """A gradient points where a real output grows. Return the real part or the modulus, or say
        `holomorphic=True` if the function is complex differentiable.""",
        """
        def f(z):
            return z * z

        tangentc.grad(f)(1.0 + 2.0j)
        """,
        """
        def f(z):
            return z * z

        tangentc.grad(f, holomorphic=True)(1.0 + 2.0j)
        tangentc.grad(lambda z: f(z).real)(1.0 + 2.0j)
        """,
    ),
    "TC313": _entry(
        "A function that is known only when the program runs",
        """Where the compiler cannot see which function is called, it is called as it is, and its derivative is
        taken at that moment. So it must not write its arguments or return memory of them, must return one
        number or array, and must compute the same whenever it is called.""",
        """
        import types

        table = types.MappingProxyType({"same": lambda v: v, "double": lambda v: 2.0 * v})

        def f(x, i):
            name = ("same", "double")[i % 2]
            return np.sum(table.get(name)(x) ** 2)

        tangentc.grad(f)(np.ones(2), 0)
        """,
        """
        table = {"same": lambda v: v, "double": lambda v: 2.0 * v}

        def f(x, i):
            chosen = table[("same", "double")[i % 2]]
            return np.sum(chosen(x) ** 2)

        tangentc.grad(f)(np.ones(2), 0)
        """,
    ),
    "TC320": _entry(
        "An object that a file cannot import",
        """A saved derivative is a file of its own. What it uses must be in NumPy or in the file, or a module
        must have it under its name.""",
        """
        import os

        @tangentc.primitive
        def cube(x):
            return x * x * x

        @tangentc.linearise(cube)
        def cube_rule(y, x, *, dx):
            return 3.0 * x * x * dx

        def f(x):
            return cube(x) * cube(x)

        tangentc.value_and_grad(f).save(os.devnull)
        """,
        """
        import os

        def cube(x):
            return x * x * x

        def f(x):
            return cube(x) * cube(x)

        tangentc.value_and_grad(f).save(os.devnull)
        """,
    ),
    "TC900": _entry(
        "A broken trace",
        "A stage of the compiler made a trace that breaks its own rules. Please report it with the function.",
    ),
    "TC901": _entry(
        "A specialisation that does not fit",
        """The compiler could not make code for the call that asked for it. Please report it with the
        function.""",
    ),
    "TC902": _entry(
        "An unknown mode",
        "A derivative was asked for that the compiler does not have. Please report it with the function.",
    ),
    "TC903": _entry(
        "Emitted text that means something else",
        """Every emitted function is parsed back and compared with what it was printed from, and this one differs.
        Please report it with the function.""",
    ),
}


def page() -> str:
    """The text of docs/errors.md."""
    lines = [
        "# Errors",
        "",
        "Every error has a code. The first program of an entry raises it, the second is put right; both are",
        "run by the tests. They begin with `import numpy as np` and `import tangentc`.",
    ]
    for code, entry in CATALOGUE.items():
        lines += ["", f"## {code}: {entry.title}", "", *_wrapped(entry.text)]
        if entry.example:
            lines += [
                "",
                "```python",
                entry.example,
                "```",
                "",
                "The fix:",
                "",
                "```python",
                entry.fix,
                "```",
            ]
    return "\n".join(lines) + "\n"


def _wrapped(text: str, width: int = 100) -> list[str]:
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines
