"""The program that docs/ARCHITECTURE.md follows: a field that is smoothed in place."""


def smooth(u, k, n):
    for i in range(n):
        u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])
    return u
