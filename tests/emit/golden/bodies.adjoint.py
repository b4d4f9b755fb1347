def bodies_adjoint(x, steps, total_bar=1.0):
    """Adjoint of bodies (tests/emit/readable.py:155), with respect to x. Recorded: a, b, intermediate values."""
    # forward sweep: record a, b, intermediate values
    bodies = []
    v1 = x.shape[0]
    v2_tape = []
    for i in range(v1):
        v = x[i]
        mass = 1.0 + v * v
        v2 = {"position": v, "mass": mass, "force": 0.0}
        v2_tape.append(v2)
        bodies.append(v2)
    a_tape = []
    a_tape_2 = []
    b_tape = []
    a_tape_3 = []
    a_tape_4 = []
    a_tape_5 = []
    for _ in range(steps):
        for i in range(len(bodies)):
            a = bodies[i]
            a_tape.append(a)
            a_tape_2.append(saved_item(a, "force"))
            a["force"] = 0.0
            for i in range(len(bodies)):
                b = bodies[i]
                b_tape.append(b)
                if a is not b:
                    v3 = b["mass"] * (b["position"] - a["position"])
                    force = a["force"] + v3
                    a_tape_3.append(saved_item(a, "force"))
                    a["force"] = force
        for i in range(len(bodies)):
            a = bodies[i]
            a_tape_4.append(a)
            position = a["position"] + 0.1 * a["force"] / a["mass"]
            a_tape_5.append(saved_item(a, "position"))
            a["position"] = position
    v4 = len(bodies)
    b_tape_2 = []
    total = 0
    for i in range(v4):
        b = bodies[i]
        b_tape_2.append(b)
        value = b["position"] * b["position"] * b["mass"]
        total += value
    # reverse sweep
    shadows = Shadows()
    x_bar = np.zeros(x.shape)
    for _ in reversed(range(v4)):
        b = b_tape_2.pop()
        b_bar = shadows[b]
        v5 = b["position"]                    # b.position
        v6 = b["position"]
        v7_bar = b["mass"] * total_bar        # b.position * b.position * b.mass
        b_bar["mass"] += v5 * v6 * total_bar  # b.mass
        b_bar["position"] += v5 * v7_bar      # b.position
        b_bar["position"] += v6 * v7_bar
    for _ in reversed(range(steps)):
        for _ in reversed(range(len(bodies))):
            a = a_tape_4.pop()
            a_bar = shadows[a]
            position_bar = a_bar["position"]                  # self.position = self.position + dt * self.force...
            a_bar["position"] = 0.0
            restore_item(a, "position", a_tape_5.pop())
            v8 = a["mass"]                                    # self.mass
            v9_bar = position_bar / v8                        # dt * self.force / self.mass
            a_bar["mass"] += 0.1 * a["force"] / v8 * -v9_bar  # self.mass
            a_bar["force"] += 0.1 * v9_bar                    # self.force
            a_bar["position"] += position_bar                 # self.position
        for _ in reversed(range(len(bodies))):
            a = a_tape.pop()
            a_bar = shadows[a]
            for _ in reversed(range(len(bodies))):
                b = b_tape.pop()
                b_bar = shadows[b]
                if a is not b:
                    force_bar = a_bar["force"]       # a.force += b.mass * (b.position - a.position)
                    a_bar["force"] = 0.0
                    restore_item(a, "force", a_tape_3.pop())
                    v10_bar = b["mass"] * force_bar  # b.mass * (b.position - a.position)
                    v11_bar = (b["position"] - a["position"]) * force_bar
                    a_bar["position"] += -v10_bar    # a.position
                    b_bar["position"] += v10_bar     # b.position
                    b_bar["mass"] += v11_bar         # b.mass
                    a_bar["force"] += force_bar      # a.force += b.mass * (b.position - a.position)
            a_bar["force"] = 0.0  # a.force = 0.0
            restore_item(a, "force", a_tape_2.pop())
    for i in reversed(range(v1)):
        v2_bar = shadows.take(v2_tape.pop())  # Body(v, 1.0 + v * v)
        v_bar = v2_bar["position"]
        mass_bar = v2_bar["mass"]
        v = x[i]                              # v
        v_bar += 2.0 * v * mass_bar           # v * v
        x_bar[i] += v_bar                     # v
    return total, (x_bar,)
