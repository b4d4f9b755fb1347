def f_adjoint(x1, x2, y_bar=1.0):
    """Adjoint of f (lecture.py:3), with respect to x1, x2. Nothing recorded."""
    # forward sweep
    y = np.log(x1) + x1 * x2 - np.sin(x2)
    # reverse sweep
    x2_bar = -np.cos(x2) * y_bar
    x1_bar = x2 * y_bar
    x2_bar += x1 * y_bar
    x1_bar += y_bar / x1
    return y, (x1_bar, x2_bar)
