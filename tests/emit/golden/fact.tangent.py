def fact_tangent(x, n, x_dot):
    """Tangent of fact (tests/emit/readable.py:120), along x."""
    if n <= 0:
        result = x
        result_dot = x_dot
    else:
        v1, v1_dot = fact_tangent_2(x * x + 0.1, n - 1, 2.0 * x * x_dot)
        result = v1 * x
        result_dot = x * v1_dot + v1 * x_dot
    return result, result_dot


def fact_tangent_2(x, n, x_dot):
    """Tangent of a call of fact: its results, and their tangents."""
    if n <= 0:
        result = x
        result_dot = x_dot
    else:
        v1, v1_dot = fact_tangent_2(x * x + 0.1, n - 1, 2.0 * x * x_dot)
        result = v1 * x
        result_dot = x * v1_dot + v1 * x_dot
    return result, result_dot
