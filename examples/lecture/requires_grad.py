"""The lecture's "Setting requires_grad": a frozen layer has no gradient, and the others keep theirs."""

from net2 import Net2

import tangentc.eager as torch

net2 = Net2()

net2.layer1.requires_grad_(False)

x = torch.randn(4)
x.requires_grad_(True)
x.retain_grad()
z = net2(x)
z.retain_grad()

print("x:", x)
print("w0:", net2.layer0.weight)
print("w1:", net2.layer1.weight)
print("z:", z)

z.backward()

print("dz:", z.grad)
print("dw1:", net2.layer1.weight.grad)
print("dw2:", net2.layer0.weight.grad)
print("dx:", x.grad)
