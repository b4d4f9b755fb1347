def jittered_adjoint(matrix, y_bar=1.0):
    """Adjoint of jittered (tests/emit/readable.py:169), with respect to matrix. Recorded: factor, intermediate values."""
    # forward sweep: record factor, intermediate values
    factor_tape = []
    v1_tape = []
    jitter = 1e-06
    trips = 0
    while True:
        trips += 1
        try:
            factor = np.linalg.cholesky(matrix + jitter * np.eye(matrix.shape[0]))
            failed = None
        except np.linalg.LinAlgError as _error:
            failed = _error
        if failed is not None:
            factor = None
        factor_tape.append(factor)
        v1 = failed is None
        v1_tape.append(v1)
        if v1:
            break
        jitter *= 10.0
    v2 = np.diagonal(factor)
    y = 2.0 * np.sum(np.log(v2))
    # reverse sweep
    factor_bar = np.diag(2.0 * y_bar / v2)  # diag(factor)
    matrix_bar = np.zeros(matrix.shape)     # while True: try: factor = linalg.cholesky(matri...
    for _ in range(trips):
        factor = factor_tape.pop()
        if v1_tape.pop():
            matrix_bar = matrix_bar + cholesky_slope(factor, factor_bar, bar=True)  # matrix + jitter * eye(len(matrix))
            factor_bar = np.zeros(matrix.shape)  # try: factor = linalg.cholesky(matrix + jitter *...
    return y, (matrix_bar,)
