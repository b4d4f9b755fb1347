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
}
