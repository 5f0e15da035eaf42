"""The same network as train.py, in PyTorch:

    python3 train_torch.py --price 4 --seed 1 --contexts days.csv --out outputs.npy
"""

import argparse
import os

import numpy as np
import torch

from train import demand, features


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--price", type=float, required=True, help="of a lost sale, against 1 for what is left over")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--contexts", required=True, help="days to answer: temperature, weekend")
    parser.add_argument("--out", required=True, help="where to write stock, left over, lost and cost, a row for each day")
    parser.add_argument("--steps", type=int, default=1000)
    arguments = parser.parse_args()

    torch.manual_seed(arguments.seed)
    torch.set_num_threads(1)
    rng = np.random.default_rng(arguments.seed)
    days = np.column_stack([rng.normal(size=1000), rng.random(1000) < 2 / 7]).astype(float)
    x = torch.tensor(features(days), dtype=torch.float32)
    y = torch.tensor((demand(rng, days) - 40) / 15, dtype=torch.float32).view(-1, 1)
    network = torch.nn.Sequential(torch.nn.Linear(2, 16), torch.nn.Tanh(), torch.nn.Linear(16, 1))
    optimiser = torch.optim.Adam(network.parameters(), 0.01)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, arguments.steps)
    for step in range(arguments.steps):
        rows = torch.randint(len(x), (128,))
        short = y[rows] - network(x[rows])
        loss = (arguments.price * short.clamp(min=0) + (-short).clamp(min=0)).mean() / (1 + arguments.price)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 100 == 0:
            print(f"htitune:progress {step / arguments.steps}", flush=True)

    days = np.loadtxt(arguments.contexts, delimiter=",", skiprows=1)
    sold = demand(np.random.default_rng(12345), days)
    with torch.no_grad():
        ordered = 40 + 15 * network(torch.tensor(features(days), dtype=torch.float32)).numpy()[:, 0]
    left, lost = np.maximum(ordered - sold, 0), np.maximum(sold - ordered, 0)
    cost = 0.5 * left + 3 * lost + 0.1 * lost**2
    partial = arguments.out + ".partial.npy"
    np.save(partial, np.column_stack([ordered, left, lost, cost]).astype(np.float32))
    os.replace(partial, arguments.out)


if __name__ == "__main__":
    main()
