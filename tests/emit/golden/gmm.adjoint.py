def gmm_adjoint(X, mu, sigma, logw, total_bar=1.0):
    """Adjoint of gmm (tests/emit/readable.py:72), with respect to mu, sigma, logw. Recorded: intermediate values."""
    # forward sweep: record intermediate values
    v1 = X.shape[0]
    v2_tape = []
    v3_tape = []
    v4_tape = []
    total = 0.0
    for i in range(v1):
        x = X[i]
        comps = np.zeros(mu.shape[0])
        best = -np.inf
        for k in range(mu.shape[0]):
            v5 = sigma[k]
            v6 = logw[k] - np.log(v5) - 0.5 * ((x - mu[k]) / v5) ** 2
            comps[k] = v6
            v2 = comps[k] > best
            v2_tape.append(v2)
            if v2:
                best = comps[k]
        v3 = np.exp(comps - best)
        v3_tape.append(v3)
        v4 = np.sum(v3)
        v4_tape.append(v4)
        total += best + np.log(v4)
    # reverse sweep
    mu_bar = np.zeros(mu.shape)
    sigma_bar = np.zeros(mu.shape)
    logw_bar = np.zeros(mu.shape)
    for i in reversed(range(v1)):
        v7_bar = v3_tape.pop() * (total_bar / v4_tape.pop())  # exp(comps - best)
        comps_bar = v7_bar.copy()                             # comps - best
        best_bar = total_bar - np.sum(v7_bar)
        for k in reversed(range(mu.shape[0])):
            if v2_tape.pop():
                comps_bar[k] += best_bar  # comps[k]
                best_bar = 0.0
            v6_bar = comps_bar[k]
            comps_bar[k] = 0.0
            x = X[i]                                     # x
            v8 = sigma[k]
            v9 = (x - mu[k]) / v8                        # (x - mu[k]) / sigma[k]
            v10_bar = 2.0 * v9 * (0.5 * -v6_bar) / v8
            mu_bar[k] -= v10_bar                         # mu[k]
            sigma_bar[k] += v9 * -v10_bar - v6_bar / v8  # sigma[k]
            logw_bar[k] += v6_bar                        # logw[k]
    return total, (mu_bar, sigma_bar, logw_bar)
