# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 1, 64

from collections import defaultdict


def h0(v, q, z):
    v += v
    s = 0.137
    return v


def h1(v, q, z, depth):
    if depth <= 0:
        return (z if z < 0.137 else 0.137)
    v, q = v.copy(), q.copy()
    v[-1:] *= np.cos(v[-2])
    d = np.zeros((4,))
    if d[0] > 1.193:
        pass
    return 0.5 * h1(v[::-1], q[:], 0.5 * d[1] * z, depth - 1) + d[-3]


def f(x, y, m, r, n):
    s = r * x[0]
    a = x * y[1]
    l1 = [np.mean((y[:3])) * 0.3 * it for it in range(3)]
    for i2 in range(n):
        a[n], a[3] = a[3], a[n]
        l3 = [0.5 * a[:] * 0.1 * len(l1) * 1.0]
        d4 = defaultdict(list)
        for i5 in range(3):
            d4[i5 % 2].append(a[:])
        for k5 in d4:
            d4[k5], l3 = l3, d4[k5]
            for q in d4[k5]:
                s = 0.7 * s + np.sum(q)
        if len(l1) > 4:
            l1[4] = (0.1 * len(l1) if i2 % 2 == 0 else m[2, i2 - 1])
        for i7, v7 in enumerate(l1):
            d8 = {'p': m[i2 - 1, 0], 'v': l3[0][[-4, -2, 2, -4]] * 1.0}
            d9 = d8
            d8.update(q=v7)
            d8['p'] = d8.pop('p') * 0.9
            b = (np.cos(np.cos(l3[-1].reshape(2, 2)))).copy()
            for v10 in l1:
                l1[-1] = (d8['q'] if 0.1 * n > -1.0 else d8['p'])
                d11 = {'p': np.mean((d8['v'][:3])) * 0.3, 'v': d8['v'][::-1] * 1.0}
                d11.update(q=(0.1 * i2 - b[0, -2]))
                d12 = {0: l3[i2 % len(l3)] * 1.0}
    check = 0.0
    for q in l1:
        check = 0.7 * check + q
    return m[0, n], a, x * x + check
