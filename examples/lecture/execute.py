"""The lecture's "How Does Autograd Execute?": one backward pass through Net2, and what it leaves behind."""

from net2 import Net2

import tangentc.eager as torch

net2 = Net2()

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
