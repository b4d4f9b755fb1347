# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 3, 11

def f(x, y, m, r, n):
    s = r
    a = x
    l1 = [(s, x[::-1])]
    l3 = [x[0]]
    d5 = {'p': 0.3, 'v': l1[-1][1]}
    d6 = d5
    for v7 in l3:
        l1.append((d5['p'], 0.5))
    d6['p'], l3[n % len(l3)] = (l3[n % len(l3)], d6['p'])
    w, c = l1.pop(0)
    return (c[n], a, c)
