"""The lecture's "Expression Swell": the logistic map, its derivative by the rules, and what simplifying makes of it.

The picture is examples/output/swell.png.
"""

from pathlib import Path

from tangentc import symbolic

OUTPUT = Path(__file__).resolve().parents[1] / "output"


def logistic(x, n):
    """l_n, with l_{n+1} = 4 l_n (1 - l_n) and l_1 = x."""
    l = x
    for _ in range(n - 1):
        l = 4 * l * (1 - l)
    return l


if __name__ == "__main__":
    table = symbolic.swell(logistic, n=8)
    print(table)
    OUTPUT.mkdir(exist_ok=True)
    table.save(OUTPUT / "swell.png")
