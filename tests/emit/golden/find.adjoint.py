def find_adjoint(x, target, result_bar=1.0):
    """Adjoint of find (tests/emit/readable.py:109), with respect to x. Recorded: s."""
    # forward sweep: record s
    v1 = x.shape[0]
    s_tape = []
    s = 0.0
    returned = False
    result = None
    trips = 0
    for i in range(v1):
        trips += 1
        v2 = x[i]
        if not v2 < 0:
            s += v2 ** 2
            s_tape.append(s)
            if s > target:
                returned = True
                result = s * v2
                break
    if not returned:
        result = s
    # reverse sweep
    x_bar = np.zeros(x.shape)
    if returned:
        s_bar = 0.0
    else:
        s_bar = result_bar
        result_bar = 0.0
    for i in reversed(range(v1)[:trips]):
        v3 = x[i]
        if v3 < 0:
            v2_bar = 0.0
        else:
            s = s_tape.pop()
            if s > target:
                s_bar += v3 * result_bar  # s * x[i]
                v2_bar = s * result_bar
            else:
                v2_bar = 0.0
            v2_bar += 2.0 * v3 * s_bar
        x_bar[i] += v2_bar  # x[i]
        result_bar = 0.0
    return result, (x_bar,)
