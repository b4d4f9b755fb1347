"""Tuples, lists and dicts: as arguments, as results, built as literals, read."""

from __future__ import annotations

import numpy as np

from tests.programs.program import Program, normal, positive


def affine(params, x):
    """A dict of parameters."""
    return np.tanh(params["w"] @ x + params["b"])


def layers(network, x):
    """A list of pairs."""
    for w, b in network:
        x = np.tanh(x @ w + b)
    return x


def nested(tree, t):
    """A tree of dicts, lists and tuples."""
    a = tree["outer"][0] * t
    b, (c, d) = tree["pair"]
    total = a * b + np.sum(c * d)
    for value in tree["list"]:
        total += value * t
    return total


def dict_result(x, y):
    """A dict of results."""
    mean = np.sum(x) / len(x)
    centred = x - mean
    return {"mean": mean, "scaled": centred * y, "pair": (y * y, mean * y)}


def literal_list(x, y):
    """A list built as a literal, read by an index that changes."""
    terms = [x, y * y, x * y]
    total = 0.0
    for i in range(5):
        total = total * 0.5 + terms[i % 3] * terms[-1]
    return total


def literal_dict(x):
    """A dict built as a literal, read by key."""
    table = {"sin": np.sin(x), "cos": np.cos(x), 3: x}
    total = 0.0
    for key in ("sin", "cos"):
        total += table[key] * table[3]
    return total if "tan" in table else total * 2.0


def unpacking(state):
    """Nested targets, stars, swaps."""
    (a, b), c = state
    a, b = b, a
    first, *middle, last = (a, b, c, a * c)
    x, y = middle
    return first * x + y * last + len(middle)


def list_of_arrays(arrays):
    """Arrays of different lengths in one list; the length is read."""
    total = 0.0
    for k in range(len(arrays)):
        v = arrays[k]
        total += np.sum(v * v) / (k + 1.0)
    return total


def array_in_tuple(x):
    """A tuple that holds an array and a view of it, which is written later."""
    y = x.copy()
    pair = (y, y[1:])
    y[0] = x[0] * x[1]
    pair[1][0] *= y[0]
    a, b = pair
    return a[:-1] * b


def tuple_state(state, n):
    """A tuple that a loop carries."""
    for _ in range(n):
        x, v = state
        state = (x + 0.1 * v, v - 0.1 * np.sin(x))
    return state


def partly_active(config, x):
    """A dict that also holds an int, a string and None."""
    y = x
    for _ in range(config["steps"]):
        y = y * config["rate"] + x
    if config["kind"] == "square" and config["extra"] is None:
        y = y * y
    return y


W, B = normal(3, 2), normal(3)
PROGRAMS = [
    Program(affine, [({"w": W, "b": B}, normal(2)), ({"w": W[:1], "b": 0.3}, normal(2))]),
    Program(
        layers,
        [
            ([(normal(2, 3), normal(3)), (normal(3, 2), normal(2))], normal(4, 2)),
            ([(normal(2, 1), normal(1))], normal(2)),
        ],
    ),
    Program(
        nested,
        [({"outer": [1.2], "pair": (0.5, (normal(3), normal(3, seed=1))), "list": [0.1, -0.4]}, 0.7)],
    ),
    Program(dict_result, [(normal(4), 0.6), (normal(1), 2.0)], order=1),
    Program(literal_list, [(0.4, 0.9), (normal(2), normal(2, seed=1))]),
    Program(literal_dict, [(0.4,), (normal(3),)]),
    Program(unpacking, [(((0.4, 1.2), 0.3),)]),
    Program(list_of_arrays, [([normal(2), normal(3), normal(1)],), ([normal(2)],)]),
    Program(array_in_tuple, [(normal(4),), (positive(2),)]),
    Program(tuple_state, [((0.4, 1.2), 3), ((0.4, 1.2), 0)]),
    Program(
        partly_active,
        [
            ({"steps": 2, "rate": 0.4, "kind": "square", "extra": None}, 0.7),
            ({"steps": 0, "rate": 0.4, "kind": "plain", "extra": None}, 0.7),
        ],
        argnums=(0, 1),
    ),
]
