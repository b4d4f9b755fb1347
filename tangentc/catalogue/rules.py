"""TC2: functions whose derivatives are not known."""

from __future__ import annotations

from tangentc.catalogue.entry import Entry, entry

__all__ = ["ENTRIES"]

ENTRIES: dict[str, Entry] = {
    "TC201": entry(
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
    "TC202": entry(
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
    "TC203": entry(
        "A number of axes that is not known",
        """The derivative of this operation depends on how many axes its operand has, and the compiler cannot
        tell. Make it definite, for example with `np.reshape`.""",
    ),
}
