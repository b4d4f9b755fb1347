"""The lecture's "Verify what we have calculated": dL/dX = dL/dY W^T and dL/dW = X^T dL/dY, to the last bit.

The lecture takes images and labels from its first training script; here they are random.
"""

import tangentc.eager as torch
import tangentc.nn.functional as F
from tangentc import nn

batch_size = 64


class NeuralNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(28 * 28, 512, False)
        self.fc2 = nn.Linear(512, 512, False)
        self.fc3 = nn.Linear(512, 10, False)
        self.register_buffer("fc2_input_act", torch.zeros(batch_size, 512))
        self.register_buffer("fc2_output_act", torch.zeros(batch_size, 512))

    def forward(self, x):
        x = self.flatten(x)
        self.fc2_input_act = F.relu(self.fc1(x))
        self.fc2_input_act.retain_grad()
        self.fc2_output_act = self.fc2(self.fc2_input_act)
        self.fc2_output_act.retain_grad()
        x = F.relu(self.fc2_output_act)
        logits = self.fc3(x)
        return logits


model = NeuralNetwork()

images = torch.randn(batch_size, 1, 28, 28)
labels = torch.arange(batch_size) % 10
loss = nn.CrossEntropyLoss()(model(images), labels)

loss.backward()

print("Shape of X:", model.fc2_input_act.shape)
print("Shape of dL/dX:", model.fc2_input_act.grad.shape)
print("Shape of W:", model.fc2.weight.shape)
print("Shape of dL/dW:", model.fc2.weight.grad.shape)
print("Shape of Y:", model.fc2_output_act.shape)
print("Shape of dL/dY:", model.fc2_output_act.grad.shape)

diff1 = torch.sum(
    torch.abs(model.fc2_input_act.grad - torch.matmul(model.fc2_output_act.grad, model.fc2.weight))
)
print("Check dL/dX = dL/dY W^T, diff1=", diff1.item())

diff2 = torch.sum(
    torch.abs(
        torch.transpose(model.fc2.weight.grad, 0, 1)
        - torch.matmul(torch.transpose(model.fc2_input_act, 0, 1), model.fc2_output_act.grad)
    )
)
print("Check dL/dW = X^T dL/dY, diff2=", diff2.item())
