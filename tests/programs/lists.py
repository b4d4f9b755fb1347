"""Lists that the program changes: of known structure, grown in loops, nested, aliased, of arrays."""

from __future__ import annotations

from collections import deque

import numpy as np

from tests.programs.program import Program, normal, positive


def grown(x):
    """A list that grows in a loop, made an array at the end."""
    values = []
    for v in x:
        values.append(np.sin(v) * v)
    return np.array(values)


def stack_machine(x, program):
    """A list as a stack: constants leave no stale cotangents behind."""
    stack = [x]
    for word in program:
        if word == 0:
            stack.append(3.0)
        elif word == 1:
            stack.append(x)
        elif word == 2:
            stack.append(stack.pop() * stack.pop())
        else:
            stack.pop()
            stack.append(stack[-1] + stack[0])
    return stack[-1] * x


def filled(x):
    """A list of zeros that is filled and corrected by index."""
    n = len(x)
    values = [0.0] * n
    for i in range(n):
        values[i] = x[i] * x[i - 1]
        if i > 0:
            values[i - 1] += values[i] * x[0]
    total = 0.0
    for v in values:
        total += v * v
    return total


def outer_product(x):
    """A matrix as a list of lists, written by index."""
    n = len(x)
    a = []
    for i in range(n):
        row = []
        for j in range(n):
            row.append(x[i] * np.cos(x[j]))
        a.append(row)
    for k in range(n - 1):
        a[k + 1][k] = a[k][k] * a[k + 1][k + 1]
        a[k][k] *= 2.0
    total = 0.0
    for row in a:
        for v in row:
            total += v * v
    return total


def list_lu(m):
    """The log-determinant by elimination on nested lists, as pure Python does it."""
    n = len(m)
    a = [[m[i, j] for j in range(n)] for i in range(n)]
    total = 0.0
    for k in range(n):
        pivot = a[k][k]
        total += np.log(abs(pivot))
        for i in range(k + 1, n):
            factor = a[i][k] / pivot
            for j in range(k, n):
                a[i][j] -= factor * a[k][j]
    return total


def history(x, n):
    """States kept in a list and read afterwards."""
    states = []
    u = x.copy()
    for _ in range(n):
        u = np.sin(u) * x
        states.append(u)
    total = np.zeros(len(x))
    for state in states:
        total = total * x + state
    return total


def kept_buffers(x):
    """Copies of a buffer are kept, and written through the list."""
    kept = []
    u = x.copy()
    for i in range(len(x)):
        u[i] *= u[i - 1]
        kept.append(u.copy())
        kept[-1][0] = u[1] * 2
    total = np.zeros(len(x))
    for k in kept:
        total = total * x + k
    return total


def list_with_two_names(x):
    """One list under two names."""
    a = [x[0], x[1]]
    b = a
    b.append(x[2])
    a[0] = x[3]
    return b[0] * a[2] + len(b)


def either_list(x, first):
    """A name that is one of two lists, written through."""
    a, b = [x[0]], [x[1]]
    c = a if first > 0 else b
    c.append(x[2])
    c[0] *= 2.0
    return a[0] * b[0] + len(a) * x[3] + c[-1]


def swapped_lists(x, n):
    """Two lists that change names in a loop."""
    a, b = [x[0], x[1]], [x[2], x[3]]
    for _ in range(n):
        a, b = b, a
        a[0] = a[0] * b[1]
        b[1] += a[0]
    return a[0] * 1.3 + a[1] * 0.7 + b[0] * b[1]


def queue(x, n):
    """A work list that grows while it is worked off."""
    pending, total, k = [x[0]], 0.0, 0
    while k < len(pending):
        v = pending[k]
        k += 1
        total += v * v
        if len(pending) < n:
            pending.append(v * x[1])
            pending.append(v + x[2])
    return total


def shared_rows(x):
    """Rows that are the same list."""
    n = len(x)
    a = [[x[i] * x[j] for j in range(n)] for i in range(n)]
    r = a[0]
    r[1] = x[0] * 3.0
    a[1] = r
    a[1][0] += x[2]
    return np.array(a)


def double_ended(x):
    """A deque with both ends in use."""
    q = deque([x[0]])
    for v in x[1:]:
        q.append(v * q[0])
        q.appendleft(v)
        if len(q) > 3:
            q.pop()
    return q[0] * q[-1]


