"""What is compared with PyTorch: layers, losses, optimisers and schedules, each written once for both.

A case takes the modules that play the part of `torch`, `torch.nn` and `torch.optim`, and gives back arrays.  Inputs and
weights are random numbers that depend on the name of the case only.
"""

from __future__ import annotations

import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Framework:
    """PyTorch, or this package."""

    torch: Any
    nn: Any
    optim: Any

    @property
    def F(self) -> Any:
        return self.nn.functional

    def tensor(self, values: Any, dtype: Any = None) -> Any:
        if values.dtype.kind == "f" and dtype is not None:
            values = values.astype(dtype)
        return self.torch.tensor(values)

    def fill(self, module: Any, random: np.random.Generator) -> None:
        """Give the parameters and buffers of numbers random values."""
        with self.torch.no_grad():
            for parameter in module.parameters():
                parameter.copy_(self.torch.tensor(random.normal(size=tuple(parameter.shape))))
            for buffer in module.buffers():
                if buffer.ndim:
                    buffer.copy_(self.torch.tensor(random.uniform(0.5, 1.5, tuple(buffer.shape))))


def ours() -> Framework:
    import tangentc.eager as torch
    from tangentc import nn, optim

    return Framework(torch, nn, optim)


def theirs() -> Framework:
    import torch

    return Framework(torch, torch.nn, torch.optim)


CASES: dict[str, Callable[[Framework, Any], list[Any]]] = {}


