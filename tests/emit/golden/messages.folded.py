def messages(x):
    print(f'x = {x:.2f}!', end=' ')
    assert x > 0.0, "positive"
    if x > 10.0:
        v1 = ValueError("large")
        raise v1
    return x
