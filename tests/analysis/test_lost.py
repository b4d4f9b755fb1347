"""Values that leave the differentiated program and come back are refused; those that only leave are not."""

import collections
import decimal
import fractions
import heapq
import json
import logging
import operator
import queue
import struct

import numpy as np
import pytest

import tangentc
from tangentc import grad, jvp

WAITING = queue.Queue()
RECENT = collections.deque()
ITEMS = [5.0]


class Box:
    value = 1.0


BOX = Box()


def text(x):
    return float(str(x)) * x


def f_string(x):
    return x * float(f"{x:.17g}")


def text_in_a_branch(x):
    shown = repr(x) if x > 0.0 else "0"
    return float(shown)


def text_in_a_loop(x):
    shown, total = "0", 0.0
    for _ in range(3):
        total += float(shown)
        shown = str(x)
    return total


def text_stored(x):
    y = np.zeros(2)
    y[0] = str(x)
    return np.sum(y)


def fraction(x):
    return float(fractions.Fraction(x))


def decimals(x):
    return float(decimal.Decimal(x))


def packed(x):
    return struct.unpack("d", struct.pack("d", x))[0]


def serialised(x):
    return json.loads(json.dumps(x))


def record(x):
    return np.array([(x, 1)], dtype=[("a", float), ("b", int)])["a"][0]


def objects(x):
    return float(np.array([x], dtype=object)[0])


def memory(x):
    return memoryview(np.array([x]))[0]


def queued(x):
    WAITING.put(x)
    return WAITING.get()


def recent(x):
    RECENT.append(x)
    return RECENT.pop()


@pytest.mark.parametrize(
    "program",
    [
        text, f_string, text_in_a_branch, text_in_a_loop, text_stored, fraction, decimals, packed, serialised,
        record, objects, memory, queued, recent,
    ],
)  # fmt: skip
@pytest.mark.parametrize("derive", [grad, lambda f: lambda x: jvp(f, (x,), (1.0,))], ids=["grad", "jvp"])
def test_what_comes_back_is_refused(derive, program):
    with pytest.raises(tangentc.TangentcError, match="TC306" if program is objects else "TC202"):
        derive(program)(0.7)


def logged(x):
    logging.getLogger(__name__).debug("x = %s", x)
    RECENT.append(x)
    note = f"{x:.3f}"
    assert float(note[:1]) >= 0.0, note
    return x * x * (len(str(x)) > 0)


def test_what_only_leaves_is_carried_over():
    RECENT.clear()
    assert grad(logged)(3.0) == 6.0
    assert list(RECENT) == [3.0]


def set_attribute(x):
    setattr(BOX, "value", x)  # noqa: B010
    return BOX.value


def set_attribute_below(x):
    object.__setattr__(BOX, "value", x)
    return BOX.value


def appended(x):
    list.append(ITEMS, x)
    return ITEMS[-1]


def set_item(x):
    operator.setitem(ITEMS, 0, x)
    return ITEMS[0]


def pushed(x):
    heap = [x, 5.0]
    heapq.heappush(heap, 0.5 * x)
    return heap[0]


def shuffled(x):
    items = [x, 2.0 * x]
    np.random.default_rng(0).shuffle(items)
    return items[0]


def evaluated(x):
    return eval("x * 2")


def looked_up(x):
    return locals()["x"]


@pytest.mark.parametrize(
    ("program", "code"),
    [
        (set_attribute, "TC107"),
        (set_attribute_below, "TC108"),
        (appended, "TC108"),
        (set_item, "TC107"),
        (pushed, "TC108"),
        (shuffled, "TC108"),
        (evaluated, "TC101"),
        (looked_up, "TC101"),
    ],
)
def test_calls_whose_effect_would_be_lost_are_refused(program, code):
    with pytest.raises(tangentc.UnsupportedSyntaxError, match=code):
        grad(program)(0.7)


def smallest(x):
    return sorted([x, 2.0])[0]


def of_order(x, order):
    return np.linalg.norm(x, ord=order)


def test_what_must_be_a_constant_cannot_be_differentiated():
    x = np.array([1.0, 2.0])
    assert grad(smallest)(0.7) == 1.0 and grad(smallest)(2.7) == 0.0
    with pytest.raises(tangentc.UnsupportedSyntaxError, match="TC112"):
        grad(of_order, argnums=1)(x, 2.0)
    np.testing.assert_allclose(grad(of_order)(x, 2.0), x / np.sqrt(5.0))
