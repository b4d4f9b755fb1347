"""What the functions of `functional` refuse, and what they do at the edges; their figures are compared elsewhere."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest

import tangentc
import tangentc.eager as torch
from tangentc import nn
from tangentc.nn import functional as F
from tangentc.nn.functional.windows import spread_windows, windows

RANDOM = np.random.default_rng(3)


def normal(*shape: int, dtype: Any = torch.float32, requires_grad: bool = False) -> Any:
    return torch.tensor(RANDOM.normal(size=shape), dtype=dtype, requires_grad=requires_grad)


@pytest.mark.parametrize(
    ("act", "error", "message"),
    [
        (lambda: F.mse_loss(normal(4), normal(4, 1)), ValueError, "the target has shape [4, 1], the input [4]"),
        (lambda: F.l1_loss(normal(4), normal(1)), ValueError, "broadcast them if you mean it"),
        (lambda: F.mse_loss(normal(4), normal(4), reduction="no"), ValueError, "no is not a valid value for reduction"),
        (lambda: F.smooth_l1_loss(normal(4), normal(4), beta=-1.0), RuntimeError, "negative values for beta"),
        (lambda: F.huber_loss(normal(4), normal(4), delta=0.0), RuntimeError, "non-positive values for delta"),
        (lambda: F.binary_cross_entropy(torch.tensor([1.5]), torch.ones(1)), RuntimeError, "between 0 and 1"),
        (lambda: F.cross_entropy(normal(3, 4), torch.tensor([0, 4, 1])), IndexError, "Target 4 is out of bounds."),
        (lambda: F.cross_entropy(normal(3, 4), torch.tensor([0, -1, 1])), IndexError, "Target -1 is out of bounds."),
        (lambda: F.cross_entropy(normal(3, 4), torch.tensor([0, 1])), ValueError, "have shape [3], not [2]"),
        (lambda: F.cross_entropy(normal(3, 4), normal(3)), ValueError, "the target has shape [3], the input [3, 4]"),
        (lambda: F.nll_loss(normal(3, 4), torch.ones(3)), TypeError, "targets are the numbers of classes"),
        (lambda: F.embedding(torch.tensor([0, 5]), normal(5, 2)), IndexError, "index out of range in self"),
        (lambda: F.embedding(torch.tensor([0, -1]), normal(5, 2)), IndexError, "index out of range in self"),
        (lambda: F.embedding(torch.tensor([0.0]), normal(5, 2)), TypeError, "rows are named by integers"),
        (lambda: F.conv2d(normal(1, 3, 5, 5), normal(2, 4, 3, 3)), RuntimeError,
         "Given groups=1, weight of size [2, 4, 3, 3], expected input[1, 3, 5, 5] to have 4 channels, but got 3"),
        (lambda: F.conv2d(normal(1, 3, 5, 5), normal(2, 3, 6, 3)), RuntimeError, "the kernel spans 6 x 3"),
        (lambda: F.conv2d(normal(1, 3, 5, 5), normal(2, 3, 3, 3), stride=2, padding="same"), ValueError, "strided"),
        (lambda: F.conv2d(normal(1, 3, 5, 5), normal(2, 3, 3, 3), padding="sane"), ValueError, "not 'sane'"),
        (lambda: F.max_pool2d(normal(1, 4, 4), 2, padding=2), RuntimeError, "at most half of effective kernel size"),
        (lambda: F.layer_norm(normal(2, 3), (2,)), RuntimeError, "axes of the sizes [2], and its shape is [2, 3]"),
        (lambda: F.batch_norm(normal(1, 3), None, None, training=True), ValueError, "more than 1 value per channel"),
        (lambda: F.dropout(normal(3), 1.5), ValueError, "dropout probability has to be between 0 and 1, but got 1.5"),
        (lambda: F.gelu(normal(3), "fast"), RuntimeError, "approximate argument must be either none or tanh."),
        (lambda: nn.BatchNorm2d(3)(normal(2, 3)), ValueError, "expected 4D input (got 2D input)"),
        (lambda: nn.Conv2d(3, 4, 3, groups=2), ValueError, "in_channels must be divisible by groups"),
        (lambda: nn.Conv2d(3, 4, (3, 3, 3)), ValueError, "Conv2d takes one number, or 2 of them"),
        (lambda: nn.Conv2d(3, 4, 3, padding_mode="reflect"), ValueError, "pad the input with np.pad before"),
        (lambda: nn.Embedding(3, 2, padding_idx=3), AssertionError, "Padding_idx must be within num_embeddings"),
        (lambda: nn.Hardtanh(1.0, 1.0), AssertionError, "max_val must be larger than min_val"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("recorded", [False, True])
def test_misuse_is_refused(act: Any, error: Any, message: str, recorded: bool, monkeypatch: Any) -> None:
    """Also where the call is compiled for its derivative."""
    if recorded:
        plain = torch.tensor

        def leaf(data: Any, **options: Any) -> Any:
            tensor = plain(data, **options)
            return tensor.requires_grad_() if tensor.is_floating_point() else tensor

        monkeypatch.setattr(torch, "tensor", leaf)
    with pytest.raises(error) as raised:
        act()
    assert message in str(raised.value)


def test_nodes_are_called_as_in_pytorch() -> None:
    x, image = normal(3, 4, requires_grad=True), normal(2, 4, 6, 6, requires_grad=True)
    made = {
        "AddmmBackward0": F.linear(x, normal(2, 4), normal(2)),
        "ReluBackward0": F.relu(x),
        "LogSoftmaxBackward0": F.log_softmax(x, 1),
        "NllLossBackward0": F.cross_entropy(x, torch.tensor([0, 1, 2])),
        "MseLossBackward0": F.mse_loss(x, normal(3, 4)),
        "ConvolutionBackward0": F.conv2d(image, normal(2, 4, 3, 3)),
        "MaxPool2DWithIndicesBackward0": F.max_pool2d(image, 2),
        "NativeBatchNormBackward0": F.batch_norm(image, None, None, training=True),
        "NativeLayerNormBackward0": F.layer_norm(x, (4,)),
        "EmbeddingBackward0": F.embedding(torch.tensor([0, 1]), x),
        "GeluBackward0": F.gelu(x),
        "MulBackward0": F.dropout(x, 0.5),
    }
    assert {name: value.grad_fn.name() for name, value in made.items()} == {name: name for name in made}


def test_adjoint_of_a_linear_layer_is_two_products() -> None:
    """The lecture: dL/dX = dL/dY W^T and dL/dW = X^T dL/dY, for the weight as PyTorch keeps it."""
    pullback = tangentc.vjp(F.linear.function)
    pullback(RANDOM.normal(size=(5, 4)), RANDOM.normal(size=(3, 4)), RANDOM.normal(size=3))
    lines = [
        line.strip() for line in pullback.source.split("linear_reverse(residuals, y_bar):")[1].splitlines()
    ]
    assert [line for line in lines if "_bar =" in line] == [
        "bias_bar = np.sum(y_bar, axis=0)",
        "input_bar = y_bar @ weight",
        "weight_bar = (input.T @ y_bar).T",
    ]


@pytest.mark.parametrize("kernel", [(1, 1), (2, 3), (3, 3)])
@pytest.mark.parametrize("stride", [(1, 1), (2, 1)])
@pytest.mark.parametrize("padding", [((0, 0), (0, 0)), ((1, 0), (2, 1))])
@pytest.mark.parametrize("dilation", [(1, 1), (1, 2)])
def test_spreading_is_the_transpose_of_windows(kernel: Any, stride: Any, padding: Any, dilation: Any) -> None:
    x = RANDOM.normal(size=(2, 3, 5, 6))
    placing = (5, 6), kernel, stride, padding, dilation
    seen = windows(x, *placing)
    w = RANDOM.normal(size=seen.shape)
    assert np.sum(w * seen) == pytest.approx(np.sum(spread_windows(w, *placing) * x), rel=1e-12)
    padded = np.pad(x, ((0, 0), (0, 0), *padding))
    i, j = kernel[0] - 1, kernel[1] - 1  # the last entry of the kernel, at its last position
    last = padded[:, :, i * dilation[0] :: stride[0], j * dilation[1] :: stride[1]]
    np.testing.assert_array_equal(seen[:, -1].swapaxes(0, 1), last[:, :, : seen.shape[3], : seen.shape[4]])


def test_not_a_number_is_passed_on() -> None:
    bad = torch.tensor([float("nan"), 1.0], requires_grad=True)
    for function in (F.relu, F.relu6, F.leaky_relu, F.elu, F.sigmoid, F.silu, F.hardtanh, F.gelu, F.softplus):
        assert np.isnan(function(bad).detach().numpy()[0]), function
    assert np.isnan(F.max_pool2d(torch.tensor([[[1.0, float("nan")], [2.0, 3.0]]]), 2).numpy()).all()


def test_no_warnings_far_out() -> None:
    """Exponentials of large numbers are avoided, in the gradients too."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for function in (F.sigmoid, F.silu, F.softplus, F.logsigmoid, F.elu, F.gelu, F.tanh, F.relu):
            x = torch.tensor([-1e4, -200.0, 0.0, 200.0, 1e4], requires_grad=True)
            function(x).sum().backward()
            assert np.isfinite(x.grad.numpy()).all(), function
        x = torch.tensor([[1e4, -1e4, 0.0], [-1e30, 1e30, 0.0]], requires_grad=True)
        F.cross_entropy(x, torch.tensor([1, 1])).backward()
        assert np.isfinite(x.grad.numpy()).all()


