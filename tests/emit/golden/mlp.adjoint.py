def mlp_adjoint(params, X, Y, y_bar=1.0):
    """Adjoint of mlp (tests/emit/readable.py:61), with respect to params. Nothing recorded."""
    params_0_0 = params[0][0]
    params_0_1 = params[0][1]
    params_1_0 = params[1][0]
    params_1_1 = params[1][1]
    # forward sweep
    h = np.tanh(X @ params_0_0 + params_0_1)
    logits = h @ params_1_0 + params_1_1
    v1 = np.max(logits, axis=1, keepdims=True)
    m = logits - v1
    v2 = np.exp(m)
    v3 = np.sum(v2, axis=1, keepdims=True)
    logp = m - np.log(v3)
    v4 = np.sum(logp * Y, axis=1)
    y = -np.mean(v4)
    # reverse sweep
    v5 = np.broadcast_to(-y_bar / v4.shape[0], v4.shape)  # sum(logp * Y, axis=1)
    logp_bar = Y * np.expand_dims(v5, axis=1)             # logp * Y
    m_bar = logp_bar - v2 * (np.sum(logp_bar, axis=1, keepdims=True) / v3)  # exp(m)
    v1_bar = np.sum(-m_bar, axis=1, keepdims=True)        # logits - max(logits, axis=1, keepdims=True)
    logits_bar = m_bar + evenly(v1_bar, logits == v1, axis=1, keepdims=True)  # max(logits, axis=1, keepdims=True)
    params_1_1_bar = np.sum(logits_bar, axis=0)           # h @ W + b
    params_1_0_bar = h.T @ logits_bar                     # h @ W
    h_bar = logits_bar @ params_1_0.T
    v6_bar = (1.0 - h * h) * h_bar                        # tanh(h @ W + b)
    params_0_1_bar = np.sum(v6_bar, axis=0)               # h @ W + b
    params_0_0_bar = X.T @ v6_bar                         # h @ W
    return y, ([(params_0_0_bar, params_0_1_bar), (params_1_0_bar, params_1_1_bar)],)
