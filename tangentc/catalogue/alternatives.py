"""TC4: what numerical and symbolic differentiation cannot do."""

from __future__ import annotations

from tangentc.catalogue.entry import Entry, entry

__all__ = ["ENTRIES"]

ENTRIES: dict[str, Entry] = {
    "TC401": entry(
        "A difference that is none",
        """There is no such method of differences, or the step is no positive number, or so short that adding it
        does not change the argument.""",
        """
        def f(x):
            return x * x

        tangentc.numeric.grad(f, step=1e-20)(3.0)
        """,
        """
        def f(x):
            return x * x

        tangentc.numeric.grad(f, step=1e-6)(3.0)
        tangentc.numeric.grad(f)(3.0)
        """,
    ),
    "TC402": entry(
        "A complex step through a function that is not analytic",
        """The complex step reads the derivative from an imaginary part, so the function must take complex numbers, be
        analytic, and keep the imaginary part to its end: `abs`, `real`, `conj` and conversions to float lose it.""",
        """
        def f(x):
            return np.sum(np.abs(x) * x)

        tangentc.numeric.grad(f, method="complex")(np.array([1.0, -2.0]))
        """,
        """
        def f(x):
            return np.sum(np.where(x < 0.0, -x, x) * x)

        tangentc.numeric.grad(f, method="complex")(np.array([1.0, -2.0]))
        """,
    ),
    "TC403": entry(
        "Differences where a function is not finite",
        """A balanced step and adaptive differences look at the function some way from the point, with shorter and
        shorter steps until all its values are finite. Here none was short enough.""",
        """
        def f(x):
            return np.sqrt(x)

        tangentc.numeric.grad(f, step="balanced")(0.0)
        """,
        """
        def f(x):
            return np.sqrt(x)

        tangentc.numeric.grad(f, method="forward", step=1e-6)(0.0)
        tangentc.numeric.grad(f, step="balanced")(1e-3)
        """,
    ),
    "TC411": entry(
        "An operation without a symbolic form",
        """The program as an expression needs a word of SymPy for each of its operations. Arithmetic, elementary
        functions, sums, products and what moves entries have one; decompositions, sorting and calls into other
        packages have none. Nor has SymPy a derivative for every function that it has.""",
        """
        import sympy
        import tangentc.symbolic

        def f(x):
            return np.sum(np.sort(x) * np.arange(2.0))

        tangentc.symbolic.expression(f, np.array(sympy.symbols("a b")))
        """,
        """
        import sympy
        import tangentc.symbolic

        def f(x):
            return np.maximum(x[0], x[1])

        tangentc.symbolic.expression(f, np.array(sympy.symbols("a b")))
        """,
    ),
    "TC412": entry(
        "A branch or a loop that depends on a symbol",
        """An expression is one formula for all values. Which branch is taken and how often a loop runs must be known
        without the values of the symbols.""",
        """
        import tangentc.symbolic

        def f(x):
            return x * x if x > 0.0 else -x

        tangentc.symbolic.expression(f)
        """,
        """
        import tangentc.symbolic

        def f(x):
            return np.where(x > 0.0, x * x, -x)

        tangentc.symbolic.expression(f)
        """,
    ),
    "TC413": entry(
        "An expression that is nested too deeply",
        """Each trip of a loop wraps the expression of the one before. After some thousands of them neither SymPy nor
        Python follow. The code that `tangentc.grad` emits keeps the loop.""",
    ),
}