def test_masked_classes() -> None:
    x = torch.tensor([[1.0, float("-inf"), 2.0]], requires_grad=True)
    loss = F.cross_entropy(x, torch.tensor([2]))
    loss.backward()
    share = np.exp(-1) / (1 + np.exp(-1))
    assert loss.item() == pytest.approx(-np.log(1 - share), rel=1e-6)
    np.testing.assert_allclose(x.grad.numpy(), [[share, 0.0, -share]], rtol=1e-5)
    pool = F.max_pool2d(torch.full((1, 2, 2), float("-inf")), 2, 1, 1)
    assert np.isneginf(pool.numpy()).all()
    narrow = torch.tensor([[[-3.0]]], requires_grad=True)  # between the two entries of the window
    beside = F.max_pool2d(narrow, (1, 2), 1, (0, 1), (1, 2))
    assert np.isneginf(beside.detach().numpy()).all()
    beside.sum().backward()
    assert not narrow.grad.numpy().any()


def test_the_same_tensor_twice() -> None:
    x = normal(3, 3, dtype=torch.float64, requires_grad=True)
    F.linear(x, x).sum().backward()
    a = x.detach().numpy()
    np.testing.assert_allclose(x.grad.numpy(), np.ones((3, 3)) @ a + np.ones((3, 3)) @ a, rtol=1e-12)
    x.grad = None
    F.mse_loss(x, x, reduction="sum").backward()
    assert not x.grad.numpy().any()
    x.grad = None
    (F.conv1d(x[None], x[None]).sum() + F.embedding(torch.tensor([1, 1]), x).sum()).backward()
    row = np.zeros((3, 3))
    row[1] = 2
    np.testing.assert_allclose(x.grad.numpy(), 2 * a + row, rtol=1e-12)


