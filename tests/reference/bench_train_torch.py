#!/usr/bin/env python3
"""Training steps of RetiDiff and PyTorch side by side: the same networks, batches and step.

    retidiff bench --train --json > train.json
    python bench_train_torch.py train.json

Each preset runs in a process of its own, so that its peak of memory is its own. Run both on an idle machine. On a GPU:
--device cuda, with --autocast, --channels-last and --compile; memory is then that of the GPU for PyTorch, and that of
the process for RetiDiff. --out keeps the table as JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import torch

from bench_torch import UNet, add_mode_arguments, autocast, in_memory_format, mode_name, write_rows


def measure(timing, options, runs):
    """(milliseconds of a step, MiB at the peak) of one preset."""
    device = options.device
    torch.set_num_threads(options.threads or timing["threads"])
    config = timing["network"]
    network = in_memory_format(UNet(config).to(device), options)
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert parameters == timing["parameters"], f"{parameters} parameters here, {timing['parameters']} there"
    forward = torch.compile(network) if options.compile else network
    shape = [timing["batch"], 1, timing["rows"], timing["columns"]]
    x = in_memory_format(torch.randn(shape, device=device), options)
    condition = in_memory_format(torch.rand([shape[0], config["condition_channels"], *shape[2:]], device=device), options)
    moment = torch.full((shape[0],), 500.0, device=device)
    optimizer = torch.optim.AdamW(network.parameters(), 1e-4)
    scaler = torch.amp.GradScaler(device, enabled=options.autocast == "f16")
    average = [parameter.detach().clone() for parameter in network.parameters()]
    times = []
    for run in range(runs):
        began = time.perf_counter()
        optimizer.zero_grad()
        with autocast(options):
            prediction = forward(x, condition, moment)
        loss = (prediction.float() - x).square().mean()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        scaler.step(optimizer)
        scaler.update()
        with torch.no_grad():
            for kept, parameter in zip(average, network.parameters()):
                kept.lerp_(parameter, 0.001)
        loss.item()
        if device == "cuda":
            torch.cuda.synchronize()
        times.append(1000 * (time.perf_counter() - began))
    # The first step allocates; a preset of one run has no other.
    middle = statistics.median(times[2:] or times)
    if device == "cuda":
        return middle, torch.cuda.max_memory_allocated() / 2**20
    return middle, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("report", help="what `retidiff bench --train --json` printed")
    arguments.add_argument("--runs", type=int, default=10, help="steps, the first two not counted")
    arguments.add_argument("--only", type=int, help=argparse.SUPPRESS)
    add_mode_arguments(arguments)
    options = arguments.parse_args()
    with open(options.report) as file:
        report = json.load(file)
    if options.only is not None:
        timing = report[options.only]
        slow = timing["preset"] == "paper" and options.device == "cpu"
        print(json.dumps(measure(timing, options, 1 if slow else options.runs)))
        return
    mode = mode_name(options)
    print(f"PyTorch {torch.__version__} on {options.device}, {mode}; RetiDiff on {report[0]['device']}, "
          f"{report[0].get('arithmetic', 'f32')}; {options.threads or report[0]['threads']} threads")
    print(f"{'preset':<8} {'batch':>5} {'strip':>9} {'RetiDiff ms':>12} {'PyTorch ms':>11} {'ratio':>6} "
          f"{'RetiDiff MiB':>13} {'PyTorch MiB':>12}")
    rows = []
    for index, timing in enumerate(report):
        # The same arguments: what this process was told holds for the one that measures.
        command = [sys.executable, *sys.argv, "--only", str(index)]
        there, memory = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
        size, own = f"{timing['columns']}x{timing['rows']}", timing["median_ms"]
        own_memory = timing["peak_memory_mib"]
        rows.append({"preset": timing["preset"], "batch": timing["batch"], "strip": size, "retidiff_ms": own,
                     "torch_ms": round(there, 3), "ratio": round(own / there, 3), "retidiff_mib": own_memory,
                     "torch_mib": round(memory)})
        print(f"{timing['preset']:<8} {timing['batch']:>5} {size:>9} {own:>12.0f} {there:>11.0f} {own / there:>6.2f} "
              f"{own_memory or float('nan'):>13.0f} {memory:>12.0f}", flush=True)
    write_rows(options, mode, rows)


if __name__ == "__main__":
    main()
