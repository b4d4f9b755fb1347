def rebound(x):
    y = x * x
    y_start = y
    y = np.sin(y)
    y *= y_start
    # reverse sweep
    return np.cos(y_start) * y
