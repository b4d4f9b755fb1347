def rebound(x):
    y = x * x
    y_start = y
    y = np.sin(y)
    y *= y_start
    # reverse sweep
    v1 = np.cos(y_start)
    result = v1 * y
    return result
