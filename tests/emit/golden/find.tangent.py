def find_tangent(x, target, x_dot):
    """Tangent of find (tests/emit/readable.py:109), along x."""
    s = 0.0
    returned = False
    result = None
    s_dot = 0.0
    result_dot = None
    for i in range(x.shape[0]):
        v1 = x[i]
        v1_dot = x_dot[i]
        if not v1 < 0:
            s += v1 ** 2
            s_dot += 2.0 * v1 * v1_dot
            if s > target:
                returned = True
                result = s * v1
                result_dot = v1 * s_dot + s * v1_dot
                break
    if not returned:
        result = s
        result_dot = s_dot
    return result, result_dot
