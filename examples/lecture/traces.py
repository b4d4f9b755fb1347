"""The running example of the lecture: f(x1, x2) = ln(x1) + x1 x2 - sin(x2), at (2, 5).

Shows the tangent and the adjoint that the compiler writes, then the three tables of values: the primal trace,
the tangent trace for x1, and the adjoint trace.  Each is one command, printed above what it shows.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from tangentc import cli


def f(x1, x2):
    y = np.log(x1) + x1 * x2 - np.sin(x2)
    return y


def in_steps(x1, x2):
    """f again, with the operations in the order of the lecture's tables."""
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = np.sin(x2)
    v4 = v1 + v2
    v5 = v4 - v3
    return v5


COMMANDS = (
    "show {f} --mode tangent",
    "show {f} --mode adjoint --wrt x1,x2",
    "trace {steps} --at 2,5 --mode primal",
    "trace {steps} --at 2,5 --mode tangent --wrt x1",
    "trace {steps} --at 2,5 --mode adjoint",
)


def _filled(command: str, file: object) -> str:
    return command.format(f=f"{file}:f", steps=f"{file}:in_steps")


def main() -> int:
    path = Path(__file__).resolve()
    for command in COMMANDS:
        print(f"\n$ tangentc {_filled(command, 'lecture/traces.py')}\n", flush=True)
        status = cli.main(_filled(command, path).split())
        if status:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main())
