def relu_network_adjoint(X, W1, b1, W2, b2, y_bar):
    """Adjoint of relu_network (tests/emit/test_linear_layer.py:33), with respect to X, W1, b1, W2, b2. Nothing recorded."""
    # forward sweep
    v1 = X @ W1 + b1
    H = np.maximum(v1, 0.0)
    y = H @ W2 + b2
    # reverse sweep
    b2_bar = np.sum(y_bar, axis=0)   # H @ W2 + b2
    W2_bar = H.T @ y_bar             # H @ W2
    H_bar = y_bar @ W2.T
    v1_bar = share(v1, 0.0) * H_bar  # maximum(X @ W1 + b1, 0.0)
    b1_bar = np.sum(v1_bar, axis=0)  # X @ W1 + b1
    W1_bar = X.T @ v1_bar            # X @ W1
    X_bar = v1_bar @ W1.T
    return y, (X_bar, W1_bar, b1_bar, W2_bar, b2_bar)
