"""What would come back from a derivative as something else is refused; the caller's containers stay as they are."""

from collections import deque

import numpy as np
import pytest

import tangentc
from tangentc import TangentcError

X = np.array([0.3, -0.7])


class Body:
    def __init__(self, position):
        self.position = position


def bodies(x):
    return [Body(v) for v in x]


def one_of_many(x):
    kept = [Body(x[0])]
    for v in x:
        kept.append(Body(v))
    return {"best": (kept[1], v)}


def grown_queue(x):
    queue = deque()
    for v in x:
        queue.append(v)
    return queue


def known_queue(x):
    queue = deque([x[0]])
    queue.append(x[1])
    return 1.0, queue


@pytest.mark.parametrize(
    ("program", "code"),
    [(bodies, "TC126"), (one_of_many, "TC126"), (grown_queue, "TC109"), (known_queue, "TC109")],
)
def test_results_of_other_types_are_refused(program, code):
    for derivative in (lambda: tangentc.vjp(program, X), lambda: tangentc.jvp(program, (X,), (X,))):
        with pytest.raises(TangentcError, match=code):
            derivative()


def test_the_list_of_the_caller_stays_as_it_is():
    def program(values, s):
        values.append(values[0] * s)
        values[0] = s
        return values[0] * values[-1]

    values = [0.5, 2.0]
    gradient = tangentc.grad(program, argnums=(0, 1))(values, 3.0)
    assert values == [0.5, 2.0]
    assert gradient == ([9.0, 0.0], 3.0)
