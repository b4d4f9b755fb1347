def newton(a):
    x = 1.0
    while abs(x * x - a) > 1e-09:
        x = 0.5 * (x + a / x)
    return x
