# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 0, 1

def f(x, y, m, r, n):
    d2 = {'p': 0.1, 'v': 0.5 * x[0:4] * 1.0}
    l3 = [d2['v'] * 1.0, x[[-1, -3, -2, -4]], d2['v'][0:4]]
    c = m[0:3, 2]

    def g6(z):
        l3[-1][3] += z
    t = g6(m[-2, n])
    check = 0.0
    for q in l3:
        check = check + q
    return (c.sum(), y, check)
