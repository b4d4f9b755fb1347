def fibonacci(n):
    a = 0
    b = 1
    for _ in range(n):
        b_start = b
        b += a
        a = b_start
    return a
