def newton(a):
    x = 1.0
    while True:
        v1 = x * x
        v2 = v1 - a
        v3 = abs(v2)
        v4 = v3 > 1e-09
        if not v4:
            break
        v5 = a / x
        v6 = x + v5
        x = 0.5 * v6
    return x
