def dtw_tangent(a, b, a_dot, b_dot):
    """Tangent of dtw (tests/emit/readable.py:126), along a, b."""
    n = a.shape[0]
    m = b.shape[0]
    D = np.full((n + 1, m + 1), np.inf)
    D_dot = np.zeros_like(D)
    D_dot[0, 0] = 0.0
    D[0, 0] = 0.0
    for i in range(1, n + 1):
        for j in range(1, m + 1):
            v1 = i - 1
            v2 = j - 1
            v3 = a[v1] - b[v2]
            c = v3 ** 2
            c_dot = 2.0 * v3 * (a_dot[v1] - b_dot[v2])
            v4 = i - 1
            v5 = D[v4, j]
            v6 = j - 1
            v7 = D[i, v6]
            v8 = i - 1
            v9 = j - 1
            v10 = D[v8, v9]
            v11 = v7 < v5
            v12 = v10 < v5
            v13 = v10 < v7
            v14 = (1.0 - v11) * (1.0 - v12) * D_dot[v4, j]
            v15 = v14 + 1.0 * v11 * (1.0 - v13) * D_dot[i, v6]
            D_dot[i, j] = c_dot + (v15 + 1.0 * v12 * v13 * D_dot[v8, v9])
            D[i, j] = c + min(v5, v7, v10)
    y = D[n, m]
    y_dot = D_dot[n, m]
    return y, y_dot
