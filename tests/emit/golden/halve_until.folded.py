def halve_until(x, t, n):
    trips = 0
    for _ in range(n):
        if x < t:
            break
        x /= 2.0
        trips += 1
    return x, trips
