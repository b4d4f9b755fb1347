def collected_tangent(x, x_dot):
    """Tangent of collected (tests/emit/readable.py:137), along x."""
    values = []
    values_dot = []
    for i in range(x.shape[0]):
        v = x[i]
        v_dot = x_dot[i]
        v1 = np.sin(v)
        values.append(v1 * v)
        values_dot.append(v * (np.cos(v) * v_dot) + v1 * v_dot)
    y = np.array(values)
    y_dot = np.array(values_dot)
    return y, y_dot
