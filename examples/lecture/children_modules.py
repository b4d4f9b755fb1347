"""The lecture's "Modules as Building Blocks", continued: children are one level of the tree, modules are all."""

from my_linear import MyLinear
from net2 import Net2

from tangentc import nn

net = nn.Sequential(
    MyLinear(4, 3),
    nn.ReLU(),
    MyLinear(3, 1),
)
net2 = Net2()

print("<--Check net.children()-->")
for child in net.children():
    print(child)

print("<--Check net.modules()-->")
for child in net.modules():
    print(child)

print("<--Check net2.children()-->")
for child in net2.children():
    print(child)

print("<--Check net2.modules()-->")
for child in net2.modules():
    print(child)
