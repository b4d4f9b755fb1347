"""The lecture's "Define A Simple Custom Model", continued: the parameters of a module, with and without names."""

from my_linear import MyLinear

m = MyLinear(4, 3)

for parameter in m.named_parameters():
    print(parameter)

for parameter in m.parameters():
    print(parameter)
