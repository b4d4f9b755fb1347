def collected_adjoint(x, y_bar):
    """Adjoint of collected (tests/emit/readable.py:137), with respect to x. Recorded: intermediate values."""
    # forward sweep: record intermediate values
    values = []
    v1 = x.shape[0]
    v2_tape = []
    for i in range(v1):
        v = x[i]
        v2 = np.sin(v)
        v2_tape.append(v2)
        values.append(v2 * v)
    y = np.array(values)
    # reverse sweep
    x_bar = np.zeros(x.shape)
    values_bar = list(y_bar)  # array(values)
    for i in reversed(range(v1)):
        v3_bar = values_bar.pop()          # values.append(sin(v) * v)
        v = x[i]                           # v
        v_bar = v2_tape.pop() * v3_bar     # sin(v) * v
        v_bar += np.cos(v) * (v * v3_bar)  # sin(v)
        x_bar[i] += v_bar                  # v
    return y, (x_bar,)
