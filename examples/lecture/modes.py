"""The lecture's "Compare different modes": the forward pass of Net3 in default, no-grad and inference mode.

In the lecture's sizes the weights take 670 MB; `--dim1 512 --dim2 1024` is a smaller network.
"""

import argparse
import time

from my_linear import MyLinear

import tangentc.eager as torch
import tangentc.nn.functional as F
from tangentc import nn

parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
parser.add_argument("--dim1", type=int, default=4096, help="numbers in one input")
parser.add_argument("--dim2", type=int, default=8192, help="units of each hidden layer")
parser.add_argument("--batch", type=int, default=256, help="inputs at once")


class Net3(nn.Module):
    def __init__(self, dim1, dim2):
        super().__init__()
        self.layer0 = MyLinear(dim1, dim2)
        self.layer1 = MyLinear(dim2, dim2)
        self.layer2 = MyLinear(dim2, dim2)
        self.layer3 = MyLinear(dim2, 1)

    def forward(self, x):
        x = self.layer0(x)
        x = F.relu(x)
        x = self.layer1(x)
        x = F.relu(x)
        x = self.layer2(x)
        x = F.relu(x)
        x = self.layer3(x)
        return x


if __name__ == "__main__":
    sizes = parser.parse_args()
    net3 = Net3(sizes.dim1, sizes.dim2)
    x = torch.randn(sizes.batch, sizes.dim1)

    start_time = time.time()
    z = net3(x)
    end_time = time.time()
    print(f"Forward computation takes: {end_time - start_time:.4f} second")

    start_time = time.time()
    with torch.no_grad():
        z = net3(x)
    end_time = time.time()
    print(f"Forward computation takes: {end_time - start_time:.4f} second")

    start_time = time.time()
    with torch.inference_mode():
        z = net3(x)
    end_time = time.time()
    print(f"Forward computation takes: {end_time - start_time:.4f} second")
