def lu_logdet_adjoint(A, s_bar=1.0):
    """Adjoint of lu_logdet (tests/emit/readable.py:10), with respect to A. Recorded: A."""
    # forward sweep: record A
    A = A.copy()
    n = A.shape[0]
    A_tape = []
    A_tape_2 = []
    s = 0.0
    for k in range(n):
        s += math.log(abs(A[k, k]))
        for i in range(k + 1, n):
            A_tape.append(A[i, k])
            A[i, k] /= A[k, k]
            for j in range(k + 1, n):
                A_tape_2.append(A[i, j])
                A[i, j] -= A[i, k] * A[k, j]
    # reverse sweep
    A_bar = np.zeros(A.shape)
    for k in reversed(range(n)):
        for i in reversed(range(k + 1, n)):
            for j in reversed(range(k + 1, n)):
                v1 = A_bar[i, j]             # A[i, j] -= A[i, k] * A[k, j]
                A[i, j] = A_tape_2.pop()
                A_bar[k, j] -= A[i, k] * v1  # A[k, j]
                A_bar[i, k] -= A[k, j] * v1  # A[i, k]
            v2_bar = A_bar[i, k]                  # A[i, k] /= A[k, k]
            A_bar[i, k] = 0.0
            A[i, k] = A_tape.pop()
            v3 = A[k, k]
            v4_bar = v2_bar / v3                  # A[i, k] /= A[k, k]
            A_bar[k, k] -= A[i, k] / v3 * v4_bar  # A[k, k]
            A_bar[i, k] += v4_bar                 # A[i, k] /= A[k, k]
        v5 = A[k, k]
        A_bar[k, k] += np.sign(v5) * (s_bar / abs(v5))
    return s, (A_bar,)