def test_strided_inputs() -> None:
    image = RANDOM.normal(size=(6, 5, 3, 2))
    x = torch.tensor(image).permute(3, 2, 1, 0)
    kernel = normal(2, 3, 2, 2, dtype=torch.float64)
    expected = F.conv2d(torch.tensor(np.ascontiguousarray(image.T.copy())), kernel)
    np.testing.assert_allclose(F.conv2d(x, kernel).numpy(), expected.numpy(), rtol=1e-12)
    assert F.max_pool2d(x[:, :, ::2], 1).shape == (2, 3, 3, 6)


def test_images_lie_in_order() -> None:
    """So that `view` works on them, as in PyTorch."""
    image = normal(2, 4, 6, 6, requires_grad=True)
    made = [F.conv2d(image, normal(3, 4, 3, 3)), F.max_pool2d(image, 2), F.avg_pool2d(image, 2)]
    made += [F.batch_norm(each, None, None, training=True) for each in made]
    for each in [*made, F.conv1d(image[0], normal(3, 6, 3)), F.unfold(image, 2)]:
        assert each.is_contiguous() and each.view(each.shape[0], -1).ndim == 2


def test_dropout() -> None:
    torch.manual_seed(1)
    x = torch.ones(1000, requires_grad=True)
    y = F.dropout(x, 0.2)
    kept = y.detach().numpy() != 0
    assert 0.75 < kept.mean() < 0.85 and set(np.unique(y.detach().numpy())) == {0.0, np.float32(1.25)}
    y.sum().backward()
    np.testing.assert_array_equal(x.grad.numpy(), y.detach().numpy())
    assert not np.array_equal(F.dropout(x, 0.2).detach().numpy(), y.detach().numpy())
    torch.manual_seed(1)
    np.testing.assert_array_equal(F.dropout(x, 0.2).detach().numpy(), y.detach().numpy())
    assert F.dropout(x, 0.2, training=False) is x and nn.Dropout(0.3).eval()(x) is x
    assert not F.dropout(x, 1.0).detach().numpy().any() and F.dropout(x.double(), 0.5).dtype == np.float64


