def jittered_tangent(matrix, matrix_dot):
    """Tangent of jittered (tests/emit/readable.py:169), along matrix."""
    jitter = 1e-06
    while True:
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(matrix.shape[0]))
            factor_dot = cholesky_slope(factor, matrix_dot)
            failed = None
        except np.linalg.LinAlgError as _error:
            failed = _error
        if failed is None:
            break
        jitter *= 10.0
    v1 = np.diagonal(factor)
    y = 2.0 * np.sum(np.log(v1))
    y_dot = 2.0 * np.sum(np.diagonal(factor_dot) / v1)
    return y, y_dot
