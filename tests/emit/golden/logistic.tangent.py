def logistic_tangent(w, X, y, lam, w_dot):
    """Tangent of logistic (tests/emit/readable.py:56), along w."""
    z = X @ w
    z_dot = X @ w_dot
    v1 = np.logaddexp(0.0, z)
    v2_dot = np.mean(np.exp(z - v1) * z_dot - y * z_dot)
    v3 = 0.5 * lam
    result = np.mean(v1 - y * z) + v3 * np.sum(w ** 2)
    result_dot = v2_dot + v3 * np.sum(2.0 * w * w_dot)
    return result, result_dot
