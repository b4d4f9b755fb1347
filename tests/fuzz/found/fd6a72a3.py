# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 0, 32

def f(x, y, m, r, n):
    s = r
    a = x
    d1 = {it: n for it in range(3)}
    if 3 in d1:
        d1[3] *= s
    l3 = [0.5, x[0:4]]
    return (d1.get(n, 0.731), l3[1], a)
