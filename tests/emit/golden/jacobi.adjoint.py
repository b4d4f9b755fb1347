def jacobi_adjoint(b, iters, y_bar=1.0):
    """Adjoint of jacobi (tests/emit/readable.py:99), with respect to b. Recorded: v, u."""
    # forward sweep: record v, u
    n = b.shape[0]
    u = np.zeros((n, n))
    v = np.zeros((n, n))
    v_tape = []
    u_tape = []
    v_tape_2 = []
    for _ in range(iters):
        u_tape.append(u)
        v_tape.append(v)
        v_tape_2.append(v[1:-1, 1:-1].copy())
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - b[1:-1, 1:-1])
        u, v = v, u
    y = np.sum(u * u)
    # reverse sweep
    shadows = Shadows()
    u_bar = shadows[u]
    b_bar = np.zeros(b.shape)
    u_bar += 2.0 * u * y_bar  # u * u
    for _ in reversed(range(iters)):
        v = v_tape.pop()
        v_bar = shadows[v]
        u = u_tape.pop()
        u_bar = shadows[u]
        v1_bar = v_bar[1:-1, 1:-1].copy()  # v[1:-1, 1:-1]
        v_bar[1:-1, 1:-1] = 0.0
        v[1:-1, 1:-1] = v_tape_2.pop()
        v2_bar = 0.25 * v1_bar             # 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-...
        b_bar[1:-1, 1:-1] -= v2_bar        # u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1...
        u_bar[1:-1, 2:] += v2_bar
        u_bar[1:-1, :-2] += v2_bar         # u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2]
        u_bar[:-2, 1:-1] += v2_bar         # u[:-2, 1:-1] + u[2:, 1:-1]
        u_bar[2:, 1:-1] += v2_bar
    return y, (b_bar,)
