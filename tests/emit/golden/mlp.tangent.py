def mlp_tangent(params, X, Y, params_0_0_dot, params_0_1_dot, params_1_0_dot, params_1_1_dot):
    """Tangent of mlp (tests/emit/readable.py:61), along params."""
    params_0_0 = params[0][0]
    params_0_1 = params[0][1]
    params_1_0 = params[1][0]
    params_1_1 = params[1][1]
    h = np.tanh(X @ params_0_0 + params_0_1)
    h_dot = (1.0 - h * h) * (X @ params_0_0_dot + params_0_1_dot)
    logits = h @ params_1_0 + params_1_1
    logits_dot = h_dot @ params_1_0 + h @ params_1_0_dot + params_1_1_dot
    v1 = np.max(logits, axis=1, keepdims=True)
    m = logits - v1
    m_dot = logits_dot - chosen_mean(logits_dot, logits == v1, axis=1, keepdims=True)
    v2 = np.exp(m)
    v3 = np.sum(v2, axis=1, keepdims=True)
    logp = m - np.log(v3)
    logp_dot = m_dot - np.sum(v2 * m_dot, axis=1, keepdims=True) / v3
    y = -np.mean(np.sum(logp * Y, axis=1))
    y_dot = -np.mean(np.sum(Y * logp_dot, axis=1))
    return y, y_dot
