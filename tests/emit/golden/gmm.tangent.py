def gmm_tangent(X, mu, sigma, logw, mu_dot, sigma_dot, logw_dot):
    """Tangent of gmm (tests/emit/readable.py:72), along mu, sigma, logw."""
    total = 0.0
    total_dot = 0.0
    for i in range(X.shape[0]):
        x = X[i]
        comps = np.zeros(mu.shape[0])
        comps_dot = np.zeros_like(comps)
        best = -np.inf
        best_dot = 0.0
        for k in range(mu.shape[0]):
            v1 = sigma[k]
            v1_dot = sigma_dot[k]
            v2 = (x - mu[k]) / v1
            v3_dot = 0.5 * (2.0 * v2 * ((-mu_dot[k] - v2 * v1_dot) / v1))
            comps_dot[k] = logw_dot[k] - v1_dot / v1 - v3_dot
            comps[k] = logw[k] - np.log(v1) - 0.5 * v2 ** 2
            if comps[k] > best:
                best = comps[k]
                best_dot = comps_dot[k]
        v4 = np.exp(comps - best)
        v5 = np.sum(v4)
        total += best + np.log(v5)
        total_dot += best_dot + np.sum(v4 * (comps_dot - best_dot)) / v5
    return total, total_dot
