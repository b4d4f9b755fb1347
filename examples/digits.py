"""Train a small convolutional network on real images: the lecture's first training script, whole.

The data are scikit-learn's 1797 handwritten digits of 8 by 8 pixels; one in five is held out.  Each epoch trains, then
tests in no-grad mode.  The curves are saved as examples/output/digits.png.

    python examples/digits.py --epochs 10
    python examples/digits.py --compiled        # forward pass and adjoint compiled as one
"""

from __future__ import annotations

import argparse
import contextlib
import sys
import time
from pathlib import Path

import numpy as np

import tangentc
import tangentc.eager as torch
from tangentc import nn, optim
from tangentc.data import DataLoader, TensorDataset

OUTPUT = Path(__file__).resolve().parent / "output"


class Network(nn.Module):
    def __init__(self):
        super().__init__()
        self.features = nn.Sequential(
            nn.Conv2d(1, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
        )
        self.classes = nn.Linear(16 * 2 * 2, 10)

    def forward(self, images):
        x = self.features(images)
        return self.classes(torch.flatten(x, 1))


def digits(seed):
    """Two data sets, to train and to test with: images (1, 8, 8) from 0 to 1, and their digits."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(labels))
    images = torch.tensor((images[order] / 16).reshape(-1, 1, 8, 8).astype(np.float32))
    labels = torch.tensor(labels[order])
    cut = len(labels) * 4 // 5
    return TensorDataset(images[:cut], labels[:cut]), TensorDataset(images[cut:], labels[cut:])


def train_loop(dataloader, model, loss_fn, optimizer, watch=lambda loss: None):
    """One epoch; the loss of each batch, of which `watch` is told as they come."""
    losses = []
    for X, y in dataloader:
        loss = loss_fn(model(X), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        watch(losses[-1])
    return losses


def test_loop(dataloader, model, loss_fn):
    """Mean loss, and the part of the images that is recognised."""
    model.eval()
    size = len(dataloader.dataset)
    num_batches = len(dataloader)
    test_loss, correct = 0, 0

    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    return test_loss / num_batches, correct / size


def save_curves(losses, test_losses, accuracies, path):
    """The loss of each batch and of each test, and the accuracy."""
    from matplotlib.figure import Figure

    batches = len(losses) // len(test_losses)
    epochs = np.arange(1, len(test_losses) + 1)
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    left.semilogy(np.arange(1, len(losses) + 1) / batches, losses, color="0.75", label="batches, training")
    left.semilogy(epochs, test_losses, "o-", markersize=4, label="held out")
    left.set(xlabel="epoch", ylabel="cross entropy")
    left.legend(frameon=False)
    right.plot(epochs, 100 * np.array(accuracies), "o-", markersize=4)
    right.set(xlabel="epoch", ylabel="held out, recognised (%)")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.set_xlim(0, len(epochs) + 0.2)
        axes.xaxis.get_major_locator().set_params(integer=True)
    figure.savefig(path, dpi=150)


def parsed(words):
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--batch-size", type=int, default=32)
    parser.add_argument("--lr", type=float, default=5e-3, help="rate of Adam")
    parser.add_argument("--seed", type=int, default=0, help="of weights, split and batches")
    parser.add_argument("--compiled", action="store_true", help="compile forward pass and adjoint as one")
    options = parser.parse_args(words)
    if options.epochs < 1 or options.batch_size < 1:
        parser.error("--epochs and --batch-size are 1 or more")
    return options


@contextlib.contextmanager
def progress(console, title, batches):
    """A bar on the terminal while an epoch lasts; it gives the function that is told each loss."""
    from rich.progress import BarColumn, Progress, TextColumn

    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("loss {task.fields[loss]:.4f}")
    hidden = not console.is_terminal
    with Progress(*columns, console=console, transient=True, disable=hidden) as bar:
        task = bar.add_task(title, total=batches, loss=float("nan"))
        yield lambda loss: bar.update(task, advance=1, loss=loss)


def main(words=None) -> int:
    from rich.console import Console

    options = parsed(words)
    torch.manual_seed(options.seed)
    train, test = digits(options.seed)
    train_loader = DataLoader(train, batch_size=options.batch_size, shuffle=True)
    test_loader = DataLoader(test, batch_size=options.batch_size)
    model, loss_fn = Network(), nn.CrossEntropyLoss()
    optimizer = optim.Adam(model.parameters(), lr=options.lr)
    run = tangentc.compile(model) if options.compiled else model

    console = Console(highlight=False)
    console.print(f"{len(train)} images to train with, {len(test)} held out")
    losses, test_losses, accuracies = [], [], []
    for epoch in range(1, options.epochs + 1):
        began = time.perf_counter()
        model.train()
        with progress(console, f"epoch {epoch:2}", len(train_loader)) as watch:
            losses += train_loop(train_loader, run, loss_fn, optimizer, watch)
        seconds = time.perf_counter() - began
        test_loss, accuracy = test_loop(test_loader, model, loss_fn)
        test_losses.append(test_loss)
        accuracies.append(accuracy)
        console.print(
            f"epoch {epoch:2}: {seconds:5.2f} s, loss {np.mean(losses[-len(train_loader) :]):.4f}; "
            f"held out: loss {test_loss:.4f}, {accuracy:.1%} recognised"
        )
    OUTPUT.mkdir(exist_ok=True)
    save_curves(losses, test_losses, accuracies, OUTPUT / "digits.png")
    console.print("curves: examples/output/digits.png")
    return 0


if __name__ == "__main__":
    sys.exit(main())
