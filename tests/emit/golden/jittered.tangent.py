def jittered_tangent(matrix, matrix_dot):
    """Tangent of jittered (tests/emit/readable.py:169), along matrix."""
    jitter = 1e-06
    while True:
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(matrix.shape[0]))
            v1 = np.linalg.inv(factor)
            v2 = np.tril(matrix_dot, k=-1)
            v3 = np.tril(v1 @ (v2 + v2.mT + np.triu(np.tril(matrix_dot))) @ v1.T)
            factor_dot = factor @ (v3 - 0.5 * np.triu(v3))
            failed = None
        except np.linalg.LinAlgError as _error:
            failed = _error
        if failed is None:
            break
        jitter *= 10.0
    v4 = np.diagonal(factor)
    y = 2.0 * np.sum(np.log(v4))
    y_dot = 2.0 * np.sum(np.diagonal(factor_dot) / v4)
    return y, y_dot