def swapped_in_buffers(x, n):
    """Entries of one array change places, through a list that holds it three times."""
    buffers = [x * 1.0] * 3
    for i in range(len(x)):
        buffers[i % 3][i], buffers[i % 3][0] = buffers[i % 3][0], buffers[i % 3][i]
    buffers[n % 3] = x * x
    return buffers[1] * buffers[0]


def repeated_last(x, n):
    """The last entry of a list of unknown length is appended again."""
    values = []
    for k in range(n):
        values.append(x[k] * x[0])
    values.append(x[1])
    values.append(values[-1])
    values.insert(0, values[0])
    total = 0.0
    for v in values:
        total = total * x[2] + v
    return total


def list_of_buffers(x):
    """Arrays in a list, written there."""
    a = [np.zeros(2) for _ in range(3)]
    for i in range(3):
        a[i][0] = x[i]
        a[i] += x[3]
        a[(i + 1) % 3][1] += a[i][0] * x[0]
    return a[0] * a[1] + a[2]


def list_of_pairs(x):
    """A list of pairs."""
    path = [(0.0, x[0])]
    for _ in range(4):
        t, y = path[-1]
        path.append((t + 0.1 * x[1], y - 0.1 * y * y + t))
    return np.array([y for _, y in path]) * path[2][0]


def every_method(x):
    """The methods of lists, slices and sums of them."""
    a = list(x)
    a.reverse()
    a.insert(1, x[0] * x[1])
    a.pop(0)
    a += [x[2]]
    a.extend([x[3], 2.0])
    b = a[1:] + a[:2]
    b[-1] = b[0] * b[1]
    c = a.copy()
    c[0] = 0.0
    del c[1]
    return sum(b) * a[-2] + sum(c)


def every_method_of_known(x, y):
    """The same on a list of known structure."""
    a = [x, y, x * y]
    a.reverse()
    a.insert(1, x * x)
    b = a.pop(0)
    a += [y * y]
    a.extend([x + y, 2.0])
    c = a[1:] + a[:2]
    c[-1] = c[0] * c[1]
    d = a.copy()
    d[0] = 0.0
    del d[1]
    d[1:3] = [x, y, b]
    return sum(c) * a[-2] + sum(d) * d[-1]


def rebound_list(x, n):
    """A list that each trip makes anew, longer."""
    values = [x[0]]
    for _ in range(n):
        values = [v * x[1] for v in values] + [x[2]]
    return sum(values) * values[0]


def rebound_pair(x, y, n):
    """A list of known structure that each trip makes anew and changes."""
    s = [x, y]
    for i in range(n):
        s = [s[1] * s[0], s[0] + i]
        s[1] += x
    return s[0] * s[1]


def triangle(x):
    """Pascal's triangle with weights: rows of growing length."""
    rows = []
    for i in range(4):
        row = [1.0] * (i + 1)
        for j in range(1, i):
            row[j] = rows[i - 1][j - 1] * x[0] + rows[i - 1][j]
        row[-1] = x[i]
        rows.append(row)
    return rows[3][1] * rows[3][3] + rows[2][1]


def left_early(x, n):
    """A list that is changed on the way to a break."""
    stack = []
    for i in range(n):
        stack.append(x[i % 4] * x[0])
        if len(stack) > 3:
            break
        if i == 1:
            stack[0] = stack[1] * stack[0]
            continue
        stack[-1] += 1.0
    else:
        stack.append(x[1])
    return stack[-1] * stack[0] if stack else x[0]


def window(x, n):
    """The last two values of a recurrence, in a list that loses its first."""
    kept = []
    s = x[0]
    for _ in range(n):
        s = np.sin(s) * x[1]
        kept.append(s)
        if len(kept) > 2:
            del kept[0]
    return sum(kept) if kept else s


def argument_list(values, s):
    """A list argument that is changed: the caller's stays as it is."""
    values[0] = values[1] * s
    values.append(s * s)
    return values[0] * values[-1] + len(values)


def view_in_list(x):
    """The same array twice in a list."""
    u = x.copy()
    buffers = [u, u]
    buffers[0][0] = x[1] * x[2]
    buffers[1][1] *= buffers[0][0]
    return u * buffers[0]


def ping_pong_list(x, n):
    """Two buffers in a list that take turns."""
    a = [x.copy(), x * 2]
    for i in range(n):
        a[(i + 1) % 2][:] = a[i % 2] * x
        a[i % 2][0] += a[(i + 1) % 2][1]
    return a[0] + a[1] * a[0]


