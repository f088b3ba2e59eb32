#!/usr/bin/env python3
"""Training steps of RetiDiff and PyTorch side by side: the same networks, batches and step.

    retidiff bench --train --json > train.json
    python bench_train_torch.py train.json

Each preset runs in a process of its own, so that its peak of memory is its own. Run both on an idle machine.
"""

import argparse
import json
import resource
import subprocess
import sys
import time

import torch

from bench_torch import UNet


def measure(timing, device, runs):
    """(milliseconds of a step, MiB at the peak) of one preset."""
    torch.set_num_threads(timing["threads"])
    config = timing["network"]
    network = UNet(config).to(device)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters == timing["parameters"], f"{parameters} parameters here, {timing['parameters']} there"
    shape = [timing["batch"], 1, timing["rows"], timing["columns"]]
    x = torch.randn(shape, device=device)
    condition = torch.rand([shape[0], config["condition_channels"], *shape[2:]], device=device)
    moment = torch.full((shape[0],), 500.0, device=device)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4)
    average = [parameter.detach().clone() for parameter in network.parameters()]
    times = []
    for run in range(runs):
        began = time.perf_counter()
        optimizer.zero_grad()
        loss = (network(x, condition, moment) - x).square().mean()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        with torch.no_grad():
            for kept, parameter in zip(average, network.parameters()):
                kept.lerp_(parameter, 0.001)
        loss.item()
        times.append(1000 * (time.perf_counter() - began))
    # The first step allocates; a preset of one run has no other.
    times = sorted(times[2:] or times)
    if device == "cuda":
        return times[len(times) // 2], torch.cuda.max_memory_allocated() / 2**20
    return times[len(times) // 2], resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("report", help="what `retidiff bench --train --json` printed")
    arguments.add_argument("--device", default="cpu", choices=["cpu", "cuda"])
    arguments.add_argument("--only", type=int, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    with open(options.report) as file:
        report = json.load(file)
    if options.only is not None:
        timing = report[options.only]
        slow = timing["preset"] == "paper" and options.device == "cpu"
        print(json.dumps(measure(timing, options.device, 1 if slow else 10)))
        return
    print(f"PyTorch {torch.__version__} on {options.device}; RetiDiff on {report[0]['device']}; "
          f"{report[0]['threads']} threads, f32")
    print(f"{'preset':<8} {'batch':>5} {'strip':>9} {'RetiDiff ms':>12} {'PyTorch ms':>11} {'ratio':>6} "
          f"{'RetiDiff MiB':>13} {'PyTorch MiB':>12}")
    for index, timing in enumerate(report):
        command = [sys.executable, __file__, options.report, "--device", options.device, "--only", str(index)]
        there, memory = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        size = f"{timing['columns']}x{timing['rows']}"
        own = timing["peak_memory_mib"] or float("nan")
        print(f"{timing['preset']:<8} {timing['batch']:>5} {size:>9} {timing['median_ms']:>12.0f} {there:>11.0f} "
              f"{timing['median_ms'] / there:>6.2f} {own:>13.0f} {memory:>12.0f}")


if __name__ == "__main__":
    main()
