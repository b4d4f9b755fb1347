def messages(x):
    v1 = f'x = {x:.2f}!'
    print(v1, end=" ")
    v2 = x > 0.0
    assert v2, "positive"
    v3 = x > 10.0
    if v3:
        v4 = ValueError("large")
        raise v4
    return x
