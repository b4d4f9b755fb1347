# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 3, 63

from collections import defaultdict

def f(x, y, m, r, n):
    d2 = defaultdict(list)
    for i3 in range(4):
        d2[i3].append(x[::-1] - 0.1)
    for k3 in d2:
        x *= sum(d2[k3])
    return (x[-3:], y, y)
