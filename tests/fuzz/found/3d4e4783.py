# ruff: noqa
# A random program that once failed, with its trip count and the seed of its arguments.
# 3, 96

def f(x, y, m, r, n):
    a = x
    d2 = {'p': np.tanh(0.731), 'v': y[0:4]}
    l3 = []
    if d2['p'] < -0.457:
        l3.append(m[-3, 0:4] - a[:])
    l3 += [d2['v'][::-1], m[-1, :]]
    l3[n % len(l3)][n] *= 0.5
    l4 = l3
    return (0.5, l4[-1], a)
