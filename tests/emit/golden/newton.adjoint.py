def newton_adjoint(a, x_bar=1.0):
    """Adjoint of newton (tests/emit/readable.py:49), with respect to a. Recorded: x."""
    # forward sweep: record x
    x_tape = []
    x = 1.0
    trips = 0
    while abs(x * x - a) > 1e-10:
        trips += 1
        x_tape.append(x)
        x = 0.5 * (x + a / x)
    # reverse sweep
    a_bar = 0.0
    result = x
    for _ in range(trips):
        x = x_tape.pop()
        v2_bar = 0.5 * x_bar  # 0.5 * (x + a / x)
        v3 = v2_bar / x       # a / x
        a_bar += v3
        x_bar = v2_bar - a / x * v3
    return result, (a_bar,)
