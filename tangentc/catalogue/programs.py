"""TC1: what programs hold that cannot be differentiated."""

from __future__ import annotations

from tangentc.catalogue.entry import Entry, entry

__all__ = ["ENTRIES"]

ENTRIES: dict[str, Entry] = {
    "TC101": entry(
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
    "TC102": entry(
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
    "TC103": entry(
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
    "TC104": entry(
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
    "TC105": entry(
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
    "TC106": entry(
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
    "TC107": entry(
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
    "TC108": entry(
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
    "TC109": entry(
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
    "TC110": entry(
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
    "TC111": entry(
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
    "TC112": entry(
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
    "TC113": entry(
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
    "TC114": entry(
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
    "TC115": entry(
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
    "TC116": entry(
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
    "TC117": entry(
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
    "TC118": entry(
        "A program that a table cannot show",
        """`tangentc trace` lists elementary operations and stores. An operation that writes its operand in
        another way has no row; the derivative itself is not affected.""",
    ),
    "TC120": entry(
        "A tuple whose structure depends on the data",
        """A tuple that comes from a branch, a loop or a list has no known number of entries, and is read at an index
        that is only known when the program runs. A list, or an array, has a cotangent for every index.""",
    ),
    "TC121": entry(
        "An array on one path, a number on another",
        """A name may be either, and it is written in place. Use two names, or make it an array from the
        start.""",
    ),
    "TC122": entry(
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
    "TC123": entry(
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
    "TC124": entry(
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
    "TC125": entry(
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
    "TC126": entry(
        "A container that cannot be made at run time",
        """Where the structure of a list, dict or object depends on the data, or which of two is meant, it is made when
        the program runs. This one cannot be: it holds what exists only while the function is compiled, or it is an
        object that is returned, and would come back as the dict of its attributes that it is then.""",
    ),
    "TC127": entry(
        "A reverse sweep with containers, reversed again",
        """The reverse sweep of a program that keeps differentiated values in lists or dicts works on lists and dicts of
        cotangents. Some of these steps have no reverse of their own. Forward over reverse works: `hvp`, `hessian`.""",
    ),
    "TC128": entry(
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
    "TC136": entry(
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
}
