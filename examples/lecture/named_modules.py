"""The lecture's "Modules as Building Blocks", continued: children and modules with their names."""

from net2 import Net2

net2 = Net2()

print("<--Check net2.named_children()-->")
for child in net2.named_children():
    print(child)

print("<--Check net2.named_modules()-->")
for child in net2.named_modules():
    print(child)
