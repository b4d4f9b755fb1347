def f_adjoint(x1, x2, y_bar=1.0):
    """Adjoint of f (lecture.py:3), with respect to x1, x2. Nothing recorded."""
    # forward sweep
    v1 = np.log(x1)
    v2 = x1 * x2
    v3 = v1 + v2
    v4 = np.sin(x2)
    y = v3 - v4
    # reverse sweep
    v5 = np.cos(x2)
    v6 = -v5
    x2_bar = v6 * y_bar
    x1_bar = x2 * y_bar
    v7 = x1 * y_bar
    x2_bar += v7
    v8 = y_bar / x1
    x1_bar += v8
    return y, (x1_bar, x2_bar)
