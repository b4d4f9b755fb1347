def jacobi_tangent(b, iters, b_dot):
    """Tangent of jacobi (tests/emit/readable.py:99), along b."""
    n = b.shape[0]
    u = np.zeros((n, n))
    u_dot = np.zeros_like(u)
    v = np.zeros((n, n))
    v_dot = np.zeros_like(v)
    for _ in range(iters):
        v1_dot = u_dot[:-2, 1:-1] + u_dot[2:, 1:-1] + u_dot[1:-1, :-2] + u_dot[1:-1, 2:] - b_dot[1:-1, 1:-1]
        v_dot[1:-1, 1:-1] = 0.25 * v1_dot
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - b[1:-1, 1:-1])
        u, v, u_dot, v_dot = v, u, v_dot, u_dot
    y = np.sum(u * u)
    y_dot = np.sum(2.0 * u * u_dot)
    return y, y_dot