def test_inplace_layers_write_to_their_input() -> None:
    for layer in (nn.ReLU(inplace=True), nn.LeakyReLU(0.5, inplace=True), nn.Dropout(1.0, inplace=True)):
        x = normal(4, dtype=torch.float64, requires_grad=True)
        hidden = x * 3
        before = hidden.detach().numpy().copy()
        out = layer(hidden)
        assert out is hidden
        out.sum().backward()
        slope = {"ReLU": before > 0, "LeakyReLU": np.where(before > 0, 1, 0.5), "Dropout": 0 * before}
        np.testing.assert_allclose(x.grad.numpy(), 3.0 * slope[type(layer).__name__])


def test_one_hot() -> None:
    assert F.one_hot(torch.tensor([2, 0]), 4).tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert F.one_hot(torch.tensor([[1]])).tolist() == [[[0, 1]]]


def test_running_statistics_are_kept_by_recorded_and_other_calls_alike() -> None:
    x = normal(8, 3)
    norms = [nn.BatchNorm1d(3) for _ in range(2)]
    norms[0](x.requires_grad_()).sum().backward()
    with torch.no_grad():
        norms[1](x)
    for name, tensor in norms[0].state_dict().items():
        assert torch.equal(tensor, norms[1].state_dict()[name]), name
    assert norms[0].num_batches_tracked.item() == 1 and norms[0].running_mean.numpy().any()
    before = norms[0].running_mean.numpy().copy()
    norms[0].eval()(x)
    assert np.array_equal(before, norms[0].running_mean.numpy())
    norms[0].reset_running_stats()
    assert not norms[0].running_mean.numpy().any() and norms[0].num_batches_tracked.item() == 0


def test_pretrained_embeddings_are_frozen() -> None:
    vectors = normal(4, 2)
    layer = nn.Embedding.from_pretrained(vectors)
    assert torch.equal(layer(torch.tensor([3])), vectors[3:]) and not layer.weight.requires_grad
    assert nn.Embedding.from_pretrained(vectors, freeze=False).weight.requires_grad


def test_clipping_of_gradients() -> None:
    layer = nn.Linear(3, 2)
    layer(normal(5, 3)).square().sum().backward()
    before = [p.grad.numpy().copy() for p in layer.parameters()]
    total = np.sqrt(sum(np.sum(g * g) for g in before))
    found = nn.utils.clip_grad_norm_(layer.parameters(), 1.0)
    assert found.item() == pytest.approx(total, rel=1e-6) and total > 1
    for gradient, parameter in zip(before, layer.parameters(), strict=True):
        np.testing.assert_allclose(parameter.grad.numpy(), gradient / total, rtol=1e-5)
    assert nn.utils.clip_grad_norm_(layer.parameters(), 5.0).item() == pytest.approx(1.0, rel=1e-5)
    largest = max(np.abs(p.grad.numpy()).max() for p in layer.parameters())
    assert nn.utils.clip_grad_norm_(layer.weight, 9.0, float("inf")).item() <= largest
    nn.utils.clip_grad_value_(layer.parameters(), 0.1)
    assert max(np.abs(p.grad.numpy()).max() for p in layer.parameters()) <= 0.1 + 1e-8
    layer.weight.grad[0, 0] = float("nan")
    with pytest.raises(RuntimeError, match="cannot be clipped"):
        nn.utils.clip_grad_norm_(layer.parameters(), 1.0, error_if_nonfinite=True)
    assert nn.utils.clip_grad_norm_([], 1.0).item() == 0.0


def test_parameters_as_a_vector() -> None:
    layer = nn.Linear(3, 2)
    vector = nn.utils.parameters_to_vector(layer.parameters())
    assert vector.shape == (8,)
    nn.utils.vector_to_parameters(vector * 2, layer.parameters())
    assert torch.equal(nn.utils.parameters_to_vector(layer.parameters()), vector * 2)
    with pytest.raises(ValueError, match="the vector has 9 entries, the parameters 8"):
        nn.utils.vector_to_parameters(torch.ones(9), layer.parameters())
