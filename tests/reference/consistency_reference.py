"""Golden values of src/diffusion/consistency.rs: the loss of ECT (arXiv 2406.14548, section 3 and its public
code's conventions) in the paper's own coordinates, x = y + t eps, with gradients from PyTorch.

The network stands in as one weight and one offset for all pixels; their gradients tell whether the target
branch is cut off. Writes consistency.json beside itself.
"""

import json
import pathlib

import numpy
import torch

HERE = pathlib.Path(__file__).parent
DEVIATION, P_MEAN, P_STD, Q, K, B, C = 0.35, 0.4, 2.0, 2.0, 8.0, 1.0, 0.00054
BATCH, HEIGHT, WIDTH = 3, 4, 6


def cleaner(t, stage):
    adjustment = 1 + K * torch.sigmoid(-B * t)
    return torch.clamp(t * (1 - adjustment / Q ** (stage + 1)), min=0)


def denoised(x, t, weight, offset):
    """D(x, t) of Karras et al. 2022 with sigma_data = DEVIATION; x in the paper's coordinates."""
    t = t[:, None, None, None]
    total = t**2 + DEVIATION**2
    network = weight * (x / (1 + t**2).sqrt()) + offset  # what a variance-preserving network is shown
    # The sign is this project's: its network answers with the negative residual.
    return DEVIATION**2 / total * x - t * DEVIATION / total.sqrt() * network


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    rng = numpy.random.default_rng(3)
    units = lambda: torch.from_numpy(rng.uniform(-1, 1, (BATCH, 1, HEIGHT, WIDTH)).round(4))
    y, eps, counted = (0.6 * units()).round(decimals=5), units(), (units() > -0.5).double()
    weight = torch.tensor(0.3, requires_grad=True)
    offset = torch.tensor(-0.2, requires_grad=True)
    cases = []
    for stage in [0, 3]:
        t = torch.tensor([0.05, 0.9, 7.0])
        r = cleaner(t, stage)
        learns = denoised(y + t[:, None, None, None] * eps, t, weight, offset)
        with torch.no_grad():
            target = denoised(y + r[:, None, None, None] * eps, r, weight, offset)
            target = torch.where(r[:, None, None, None] > 0, target, y)
        squares = ((learns - target) ** 2 * counted).flatten(1).sum(1)
        size = counted.flatten(1).sum(1)
        # The paper: sqrt(|difference|^2 + (C sqrt(d))^2) - C sqrt(d), over sqrt(d).
        huber = (torch.sqrt(squares + (C * size.sqrt()) ** 2) - C * size.sqrt()) / size.sqrt()
        loss = (huber / (t - r)).mean()
        gradient = torch.autograd.grad(loss, [weight, offset])
        cases.append({
            "stage": stage,
            "noise": t.tolist(),
            "cleaner": r.tolist(),
            "loss": loss.item(),
            "weight_gradient": gradient[0].item(),
            "offset_gradient": gradient[1].item(),
        })
    levels = torch.distributions.Normal(P_MEAN, P_STD)
    places = [0.02, 0.3, 0.5, 0.77, 0.99]
    golden = {
        "shape": [BATCH, 1, HEIGHT, WIDTH],
        "deviation": DEVIATION,
        "picture": [round(value, 5) for value in y.flatten().tolist()],
        "noise_field": eps.flatten().tolist(),
        "counted": counted.flatten().tolist(),
        "places": places,
        "noise_at_places": levels.icdf(torch.tensor(places)).exp().tolist(),
        "cases": cases,
    }
    (HERE / "consistency.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    print(json.dumps(cases, indent=1))
