def linear_adjoint(X, W, y_bar):
    """Adjoint of linear (tests/emit/test_linear_layer.py:21), with respect to X, W. Nothing recorded."""
    # forward sweep
    y = X @ W
    # reverse sweep
    W_bar = X.T @ y_bar  # X @ W
    X_bar = y_bar @ W.T
    return y, (X_bar, W_bar)
