def smooth_adjoint(u, k, n, u_bar):
    """Adjoint of smooth."""
    # forward sweep: record u[1:-1], overwritten and read in reverse
    u = u.copy()
    u_tape = []
    for _ in range(n):
        u_tape.append(u[1:-1].copy())
        u[1:-1] += k * u[1:-1] * (u[2:] - u[:-2])
    result = u.copy()
    # reverse sweep
    u_bar = u_bar.copy()
    k_bar = 0.0
    for _ in reversed(range(n)):
        u[1:-1] = u_tape.pop()
        v1_bar = (u[2:] - u[:-2]) * u_bar[1:-1]
        v2_bar = k * u[1:-1] * u_bar[1:-1]
        k_bar += np.sum(u[1:-1] * v1_bar)
        u_bar[1:-1] += k * v1_bar
        u_bar[2:] += v2_bar
        u_bar[:-2] -= v2_bar
    return result, (u_bar, k_bar)