def collecting_callee(x):
    """A callee that appends to the list of its caller."""

    def collect(values, v):
        values.append(v * v)
        return values

    out = []
    for v in x:
        if v > 0:
            last = collect(out, v)
            last[-1] *= x[0]
    return sum(out) * len(out)


def list_dtw(a, b):
    """Dynamic time warping on a table of lists, with a soft minimum."""
    n, m = len(a), len(b)
    table = [[1e3] * (m + 1) for _ in range(n + 1)]
    table[0][0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            cost = (a[i - 1] - b[j - 1]) ** 2
            left, up, both = table[i][j - 1], table[i - 1][j], table[i - 1][j - 1]
            low = -np.log(np.exp(-left) + np.exp(-up) + np.exp(-both))
            table[i][j] = cost + low
    return table[n][m]


def polynomial_product(p, q):
    """Coefficients multiplied in a list."""
    product = [0.0] * (len(p) + len(q) - 1)
    for i, a in enumerate(p):
        for j, b in enumerate(q):
            product[i + j] += a * b
    return np.array(product)


def layers_in_a_list(w, x, depth):
    """A network whose layers are views of one vector, collected in a list."""
    size = len(x)
    layers = []
    for k in range(depth):
        block = w[k * size * size : (k + 1) * size * size]
        layers.append(block.reshape(size, size))
    activations = [x]
    for layer in layers:
        activations.append(np.tanh(layer @ activations[-1]))
    return activations[-1] * activations[0] + len(activations)


def accepted(x, y):
    """A comprehension with a condition that depends on the values."""
    return sum([v * w for v, w in zip(x, y) if v * w > 0.1]) + max([v for v in x])


X = normal(4, seed=3)

PROGRAMS = [
    Program(grown, [(X,), (X[:1],), (X[:0],)]),
    Program(stack_machine, [(0.7, np.array([0, 2, 1, 2, 0, 3, 2])), (0.7, np.array([], int))]),
    Program(filled, [(X,), (X[:1],)]),
    Program(outer_product, [(X,), (X[:1],)]),
    Program(list_lu, [(normal(4, 4) + 3 * np.eye(4),), (positive(1, 1),), (np.zeros((0, 0)),)]),
    Program(history, [(X, 3), (X, 0)]),
    Program(kept_buffers, [(X,), (X[:2],)]),
    Program(list_with_two_names, [(X,), (positive(4),)]),
    Program(either_list, [(X, 1), (X, -1)]),
    Program(swapped_lists, [(X, 0), (X, 3)]),
    Program(queue, [(X, 6), (X, 0)]),
    Program(shared_rows, [(X,), (normal(3),)]),
    Program(double_ended, [(X,), (normal(2),)]),
    Program(swapped_in_buffers, [(X, 0), (X, 2)]),
    Program(repeated_last, [(X, 0), (X, 3)]),
    Program(list_of_buffers, [(X,), (positive(4),)]),
    Program(list_of_pairs, [(X,), (positive(4),)]),
    Program(every_method, [(X,), (positive(4),)]),
    Program(every_method_of_known, [(0.7, 1.3), (1.1, -0.4)]),
    Program(rebound_list, [(X, 0), (X, 3)]),
    Program(rebound_pair, [(0.7, 1.3, 0), (0.7, 1.3, 3)]),
    Program(triangle, [(X,), (positive(4),)]),
    Program(left_early, [(X, 0), (X, 2), (X, 8)]),
    Program(window, [(X, 5), (X, 0)]),
    Program(argument_list, [([0.3, 0.4], 0.7), ([0.3, 0.4, 1.2], 0.7)]),
    Program(view_in_list, [(X,), (positive(4),)]),
    Program(ping_pong_list, [(X, 0), (X, 3)]),
    Program(collecting_callee, [(X,), (positive(3),)]),
    Program(list_dtw, [(normal(4, scale=0.5), normal(3, seed=1, scale=0.5)), (normal(1), normal(1, seed=1))]),
    Program(polynomial_product, [(normal(4), normal(3, seed=1)), (normal(1), normal(1, seed=1))]),
    Program(layers_in_a_list, [(normal(18, scale=0.5), normal(3), 2), (normal(4), normal(2), 0)]),
    Program(accepted, [(positive(5), positive(5, seed=1)), (positive(1), positive(1, seed=1))]),
]
