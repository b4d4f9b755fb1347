def bodies_tangent(x, steps, x_dot):
    """Tangent of bodies (tests/emit/readable.py:155), along x."""
    bodies = []
    bodies_dot = []
    for i in range(x.shape[0]):
        v = x[i]
        v_dot = x_dot[i]
        mass = 1.0 + v * v
        v1_dot = {"position": v_dot, "mass": 2.0 * v * v_dot, "force": 0.0}
        bodies.append({"position": v, "mass": mass, "force": 0.0})
        bodies_dot.append(v1_dot)
    for _ in range(steps):
        for i in range(len(bodies)):
            a = bodies[i]
            a_dot = bodies_dot[i]
            a["force"] = 0.0
            a_dot["force"] = 0.0
            for i in range(len(bodies)):
                b = bodies[i]
                b_dot = bodies_dot[i]
                if a is not b:
                    v2 = b["mass"]
                    v3 = b["position"] - a["position"]
                    v4 = v2 * (b_dot["position"] - a_dot["position"])
                    force = a["force"] + v2 * v3
                    force_dot = a_dot["force"] + (v3 * b_dot["mass"] + v4)
                    a["force"] = force
                    a_dot["force"] = force_dot
        for i in range(len(bodies)):
            a = bodies[i]
            a_dot = bodies_dot[i]
            v5 = a["mass"]
            v6 = 0.1 * a["force"] / v5
            v6_dot = (0.1 * a_dot["force"] - v6 * a_dot["mass"]) / v5
            position = a["position"] + v6
            position_dot = a_dot["position"] + v6_dot
            a["position"] = position
            a_dot["position"] = position_dot
    total = 0
    total_dot = 0.0
    for i in range(len(bodies)):
        b = bodies[i]
        b_dot = bodies_dot[i]
        v7 = b["position"]
        v8 = b["position"]
        v9 = v7 * v8
        v10 = b["mass"]
        value = v9 * v10
        v11 = v10 * (v8 * b_dot["position"] + v7 * b_dot["position"])
        value_dot = v11 + v9 * b_dot["mass"]
        total += value
        total_dot += value_dot
    return total, total_dot
