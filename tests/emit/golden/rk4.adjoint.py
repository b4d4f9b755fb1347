def rk4_adjoint(y, theta, h=0.1, steps=20, result_bar=1.0):
    """Adjoint of rk4 (tests/emit/readable.py:36), with respect to y, theta. Recorded: intermediate values."""
    # forward sweep: record intermediate values
    v1_tape = []
    v2_tape = []
    v3_tape = []
    v4_tape = []
    v5_tape = []
    v6_tape = []
    v7_tape = []
    v8_tape = []
    v9_tape = []
    v10_tape = []
    v11_tape = []
    v12_tape = []
    for _ in range(steps):
        v1 = y[1]
        v1_tape.append(v1)
        v13 = -theta[0]
        v2 = y[0]
        v2_tape.append(v2)
        v3 = np.sin(v2)
        v3_tape.append(v3)
        v14 = theta[1]
        v15 = v13 * v3 - v14 * v1
        k1 = np.array([v1, v15])
        v16 = h / 2
        v17 = y + v16 * k1
        v4 = v17[1]
        v4_tape.append(v4)
        v5 = v17[0]
        v5_tape.append(v5)
        v6 = np.sin(v5)
        v6_tape.append(v6)
        v18 = v13 * v6 - v14 * v4
        k2 = np.array([v4, v18])
        v19 = y + v16 * k2
        v7 = v19[1]
        v7_tape.append(v7)
        v8 = v19[0]
        v8_tape.append(v8)
        v9 = np.sin(v8)
        v9_tape.append(v9)
        v20 = v13 * v9 - v14 * v7
        k3 = np.array([v7, v20])
        v21 = y + h * k3
        v10 = v21[1]
        v10_tape.append(v10)
        v11 = v21[0]
        v11_tape.append(v11)
        v12 = np.sin(v11)
        v12_tape.append(v12)
        v22 = v13 * v12 - v14 * v10
        k4 = np.array([v10, v22])
        y = y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    result = y @ y
    # reverse sweep
    theta_bar = np.zeros(2)
    y_bar = 2.0 * y * result_bar  # y @ y
    for _ in reversed(range(steps)):
        v21_bar = np.zeros(2)
        v19_bar = np.zeros(2)
        v17_bar = np.zeros(2)
        y_bar_2 = y_bar.copy()                     # y + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        v23_bar = h / 6 * y_bar                    # h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
        k3_bar = 2 * v23_bar                       # 2 * k3
        v22_bar = v23_bar[1]                       # array([y[1], -theta[0] * sin(y[0]) - theta[1] *...
        v24 = theta[1]
        v25 = theta[0]
        v21_bar[0] -= np.cos(v11_tape.pop()) * (v25 * v22_bar)  # y[0]
        v21_bar[1] += v23_bar[0] - v24 * v22_bar   # y[1]
        y_bar_2 += v21_bar                         # y + h * k3
        k3_bar_2 = k3_bar + h * v21_bar            # h * k3
        v20_bar = k3_bar_2[1]                      # array([y[1], -theta[0] * sin(y[0]) - theta[1] *...
        v14_bar = v10_tape.pop() * -v22_bar - v7_tape.pop() * v20_bar  # theta[1] * y[1]
        v13_bar = v12_tape.pop() * v22_bar + v9_tape.pop() * v20_bar  # -theta[0] * sin(y[0])
        v19_bar[0] -= np.cos(v8_tape.pop()) * (v25 * v20_bar)  # y[0]
        v19_bar[1] += k3_bar_2[0] - v24 * v20_bar  # y[1]
        y_bar_2 += v19_bar                         # y + h / 2 * k2
        v26 = h / 2
        k2_bar = k3_bar + v26 * v19_bar            # h / 2 * k2
        v18_bar = k2_bar[1]                        # array([y[1], -theta[0] * sin(y[0]) - theta[1] *...
        v17_bar[0] -= np.cos(v5_tape.pop()) * (v25 * v18_bar)  # y[0]
        v17_bar[1] += k2_bar[0] - v24 * v18_bar    # y[1]
        y_bar_2 += v17_bar                         # y + h / 2 * k1
        k1_bar = v23_bar + v26 * v17_bar           # h / 2 * k1
        v15_bar = k1_bar[1]                        # array([y[1], -theta[0] * sin(y[0]) - theta[1] *...
        v14_bar = v14_bar - v4_tape.pop() * v18_bar - v1_tape.pop() * v15_bar  # theta[1] * y[1]
        theta_bar[1] += v14_bar                    # theta[1]
        v13_bar = v13_bar + v6_tape.pop() * v18_bar + v3_tape.pop() * v15_bar  # -theta[0] * sin(y[0])
        y_bar_2[0] -= np.cos(v2_tape.pop()) * (v25 * v15_bar)  # y[0]
        theta_bar[0] -= v13_bar                    # theta[0]
        y_bar_2[1] += k1_bar[0] - v24 * v15_bar    # y[1]
        y_bar = y_bar_2
    return result, (y_bar, theta_bar)
