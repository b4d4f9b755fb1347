def kalman_adjoint(z, q, r, ll_bar=1.0):
    """Adjoint of kalman (tests/emit/readable.py:85), with respect to q, r. Recorded: p, e."""
    # forward sweep: record p, e
    v1 = z.shape[0]
    p_tape = []
    e_tape = []
    p = 1.0
    ll = 0.0
    x = 0.0
    for i in range(v1):
        zi = z[i]
        p += q
        p_tape.append(p)
        s = p + r
        k = p / s
        e = zi - x
        e_tape.append(e)
        ll -= 0.5 * (math.log(s) + e * e / s)
        x += k * e
        p *= 1 - k
    # reverse sweep
    p_bar = 0.0
    x_bar = 0.0
    q_bar = 0.0
    r_bar = 0.0
    for _ in reversed(range(v1)):
        p = p_tape.pop()
        e = e_tape.pop()
        s = p + r
        k = p / s
        p_bar_2 = (1 - k) * p_bar   # (1 - k) * p
        k_bar = -(p * p_bar)        # 1 - k
        e_bar = k * x_bar           # k * e
        k_bar += e * x_bar
        v2_bar = 0.5 * -ll_bar / s  # e * e / s
        s_bar = e * e / s * -v2_bar
        e_bar += 2.0 * e * v2_bar   # e * e
        s_bar += v2_bar             # log(s)
        x_bar -= e_bar              # zi - x
        v3 = k_bar / s              # p / s
        p_bar = p_bar_2 + v3
        s_bar -= k * v3
        p_bar += s_bar              # p + r
        r_bar += s_bar
        q_bar += p_bar              # p + q
    return ll, (q_bar, r_bar)
