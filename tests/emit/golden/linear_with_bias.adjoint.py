def linear_with_bias_adjoint(X, W, b, y_bar):
    """Adjoint of linear_with_bias (tests/emit/test_linear_layer.py:25), with respect to X, W, b. Nothing recorded."""
    # forward sweep
    y = X @ W + b
    # reverse sweep
    b_bar = np.sum(y_bar, axis=0)  # X @ W + b
    W_bar = X.T @ y_bar            # X @ W
    X_bar = y_bar @ W.T
    return y, (X_bar, W_bar, b_bar)
