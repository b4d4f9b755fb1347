"""The lecture's "Modules as Building Blocks", continued: a module of two modules, and a forward of its own."""

from my_linear import MyLinear

import tangentc.eager as torch
import tangentc.nn.functional as F
from tangentc import nn


class Net2(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer0 = MyLinear(4, 3)
        self.layer1 = MyLinear(3, 1)

    def forward(self, x):
        x = self.layer0(x)
        x = F.relu(x)
        x = self.layer1(x)
        return x


if __name__ == "__main__":
    net2 = Net2()
    sample_input = torch.randn(4)
    print(net2(sample_input))