def results(name: str, framework: Framework, dtype: Any) -> list[Any]:
    """The arrays of a case."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch's advice on padding and reductions
        return [np.asarray(a) for a in CASES[name](framework, dtype)]


def _random(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))


def normal(*shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda random: random.normal(size=shape)


def uniform(*shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda random: random.uniform(0.05, 0.95, size=shape)


def integers(high: int, *shape: int) -> Callable[[np.random.Generator], Any]:
    return lambda random: random.integers(0, high, size=shape)


def exactly(values: Any) -> Callable[[np.random.Generator], Any]:
    return lambda _: np.asarray(values)


def pulled(
    framework: Framework,
    random: np.random.Generator,
    function: Any,
    arguments: list[Any],
    others: Any,
    dtype: Any,
) -> list[Any]:
    """The value, and the gradients of the arguments and of other tensors, for a random cotangent."""
    tensors = [framework.tensor(a, dtype) for a in arguments]
    leaves = [
        t.requires_grad_() for t in tensors if np.dtype(str(t.dtype).removeprefix("torch.")).kind == "f"
    ]
    value = function(*tensors)
    cotangent = framework.tensor(random.normal(size=tuple(value.shape)), dtype)
    value.backward(cotangent)
    found = [value.detach().numpy()]
    for leaf in [*leaves, *others]:
        found.append(leaf.grad.numpy() if leaf.grad is not None else np.zeros(tuple(leaf.shape)))
    return found


def layer(
    name: str, build: Callable[[Any], Any], *inputs: Any, steps: int = 1, evaluate: bool = False
) -> None:
    """A case of a module: `steps` calls, after which its buffers are compared too."""

    def run(framework: Framework, dtype: Any) -> list[Any]:
        random = _random(name)
        module = build(framework.nn)
        framework.fill(module, random)
        module = module.double() if dtype == np.float64 else module.float()
        if evaluate:
            module.eval()
        found = []
        for _ in range(steps):
            module.zero_grad()
            arguments = [make(random) for make in inputs]
            found += pulled(framework, random, module, arguments, list(module.parameters()), dtype)
        return found + [buffer.numpy() for buffer in module.buffers()]

    assert name not in CASES, name
    CASES[name] = run


def function(name: str, call: Callable[..., Any], *inputs: Any) -> None:
    """A case of a function of `functional` or of a loss: `call(F, *tensors)`."""

    def run(framework: Framework, dtype: Any) -> list[Any]:
        random = _random(name)
        arguments = [make(random) for make in inputs]
        return pulled(framework, random, lambda *a: call(framework.F, *a), arguments, [], dtype)

    assert name not in CASES, name
    CASES[name] = run


# Layers

layer("linear", lambda nn: nn.Linear(4, 3), normal(5, 4))
layer("linear, one sample", lambda nn: nn.Linear(4, 3), normal(4))
layer("linear, more axes, no bias", lambda nn: nn.Linear(4, 3, bias=False), normal(2, 5, 4))
layer("linear, no samples", lambda nn: nn.Linear(4, 3), normal(0, 4))
layer("embedding", lambda nn: nn.Embedding(5, 3, padding_idx=2), exactly([[0, 2, 2], [4, 0, 1]]))
layer("embedding, one", lambda nn: nn.Embedding(5, 3), exactly(3))
layer("conv2d", lambda nn: nn.Conv2d(4, 6, 3), normal(2, 4, 6, 5))
layer("conv2d, one image", lambda nn: nn.Conv2d(4, 6, (3, 2), bias=False), normal(4, 6, 5))
layer(
    "conv2d, settings",
    lambda nn: nn.Conv2d(4, 6, (3, 2), (2, 1), (1, 2), (1, 2), groups=2),
    normal(2, 4, 6, 5),
)
layer("conv2d, same", lambda nn: nn.Conv2d(2, 4, (3, 2), padding="same", dilation=(2, 1)), normal(2, 2, 6, 5))
layer("conv2d, depthwise", lambda nn: nn.Conv2d(3, 6, 3, padding="valid", groups=3), normal(2, 3, 5, 5))
layer("conv2d, no images", lambda nn: nn.Conv2d(2, 3, 3), normal(0, 2, 6, 5))
layer("conv1d", lambda nn: nn.Conv1d(4, 6, 3, stride=2, padding=1), normal(2, 4, 9))
layer("conv1d, one sequence", lambda nn: nn.Conv1d(4, 6, 3, dilation=2, groups=2), normal(4, 9))
layer("conv1d, same", lambda nn: nn.Conv1d(2, 3, 4, padding="same"), normal(2, 2, 7))
layer("max pool", lambda nn: nn.MaxPool2d(2), normal(2, 3, 6, 7))
layer(
    "max pool, ties", lambda nn: nn.MaxPool2d(3, 1), lambda random: np.round(random.normal(size=(2, 2, 6, 6)))
)
layer("max pool, settings", lambda nn: nn.MaxPool2d((2, 3), (1, 2), (1, 1), (2, 1)), normal(2, 3, 7, 8))
layer("max pool, ceil", lambda nn: nn.MaxPool2d(2, 3, 1, ceil_mode=True), normal(3, 7, 8))
layer("avg pool", lambda nn: nn.AvgPool2d(2), normal(2, 3, 6, 7))
layer("avg pool, settings", lambda nn: nn.AvgPool2d((3, 2), 2, 1, True, False), normal(2, 3, 7, 8))
layer("avg pool, ceil", lambda nn: nn.AvgPool2d(3, 2, 1, True), normal(2, 3, 7, 8))
layer("avg pool, divisor", lambda nn: nn.AvgPool2d(3, divisor_override=5), normal(3, 7, 8))
layer("adaptive pool", lambda nn: nn.AdaptiveAvgPool2d((3, None)), normal(2, 3, 7, 8))
layer("adaptive pool, one", lambda nn: nn.AdaptiveAvgPool2d(1), normal(2, 3, 7, 8))
layer("flatten", lambda nn: nn.Flatten(), normal(2, 3, 4))
layer("unflatten", lambda nn: nn.Unflatten(1, (2, -1)), normal(3, 6))
layer("layer norm", lambda nn: nn.LayerNorm(4), normal(5, 4))
layer("layer norm, two axes", lambda nn: nn.LayerNorm((3, 4), eps=1e-2, bias=False), normal(2, 3, 4))
layer("layer norm, plain", lambda nn: nn.LayerNorm(4, elementwise_affine=False), normal(2, 3, 4))
layer("batch norm 1d", lambda nn: nn.BatchNorm1d(3), normal(6, 3), steps=3)
layer("batch norm 1d, sequences", lambda nn: nn.BatchNorm1d(3, momentum=None), normal(4, 3, 5), steps=3)
layer("batch norm 1d, evaluation", lambda nn: nn.BatchNorm1d(3), normal(6, 3), steps=2, evaluate=True)
layer("batch norm 2d", lambda nn: nn.BatchNorm2d(3, eps=1e-3, momentum=0.3), normal(2, 3, 4, 5), steps=2)
layer("batch norm 2d, plain", lambda nn: nn.BatchNorm2d(3, affine=False), normal(2, 3, 4, 5))
layer(
    "batch norm 2d, untracked",
    lambda nn: nn.BatchNorm2d(3, track_running_stats=False),
    normal(2, 3, 4, 5),
    evaluate=True,
)
layer("dropout, evaluation", lambda nn: nn.Dropout(0.5), normal(3, 4), evaluate=True)
layer(
    "perceptron",
    lambda nn: nn.Sequential(nn.Linear(4, 8), nn.LayerNorm(8), nn.GELU(), nn.Linear(8, 3), nn.LogSoftmax(1)),
    normal(5, 4),
)
layer(
    "convolutional network",
    lambda nn: nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64, 3),
    ),
    normal(2, 1, 8, 8),
    steps=2,
)

EDGES = exactly(np.array([0.0, -0.0, 1.0, -1.0, 6.0, 30.0, -30.0, 100.0, -100.0, 1000.0, -1000.0]))
ACTIVATIONS = {
    "relu": lambda nn: nn.ReLU(),
    "relu6": lambda nn: nn.ReLU6(),
    "leaky relu": lambda nn: nn.LeakyReLU(0.2),
    "elu": lambda nn: nn.ELU(1.7),
    "gelu": lambda nn: nn.GELU(),
    "gelu, tanh": lambda nn: nn.GELU("tanh"),
    "silu": lambda nn: nn.SiLU(),
    "sigmoid": lambda nn: nn.Sigmoid(),
    "log sigmoid": lambda nn: nn.LogSigmoid(),
    "tanh": lambda nn: nn.Tanh(),
    "softplus": lambda nn: nn.Softplus(2.0, 3.0),
    "hardtanh": lambda nn: nn.Hardtanh(-0.5, 1.0),
}
for activation, build in ACTIVATIONS.items():
    layer(activation, build, normal(4, 5))
    layer(f"{activation}, no axes", build, normal())
    layer(f"{activation}, nothing", build, normal(0, 3))
    if activation != "gelu, tanh":  # whose cube is infinite in PyTorch too, but not in all of its kernels
        layer(f"{activation}, edges", build, EDGES)
for axis in (0, -1):
    layer(f"softmax {axis}", lambda nn, axis=axis: nn.Softmax(axis), normal(4, 5))
    layer(
        f"log softmax {axis}",
        lambda nn, axis=axis: nn.LogSoftmax(axis),
        lambda random: 30 * random.normal(size=(4, 5)),
    )
function("unfold", lambda F, x: F.unfold(x, (2, 3), (1, 2), (0, 1), (2, 1)), normal(2, 3, 6, 7))
function("fold", lambda F, x: F.fold(x, (9, 5), 2), normal(2, 12, 32))


def second_order(name: str, build: Callable[[Any], Any], *inputs: Any) -> None:
    """The gradients of the squared norm of a gradient."""

    def run(framework: Framework, dtype: Any) -> list[Any]:
        random, torch = _random(name), framework.torch
        module = build(framework.nn)
        framework.fill(module, random)
        module = module.double() if dtype == np.float64 else module.float()
        x = framework.tensor(inputs[0](random), dtype).requires_grad_()
        value = module(x)
        cotangent = framework.tensor(random.normal(size=tuple(value.shape)), dtype)
        leaves = [x, *module.parameters()]
        gradients = torch.autograd.grad(value, leaves, cotangent, create_graph=True)
        sum((g * g).sum() for g in gradients).backward()
        return [
            leaf.grad.numpy() if leaf.grad is not None else np.zeros(tuple(leaf.shape)) for leaf in leaves
        ]

    assert name not in CASES, name
    CASES[name] = run


second_order("twice, linear", lambda nn: nn.Sequential(nn.Linear(4, 3), nn.Tanh()), normal(5, 4))
second_order(
    "twice, conv2d", lambda nn: nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1), nn.Sigmoid()), normal(2, 2, 5, 6)
)
second_order(
    "twice, pools",
    lambda nn: nn.Sequential(nn.MaxPool2d(2), nn.SiLU(), nn.AvgPool2d(2, 1)),
    normal(2, 2, 6, 6),
)
second_order("twice, layer norm", lambda nn: nn.Sequential(nn.LayerNorm(4), nn.GELU()), normal(5, 4))
second_order("twice, batch norm", lambda nn: nn.Sequential(nn.BatchNorm1d(4), nn.Softplus()), normal(6, 4))
second_order("twice, softmax", lambda nn: nn.Sequential(nn.Softmax(1), nn.LogSoftmax(0)), normal(5, 4))
second_order("twice, elu", lambda nn: nn.Sequential(nn.ELU(), nn.GELU("tanh"), nn.LogSigmoid()), normal(5, 4))

# Losses

for how in ("mean", "sum", "none"):
    function(
        f"mse, {how}", lambda F, x, t, how=how: F.mse_loss(x, t, reduction=how), normal(4, 5), normal(4, 5)
    )
    function(
        f"l1, {how}", lambda F, x, t, how=how: F.l1_loss(x, t, reduction=how), normal(4, 5), normal(4, 5)
    )
    function(
        f"smooth l1, {how}",
        lambda F, x, t, how=how: F.smooth_l1_loss(x, t, reduction=how, beta=0.7),
        normal(4, 5), normal(4, 5),
    )  # fmt: skip
    function(
        f"huber, {how}",
        lambda F, x, t, how=how: F.huber_loss(x, t, reduction=how, delta=0.7),
        normal(4, 5),
        normal(4, 5),
    )
    function(
        f"bce, {how}",
        lambda F, x, t, how=how: F.binary_cross_entropy(x, t, reduction=how),
        uniform(4, 5),
        uniform(4, 5),
    )
    function(
        f"bce with logits, {how}",
        lambda F, x, t, how=how: F.binary_cross_entropy_with_logits(30 * x, t, reduction=how),
        normal(4, 5), uniform(4, 5),
    )  # fmt: skip
    if how != "mean":
        for is_log in (False, True):
            function(
                f"kl, {how}, {is_log}",
                lambda F, x, t, how=how, log=is_log: F.kl_div(-x, -t if log else t, reduction=how, log_target=log),
                uniform(4, 5), uniform(4, 5),
            )  # fmt: skip
    for shape in ((6, 5), (2, 5, 3), (2, 5, 2, 2)):
        classes = integers(5, shape[0], *shape[2:])

        def ignoring(random: np.random.Generator, classes: Any = classes) -> Any:
            found = classes(random)
            found.flat[0], found.flat[1] = -100, 2
            return found

        function(
            f"nll, {how}, {shape}",
            lambda F, x, t, how=how: F.nll_loss(x, t, reduction=how),
            normal(*shape),
            ignoring,
        )
        for smoothing in (0.0, 0.1):
            function(
                f"cross entropy, {how}, {shape}, {smoothing}",
                lambda F, x, t, how=how, s=smoothing: F.cross_entropy(x, t, reduction=how, label_smoothing=s),
                normal(*shape), ignoring,
            )  # fmt: skip
            function(
                f"cross entropy of probabilities, {how}, {shape}, {smoothing}",
                lambda F, x, t, how=how, s=smoothing: F.cross_entropy(x, t, reduction=how, label_smoothing=s),
                normal(*shape), uniform(*shape),
            )  # fmt: skip
function("mse, no samples", lambda F, x, t: F.mse_loss(x, t, reduction="sum"), normal(0, 5), normal(0, 5))
function("smooth l1, beta 0", lambda F, x, t: F.smooth_l1_loss(x, t, beta=0.0), normal(4, 5), normal(4, 5))
function(
    "kl, batchmean", lambda F, x, t: F.kl_div(-x, t, reduction="batchmean"), uniform(4, 5), uniform(4, 5)
)
function(
    "cross entropy, one sample",
    lambda F, x, t: F.cross_entropy(x, t, label_smoothing=0.1),
    normal(5),
    exactly(3),
)
function(
    "cross entropy, one sample of probabilities", lambda F, x, t: F.cross_entropy(x, t), normal(5), uniform(5)
)
WEIGHTS = np.array([0.3, 1.5, 0.7, 1.1, 0.2])


def weighted(name: str, build: Callable[[Any, Any], Any], *inputs: Any) -> None:
    """A case of a loss whose weights are a buffer."""

    def run(framework: Framework, dtype: Any) -> list[Any]:
        random = _random(name)
        loss = build(framework.nn, framework.tensor(WEIGHTS, dtype))
        return pulled(framework, random, loss, [make(random) for make in inputs], [], dtype)

    CASES[name] = run


for how in ("mean", "none"):
    for smoothing in (0.0, 0.1):
        weighted(
            f"cross entropy, weights, {how}, {smoothing}",
            lambda nn, w, r=how, s=smoothing: nn.CrossEntropyLoss(w, ignore_index=1, reduction=r, label_smoothing=s),
            normal(6, 5), integers(5, 6),
        )  # fmt: skip
    weighted(
        f"cross entropy, weights, probabilities, {how}",
        lambda nn, w, how=how: nn.CrossEntropyLoss(w, reduction=how),
        normal(6, 5, 2), uniform(6, 5, 2),
    )  # fmt: skip
    weighted(
        f"nll, weights, {how}",
        lambda nn, w, how=how: nn.NLLLoss(w, reduction=how),
        normal(6, 5),
        integers(5, 6),
    )
    weighted(
        f"bce, weights, {how}",
        lambda nn, w, how=how: nn.BCELoss(w, reduction=how),
        uniform(4, 5),
        uniform(4, 5),
    )
    weighted(
        f"bce with logits, weights, {how}",
        lambda nn, w, how=how: nn.BCEWithLogitsLoss(w, pos_weight=1 / w, reduction=how),
        normal(4, 5), uniform(4, 5),
    )  # fmt: skip

# Optimisers: twenty steps of a small network, from random weights

OPTIMISERS: dict[str, Callable[[Any, Any], Any]] = {
    "sgd": lambda o, p: o.SGD(p, lr=0.1),
    "sgd, momentum": lambda o, p: o.SGD(p, lr=0.1, momentum=0.9, dampening=0.3, weight_decay=0.01),
    "sgd, nesterov": lambda o, p: o.SGD(p, lr=0.1, momentum=0.8, nesterov=True),
    "sgd, maximize": lambda o, p: o.SGD(p, lr=0.01, momentum=0.8, maximize=True, weight_decay=0.1),
    "adam": lambda o, p: o.Adam(p, lr=0.02),
    "adam, amsgrad": lambda o, p: o.Adam(
        p, lr=0.05, betas=(0.8, 0.9), eps=1e-4, weight_decay=0.1, amsgrad=True
    ),
    "adamw": lambda o, p: o.AdamW(p, lr=0.03, weight_decay=0.2),
    "adamw, amsgrad": lambda o, p: o.AdamW(p, lr=0.03, amsgrad=True, maximize=True),
    "rmsprop": lambda o, p: o.RMSprop(p, lr=0.01),
    "rmsprop, centered": lambda o, p: o.RMSprop(
        p, lr=0.01, alpha=0.9, momentum=0.5, centered=True, weight_decay=0.1
    ),
    "adagrad": lambda o, p: o.Adagrad(p, lr=0.1),
    "adagrad, decay": lambda o, p: o.Adagrad(
        p, lr=0.1, lr_decay=0.1, initial_accumulator_value=0.5, weight_decay=0.1
    ),
    "lbfgs": lambda o, p: o.LBFGS(p, lr=0.3, max_iter=4),
    "lbfgs, short history": lambda o, p: o.LBFGS(p, lr=0.5, max_iter=3, history_size=2),
    "lbfgs, wolfe": lambda o, p: o.LBFGS(p, max_iter=2, max_eval=9, line_search_fn="strong_wolfe"),
    "lbfgs, wolfe, small steps": lambda o, p: o.LBFGS(
        p, lr=0.01, max_iter=2, max_eval=9, line_search_fn="strong_wolfe"
    ),
    "lbfgs, wolfe, large steps": lambda o, p: o.LBFGS(
        p, lr=40.0, max_iter=2, max_eval=20, line_search_fn="strong_wolfe"
    ),
}


def trajectory(name: str, build: Callable[[Any, Any], Any], clip: bool = False) -> None:
    def run(framework: Framework, dtype: Any) -> list[Any]:
        random = _random("trajectory")
        nn = framework.nn
        model = nn.Sequential(nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 2))
        framework.fill(model, random)
        model = model.double() if dtype == np.float64 else model
        x, y = (framework.tensor(random.normal(size=shape), dtype) for shape in ((8, 3), (8, 2)))
        optimiser = build(framework.optim, model.parameters())

        def closure() -> Any:
            optimiser.zero_grad()
            loss = nn.MSELoss()(model(x), y)
            loss.backward()
            if clip:
                norms.append(float(nn.utils.clip_grad_norm_(model.parameters(), 0.5)))
            return loss

        norms: list[float] = []
        losses = [float(optimiser.step(closure)) for _ in range(20)]
        return [np.array(losses), np.array(norms), *[p.detach().numpy() for p in model.parameters()]]

    CASES[name] = run


for optimiser, build_optimiser in OPTIMISERS.items():
    trajectory(optimiser, build_optimiser)
trajectory("sgd, clipped", OPTIMISERS["sgd, momentum"], clip=True)


# Schedules: learning rate and momentum of two groups over thirty epochs

SCHEDULES: dict[str, Callable[[Any, Any], Any]] = {
    "step": lambda s, o: [s.StepLR(o, 4, 0.5)],
    "multi step": lambda s, o: [s.MultiStepLR(o, [3, 7, 7, 12], 0.5)],
    "exponential": lambda s, o: [s.ExponentialLR(o, 0.9)],
    "cosine": lambda s, o: [s.CosineAnnealingLR(o, 6, 0.01)],
    "linear": lambda s, o: [s.LinearLR(o, 0.25, 0.75, 6)],
    "lambda": lambda s, o: [s.LambdaLR(o, [lambda epoch: 0.95**epoch, lambda epoch: 1 / (1 + epoch)])],
    "one cycle": lambda s, o: [s.OneCycleLR(o, [0.5, 0.2], total_steps=35)],
    "one cycle, linear": lambda s, o: [
        s.OneCycleLR(o, 0.5, epochs=6, steps_per_epoch=6, anneal_strategy="linear")
    ],
    "one cycle, three phases": lambda s, o: [
        s.OneCycleLR(o, 0.5, 35, three_phase=True, div_factor=4, pct_start=0.4)
    ],
    "combined": lambda s, o: [s.LinearLR(o, 0.1, 1.0, 5), s.ExponentialLR(o, 0.9), s.StepLR(o, 5)],
    "combined, cosine": lambda s, o: [s.CosineAnnealingLR(o, 8), s.MultiStepLR(o, [4, 20])],
}
METRICS = [
    1.0,
    0.9,
    0.91,
    0.9,
    0.89995,
    0.9,
    0.5,
    0.6,
    0.7,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.6,
    0.4,
    0.4,
    0.4,
    0.4,
    0.4,
]
PLATEAUS = {
    "plateau": {"patience": 2},
    "plateau, max": {"patience": 1, "mode": "max", "factor": 0.3, "cooldown": 2},
    "plateau, abs": {"patience": 0, "threshold": 0.05, "threshold_mode": "abs", "min_lr": [0.01, 0.001]},
}


def _groups(framework: Framework, adam: bool) -> Any:
    parameters = [framework.nn.Parameter(framework.torch.zeros(2)) for _ in range(2)]
    groups = [{"params": [parameters[0]], "lr": 0.2}, {"params": [parameters[1]]}]
    return framework.optim.Adam(groups, lr=0.1) if adam else framework.optim.SGD(groups, lr=0.1, momentum=0.9)


def schedule(name: str, build: Callable[[Any, Any], Any], adam: bool, metrics: bool = False) -> None:
    def run(framework: Framework, dtype: Any) -> list[Any]:
        optimiser = _groups(framework, adam)
        schedules = build(framework.optim.lr_scheduler, optimiser)
        rates = []
        for epoch in range(len(METRICS) if metrics else 30):
            groups = optimiser.param_groups
            rates.append(
                [float(g["lr"]) for g in groups] + [g["betas"][0] if adam else g["momentum"] for g in groups]
            )
            optimiser.step()
            for each in schedules:
                each.step(METRICS[epoch]) if metrics else each.step()
            assert [g["lr"] for g in groups] == schedules[-1].get_last_lr()
        return [np.array(rates)]

    CASES[name] = run


for plan, build_plan in SCHEDULES.items():
    schedule(f"schedule, {plan}", build_plan, adam=plan == "one cycle, linear")
for plan, options in PLATEAUS.items():
    schedule(
        f"schedule, {plan}",
        lambda s, o, options=options: [s.ReduceLROnPlateau(o, **options)],
        adam=False,
        metrics=True,
    )
