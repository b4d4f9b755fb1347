def smooth_adjoint(u, k, n, u_bar):
    """Adjoint of smooth."""
    # forward sweep: record u[1:-1], overwritten and read in reverse
    u = u.copy()
    u_tape = []
    for _ in range(n):
        v1 = u[2:]
        v2 = u[:-2]
        v3 = v1 - v2
        v4 = u[1:-1]
        v5 = k * v4
        v6 = v5 * v3
        v7 = u[1:-1]
        v8 = v7.copy()
        u_tape.append(v8)
        u[1:-1] += v6
    result = u.copy()
    # reverse sweep
    u_bar = u_bar.copy()
    k_bar = 0.0
    for _ in reversed(range(n)):
        v9 = u_tape.pop()
        u[1:-1] = v9
        v10 = u[2:]
        v11 = u[:-2]
        v12 = v10 - v11
        v13 = u[1:-1]
        v14 = k * v13
        v15 = u_bar[1:-1]
        v14_bar = v12 * v15
        v16 = u_bar[1:-1]
        v12_bar = v14 * v16
        v17 = u[1:-1]
        v18 = v17 * v14_bar
        v19 = np.sum(v18)
        k_bar += v19
        v20 = k * v14_bar
        u_bar[1:-1] += v20
        u_bar[2:] += v12_bar
        u_bar[:-2] -= v12_bar
    return result, (u_bar, k_bar)
