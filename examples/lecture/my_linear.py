"""The lecture's "Define A Simple Custom Model": a module with one parameter, called as a function."""

import tangentc.eager as torch
from tangentc import nn


class MyLinear(nn.Module):
    def __init__(self, in_features, out_features):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(in_features, out_features))

    def forward(self, input):
        return torch.matmul(input, self.weight)


if __name__ == "__main__":
    m = MyLinear(4, 3)
    sample_input = torch.randn(4)
    print(m(sample_input))
