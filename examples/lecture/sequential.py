"""The lecture's "Modules as Building Blocks": a chain of modules is a module."""

from my_linear import MyLinear

import tangentc.eager as torch
from tangentc import nn

net = nn.Sequential(
    MyLinear(4, 3),
    nn.ReLU(),
    MyLinear(3, 1),
)

sample_input = torch.randn(4)
print(net(sample_input))
