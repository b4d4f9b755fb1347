def logistic_adjoint(w, X, y, lam, result_bar=1.0):
    """Adjoint of logistic (tests/emit/readable.py:56), with respect to w. Nothing recorded."""
    # forward sweep
    z = X @ w
    v1 = np.logaddexp(0.0, z)
    v2 = 0.5 * lam
    result = np.mean(v1 - y * z) + v2 * np.sum(w ** 2)
    # reverse sweep
    w_bar = 2.0 * w * (v2 * result_bar)  # w**2
    v3_bar = result_bar / y.shape[0]     # mean(logaddexp(0.0, z) - y * z)
    z_bar = y * -v3_bar                  # y * z
    z_bar += np.exp(z - v1) * v3_bar     # logaddexp(0.0, z)
    w_bar += X.T @ z_bar                 # X @ w
    return result, (w_bar,)
