def lu_logdet_tangent(A, A_dot):
    """Tangent of lu_logdet (tests/emit/readable.py:10), along A."""
    A = A.copy()
    A_dot = A_dot.copy()
    n = A.shape[0]
    s = 0.0
    s_dot = 0.0
    for k in range(n):
        v1 = A[k, k]
        v2 = abs(v1)
        s += math.log(v2)
        s_dot += np.sign(v1) * A_dot[k, k] / v2
        for i in range(k + 1, n):
            v3 = A[k, k]
            v4 = A[i, k] / v3
            A_dot[i, k] = (A_dot[i, k] - v4 * A_dot[k, k]) / v3
            A[i, k] = v4
            for j in range(k + 1, n):
                v5 = A[i, k]
                v6 = A[k, j]
                A_dot[i, j] -= v6 * A_dot[i, k] + v5 * A_dot[k, j]
                A[i, j] -= v5 * v6
    return s, s_dot
