def halve_until(x, t, n):
    trips = 0
    for _ in range(n):
        v1 = x < t
        if v1:
            break
        x /= 2.0
        trips += 1
    return x, trips
