"""Reference values for src/evaluation/sgd-logistic.ts, from PyTorch. Run: python3 reference/sgd.py (writes test/golden/sgd.json)."""
import json
from pathlib import Path

import numpy as np
import torch

random = np.random.default_rng(5)
rows, columns, classes, epochs, batch = 27, 5, 3, 6, 8
settings = {"epochs": epochs, "batchSize": batch, "learningRate": 0.3, "momentum": 0.9, "weightDecay": 0.01}
features = np.round(random.normal(size=(rows, columns)) * [1, 2, 0.5, 3, 1] + [0, 5, -1, 0, 2], 4).astype(np.float32)
features[:, 4] = 2
targets = random.integers(0, classes, rows)
start = np.round(random.normal(size=(classes, columns + 1)) * 0.3, 4)
orders = [random.permutation(rows) for _ in range(epochs)]

norm = torch.nn.BatchNorm1d(columns, affine=False, dtype=torch.float64)
head = torch.nn.Linear(columns, classes, dtype=torch.float64)
with torch.no_grad():
    head.weight.copy_(torch.tensor(start[:, :-1]))
    head.bias.copy_(torch.tensor(start[:, -1]))
optimiser = torch.optim.SGD(head.parameters(), lr=settings["learningRate"], momentum=0.9, weight_decay=0.01, nesterov=True)
schedule = torch.optim.lr_scheduler.MultiStepLR(optimiser, [epochs // 3, 2 * epochs // 3], gamma=0.1)
x, y = torch.tensor(features, dtype=torch.float64), torch.tensor(targets)
for order in orders:
    for begin in range(0, rows, batch):
        chosen = torch.tensor(order[begin : begin + batch])
        optimiser.zero_grad()
        torch.nn.functional.cross_entropy(head(norm(x[chosen])), y[chosen]).backward()
        optimiser.step()
    schedule.step()
norm.eval()
answers = torch.softmax(head(norm(x)), 1).detach().numpy()
golden = {
    "columns": columns, "classes": classes, "settings": settings, "features": features.ravel().tolist(), "targets": targets.tolist(),
    "start": start.ravel().tolist(), "orders": [order.tolist() for order in orders],
    "weights": np.concatenate([head.weight.detach().numpy(), head.bias.detach().numpy()[:, None]], 1).ravel().tolist(),
    "answers": answers.ravel().tolist(),
}
path = Path(__file__).parent.parent / "test/golden/sgd.json"
path.write_text(json.dumps(golden) + "\n")
