"""TC3: what is asked for and has no meaning."""

from __future__ import annotations

from tangentc.catalogue.entry import Entry, entry

__all__ = ["ENTRIES"]

ENTRIES: dict[str, Entry] = {
    "TC301": entry(
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
    "TC302": entry(
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
    "TC303": entry(
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
    "TC304": entry(
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
    "TC305": entry(
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
    "TC306": entry(
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
    "TC307": entry(
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
    "TC308": entry(
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
    "TC309": entry(
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
    "TC310": entry(
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
    "TC311": entry(
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
    "TC312": entry(
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
    "TC313": entry(
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
    "TC320": entry(
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
}
