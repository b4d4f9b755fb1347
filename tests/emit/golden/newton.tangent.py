def newton_tangent(a, a_dot):
    """Tangent of newton (tests/emit/readable.py:49), along a."""
    x = 1.0
    x_dot = 0.0
    while abs(x * x - a) > 1e-10:
        v1 = a / x
        v2_dot = x_dot + (a_dot - v1 * x_dot) / x
        x = 0.5 * (x + v1)
        x_dot = 0.5 * v2_dot
    return x, x_dot
