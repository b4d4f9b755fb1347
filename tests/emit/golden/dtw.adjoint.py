def dtw_adjoint(a, b, y_bar=1.0):
    """Adjoint of dtw (tests/emit/readable.py:126), with respect to a, b. Recorded: D."""
    # forward sweep: record D
    n = a.shape[0]
    m = b.shape[0]
    D = np.full((n + 1, m + 1), np.inf)
    D[0, 0] = 0.0
    v1 = n + 1
    D_tape = []
    for i in range(1, v1):
        for j in range(1, m + 1):
            c = (a[i - 1] - b[j - 1]) ** 2
            v2 = min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
            D_tape.append(D[i, j])
            D[i, j] = c + v2
    y = D[n, m]
    # reverse sweep
    D_bar = np.zeros(D.shape)
    b_bar = np.zeros(b.shape)
    a_bar = np.zeros(a.shape)
    D_bar[n, m] += y_bar  # D[n, m]
    for i in reversed(range(1, v1)):
        for j in reversed(range(1, m + 1)):
            v3_bar = D_bar[i, j]                            # D[i, j]
            D_bar[i, j] = 0.0
            D[i, j] = D_tape.pop()
            v4 = D[i, j - 1]
            v5 = D[i - 1, j]
            v6 = v4 < v5                                    # min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
            v7 = D[i - 1, j - 1]
            v8 = v7 < v5                                    # min(D[i - 1, j], D[i, j - 1], D[i - 1, j - 1])
            v9 = v7 < v4
            D_bar[i - 1, j - 1] += 1.0 * v8 * v9 * v3_bar   # D[i - 1, j - 1]
            D_bar[i, j - 1] += 1.0 * v6 * (1.0 - v9) * v3_bar  # D[i, j - 1]
            D_bar[i - 1, j] += (1.0 - v6) * (1.0 - v8) * v3_bar  # D[i - 1, j]
            v10_bar = 2.0 * (a[i - 1] - b[j - 1]) * v3_bar  # (a[i - 1] - b[j - 1]) ** 2
            b_bar[j - 1] -= v10_bar                         # b[j - 1]
            a_bar[i - 1] += v10_bar                         # a[i - 1]
    return y, (a_bar, b_bar)
