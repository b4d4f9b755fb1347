"""The lecture's "Recall Our First Training Script": the test function, in no-grad mode.

A network that has learned nothing guesses one image of ten; examples/digits.py trains one.
"""

import tangentc.eager as torch
from tangentc import nn
from tangentc.data import DataLoader, TensorDataset


def test_loop(dataloader, model, loss_fn):
    model.eval()
    size = len(dataloader.dataset)
    num_batches = len(dataloader)
    test_loss, correct = 0, 0

    with torch.no_grad():
        for X, y in dataloader:
            pred = model(X)
            test_loss += loss_fn(pred, y).item()
            correct += (pred.argmax(1) == y).type(torch.float).sum().item()
    test_loss /= num_batches
    correct /= size
    print(f"Test Error: \n Accuracy: {(100 * correct):>0.1f}%, Avg loss: {test_loss:>8f} \n")


if __name__ == "__main__":
    images, labels = torch.randn(1000, 1, 28, 28), torch.arange(1000) % 10
    model = nn.Sequential(nn.Flatten(), nn.Linear(28 * 28, 512), nn.ReLU(), nn.Linear(512, 10))
    test_loop(DataLoader(TensorDataset(images, labels), batch_size=64), model, nn.CrossEntropyLoss())
