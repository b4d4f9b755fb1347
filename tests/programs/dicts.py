"""Dicts that the program changes: keys known at compile time, keys that are numbers of the run, defaults."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from tests.programs.program import Program, normal, positive


def parameters_in_place(p, x):
    """A dict argument whose entries are replaced: the caller's stays as it is."""
    p["w"] = p["w"] * 2.0
    p["n"] = x
    return p["w"] * x + p["n"] * p["b"]


def known_keys(x):
    """Every write to a dict whose keys are constants."""
    d = {"w": x, "b": x * 2}
    for k in list(d):
        d[k] = d[k] * d["w"]
    d.setdefault("c", x[0])
    d["c"] *= 2
    e = {**d, "z": x[1]}
    del d["b"]
    e.update(y=e.pop("z") * x[0])
    return e["w"] + e["b"] * e["y"] + d.get("b", 1.0) * d["c"]


def counted_keys(x, keys):
    """Keys that are data."""
    d = {}
    for k in keys:
        if k in d:
            d[k] = d[k] * x
        else:
            d[k] = x + k
    total = 0.0
    for k in d:
        total += d[k] * k
    return total


def updated(x, n):
    """Dicts of known structure, updated with keys that are data, and by keywords in a loop."""
    d = {0: x[0], 1: x[1]}
    d.update({n % 2: x[0] * x[1]})
    d.update({k: x[k] * 2.0 for k in range(n)})
    e = {"p": x[0]}
    for _ in range(n):
        e.update(p=e["p"] * x[1], q=x[2])
    return d[0] * d[1] + e["p"]


def binned(x):
    """A defaultdict of sums."""
    sums = defaultdict(float)
    for i, v in enumerate(x):
        sums[i % 2] += v * v
    return sums[0] * sums[1]


def grouped(x, labels):
    """A defaultdict of lists."""
    groups = defaultdict(list)
    for v, label in zip(x, labels):
        groups[int(label)].append(v)
    total = 0.0
    for members in groups.values():
        mean = sum(members) / len(members)
        for v in members:
            total += (v - mean) ** 2 * v
    return total


def table_of_values(x, n):
    """A table built from below, indexed by number."""
    table = {0: x[0], 1: x[1]}
    for k in range(2, n):
        table[k] = table[k - 1] * x[2] + table[k - 2]
    return table[n - 1] * table[0]


def sparse_product(x, y, indices):
    """Sparse vectors as dicts: items, get, pop."""
    a = {}
    for i, v in zip(indices, x):
        a[int(i)] = a.get(int(i), 0.0) + v
    b = {int(i): v * v for i, v in zip(indices, y)}
    total = 0.0
    for key, value in a.items():
        total += value * b.get(key + 1, 0.5)
    return total + a.pop(int(indices[0])) * a.pop(-1, 2.0)


def cell(p, h, c, x):
    """One step of an LSTM with its parameters in a dict."""
    gates = {}
    for name in ("i", "f", "o"):
        gates[name] = 1.0 / (1.0 + np.exp(-(p["W" + name] @ x + p["U" + name] @ h)))
    c = gates["f"] * c + gates["i"] * np.tanh(p["Wg"] @ x + p["Ug"] @ h)
    return gates["o"] * np.tanh(c), c


def lstm_by_name(p, xs):
    """An LSTM over a sequence, its states collected."""
    size = len(p["Ui"])
    h, c = np.zeros(size), np.zeros(size)
    outputs = []
    for x in xs:
        h, c = cell(p, h, c, x)
        outputs.append(h)
    total = np.zeros(size)
    for k, output in enumerate(outputs):
        total += (k + 1) * output
    return total + c


def lstm_parameters(size, inputs, seed=0):
    names = [kind + gate for kind in "WU" for gate in "ifog"]
    return {
        name: normal(size, inputs if name[0] == "W" else size, seed=seed + k, scale=0.5)
        for k, name in enumerate(names)
    }


def adam_by_name(w, x, y, steps):
    """Adam on a linear model, its state in a dict of dicts."""
    state = {"w": {"m": np.zeros(len(w)), "v": np.zeros(len(w))}, "t": 0}
    for _ in range(steps):
        g = 2.0 * x.T @ (x @ w - y) / max(len(y), 1)
        state["t"] += 1
        s = state["w"]
        s["m"] = 0.9 * s["m"] + 0.1 * g
        s["v"] = 0.99 * s["v"] + 0.01 * g * g
        m = s["m"] / (1 - 0.9 ** state["t"])
        v = s["v"] / (1 - 0.99 ** state["t"])
        w = w - 0.1 * m / (np.sqrt(v) + 1e-3)
    return w * state["t"]


def relaxed(weights, n):
    """Distances in a graph whose edges are the keys of a dict, by repeated soft relaxation."""
    edges = {(i, (i * 2 + 1) % n): weights[i] for i in range(4)}
    distance = {k: 3.0 for k in range(n)}
    distance[0] = 0.0
    for _ in range(2):
        for (a, b), w in edges.items():
            distance[b] = -np.log(np.exp(-distance[b]) + np.exp(-(distance[a] + w * w)))
    return distance[1] * distance[3] + distance[n - 1]


X = normal(4, seed=3)

PROGRAMS = [
    Program(
        parameters_in_place, [({"w": 0.3, "b": 0.9}, 0.7), ({"w": normal(3), "b": normal(3, seed=1)}, 0.7)]
    ),
    Program(known_keys, [(X,), (positive(3),)]),
    Program(counted_keys, [(0.8, np.array([1, 2, 1, 3, 1])), (0.8, np.array([], int))]),
    Program(updated, [(X, 0), (X, 3)]),
    Program(binned, [(X,), (X[:1],)]),
    Program(grouped, [(X, np.array([0, 2, 0, 1])), (X[:1], np.array([5]))]),
    Program(table_of_values, [(X, 5), (X, 2)]),
    Program(
        sparse_product,
        [(X, normal(4, seed=1), np.array([0, 3, 1, 0])), (X[:1], normal(1, seed=1), np.array([2]))],
    ),
    Program(lstm_by_name, [(lstm_parameters(2, 3), normal(3, 3)), (lstm_parameters(1, 1), normal(0, 1))]),
    Program(
        adam_by_name,
        [(normal(2), normal(5, 2, seed=1), normal(5, seed=2), 3), (normal(2), normal(5, 2), normal(5), 0)],
        argnums=(0, 1, 2),
        rtol=1e-5,  # the square root of small second moments
    ),
    Program(relaxed, [(X, 4), (positive(4), 5)]),
]
