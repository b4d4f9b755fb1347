def kalman_tangent(z, q, r, q_dot, r_dot):
    """Tangent of kalman (tests/emit/readable.py:85), along q, r."""
    p = 1.0
    ll = 0.0
    x = 0.0
    p_dot = 0.0
    ll_dot = 0.0
    x_dot = 0.0
    for i in range(z.shape[0]):
        zi = z[i]
        p += q
        p_dot += q_dot
        s = p + r
        s_dot = p_dot + r_dot
        k = p / s
        k_dot = (p_dot - k * s_dot) / s
        e = zi - x
        e_dot = -x_dot
        v1 = e * e / s
        ll -= 0.5 * (math.log(s) + v1)
        ll_dot -= 0.5 * (s_dot / s + (2.0 * e * e_dot - v1 * s_dot) / s)
        x += k * e
        x_dot += e * k_dot - k * x_dot
        v2 = 1 - k
        p_start = p
        p *= v2
        p_dot = p_start * -k_dot + v2 * p_dot
    return ll, ll_dot
