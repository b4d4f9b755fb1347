# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 2, 81

from collections import defaultdict


def h0(v, z):
    d1 = {'p': np.sin(z), 'v': v[0]}
    v.append(0.5 * d1['v'] * d1['v'] * 1.0)
    l2 = []
    for i3 in range(2):
        l2.append(v[-1][0:4] * 1.0)
    return v[-1] * 1.0


def h1(v, q, z, depth):
    if depth <= 0:
        return v
    v, q = v.copy(), q.copy()
    v[-2:] = (1.193 / (1.0 + (v[1]) ** 2) if q[3] > -0.457 else 0.731)
    l1 = [np.sin(z), v[-4], np.sin(q[-2])]
    return 0.5 * h1(q[:], v, np.sin(0.1 * len(l1)), depth - 1) + v / (1.0 + v[0:4] ** 2) * 1.0


def f(x, y, m, r, n):
    s = r * x[0]
    a = x * y[1]
    l1 = [(y[n - 1], a[:])]
    d2 = {'p': a[-3], 'v': m[1, :] * 1.0}
    d3 = d2
    d2['p'] = d2.pop('p') * 0.9
    l4 = []
    if d2['v'][-3] > 0.731 and s > -1.0:
        l4.append(d2['v'][::-1])
    for i5 in range(4):
        l6 = [[np.mean((m[-1, :3])) * 0.3, 0.1 * n], [d2['v'][n - 1], 0.1 * len(l1)]]
        d7 = defaultdict(list)
        for i8 in range(3):
            d7[1].append(y)
            u = 0.1 * len(l6)
        for k8 in d7:
            acc = 0.0
            for _ in range(n):
                acc = acc * 0.5 + (d7[k8][-1][::-1] - d7[k8][-1][:])
            b = np.full(4, 0.1)
            b[:] = d2['v'] + acc
            t = np.sin(np.tanh(a[n]))
            for q in d7[k8]:
                s = 0.7 * s + np.sum(q)
    y[[-3]] += np.where(x[:1] > 0.137, d3['v'][n:n + 1], x[:1])
    e = (m).copy()
    c = h1(x[0:4], y, (0.1 * n if l1[-1][0] < 1.193 else d2['v'][0]), 2)
    a = m[-3, ::-1]
    check = 0.0
    for q in l1:
        check = 0.7 * check + q[0] * np.sum(q[1])
    return c[n - 1], c, x * d2['v'] + check
