def chol_logdet_tangent(A, A_dot):
    """Tangent of chol_logdet (tests/emit/readable.py:23), along A."""
    n = A.shape[0]
    L = np.zeros_like(A)
    L_dot = np.zeros_like(L)
    for i in range(n):
        for j in range(i + 1):
            v1 = L[i, :j]
            v2 = L[j, :j]
            v3_dot = L_dot[i, :j] @ v2 + v1 @ L_dot[j, :j]
            s = A[i, j] - np.dot(v1, v2)
            s_dot = A_dot[i, j] - v3_dot
            if i == j:
                v4 = np.sqrt(s)
                L_dot[i, j] = s_dot / (2.0 * v4)
                L[i, j] = v4
            else:
                v5 = L[j, j]
                v6 = s / v5
                L_dot[i, j] = (s_dot - v6 * L_dot[j, j]) / v5
                L[i, j] = v6
    v7 = np.diagonal(L)
    y = 2 * np.sum(np.log(v7))
    y_dot = 2 * np.sum(np.diagonal(L_dot) / v7)
    return y, y_dot
