def linear_as_in_torch_adjoint(X, W, b, y_bar):
    """Adjoint of linear_as_in_torch (tests/emit/test_linear_layer.py:29), with respect to X, W, b. Nothing recorded."""
    # forward sweep
    y = X @ W.T + b
    # reverse sweep
    b_bar = np.sum(y_bar, axis=0)  # X @ W.T + b
    X_bar = y_bar @ W              # X @ W.T
    W_bar = (X.T @ y_bar).T        # W.T
    return y, (X_bar, W_bar, b_bar)
