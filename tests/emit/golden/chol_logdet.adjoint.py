def chol_logdet_adjoint(A, y_bar=1.0):
    """Adjoint of chol_logdet (tests/emit/readable.py:23), with respect to A. Recorded: L, intermediate values."""
    # forward sweep: record L, intermediate values
    n = A.shape[0]
    L = np.zeros_like(A)
    L_tape = []
    v1_tape = []
    L_tape_2 = []
    v2_tape = []
    for i in range(n):
        for j in range(i + 1):
            s = A[i, j] - np.dot(L[i, :j], L[j, :j])
            if i == j:
                v1 = np.sqrt(s)
                v1_tape.append(v1)
                L_tape.append(L[i, j])
                L[i, j] = v1
            else:
                v2 = s / L[j, j]
                v2_tape.append(v2)
                L_tape_2.append(L[i, j])
                L[i, j] = v2
    v3 = np.diagonal(L)
    y = 2 * np.sum(np.log(v3))
    # reverse sweep
    A_bar = np.zeros(A.shape)
    L_bar = np.diag(2 * y_bar / v3)  # log(diag(L))
    for i in reversed(range(n)):
        for j in reversed(range(i + 1)):
            if i == j:
                v1_bar = L_bar[i, j]                    # L[i, j]
                L_bar[i, j] = 0.0
                L[i, j] = L_tape.pop()
                s_bar = v1_bar / (2.0 * v1_tape.pop())  # sqrt(s)
            else:
                v2_bar = L_bar[i, j]                  # L[i, j]
                L_bar[i, j] = 0.0
                L[i, j] = L_tape_2.pop()
                s_bar = v2_bar / L[j, j]              # s / L[j, j]
                L_bar[j, j] -= v2_tape.pop() * s_bar  # L[j, j]
            L_bar[i, :j] -= L[j, :j] * s_bar  # dot(L[i, :j], L[j, :j])
            L_bar[j, :j] -= L[i, :j] * s_bar
            A_bar[i, j] += s_bar              # A[i, j]
    return y, (A_bar,)
