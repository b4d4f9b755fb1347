def fact_adjoint(x, n, result_bar=1.0):
    """Adjoint of fact (tests/emit/readable.py:120), with respect to x. Nothing recorded."""
    # forward sweep
    v1 = n <= 0
    if v1:
        result = x
    else:
        v2, v3_residuals = fact_forward(x * x + 0.1, n - 1)
        result = v2 * x
    # reverse sweep
    if v1:
        x_bar = result_bar
    else:
        x_bar = v2 * result_bar                               # fact(x * x + 0.1, n - 1) * x
        x_bar_2 = fact_reverse(v3_residuals, x * result_bar)  # fact(x * x + 0.1, n - 1)
        x_bar += 2.0 * x * x_bar_2                            # x * x
    return result, (x_bar,)


def fact_forward(x, n):
    """Forward sweep of a call of fact: its results, and the residuals for fact_reverse."""
    v1 = n <= 0
    if v1:
        result = x
        v2 = None
        v3_residuals = None
    else:
        v2, v3_residuals = fact_forward(x * x + 0.1, n - 1)
        result = v2 * x
    residuals = v1, v2, x, v3_residuals
    return result, residuals


def fact_reverse(residuals, result_bar):
    """Reverse sweep of a call of fact: from the cotangents of its results to those of its arguments."""
    v1 = residuals[1]
    x = residuals[2]
    v2_residuals = residuals[3]
    if residuals[0]:
        x_bar = result_bar
    else:
        x_bar = v1 * result_bar
        x_bar_2 = fact_reverse(v2_residuals, x * result_bar)
        x_bar += 2.0 * x * x_bar_2
    return x_bar
