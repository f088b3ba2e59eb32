"""Golden schedules and whole sampling loops with a dummy model, from diffusers and from the papers' formulas.

Needs torch, numpy and diffusers; writes samplers.json beside itself. The dummy model answers
`output = (0.3 + 0.0004 t) x + 0.05 (i - 4)` for element i of eight, so that clamping matters in some of them.
"""

import json
import pathlib

import numpy as np
import torch
import diffusers
from diffusers import DDIMScheduler, DDPMScheduler, DPMSolverMultistepScheduler
from diffusers.schedulers import scheduling_ddpm

HERE = pathlib.Path(__file__).parent
START = torch.tensor([1.3, -0.7, 0.2, 2.1, -1.9, 0.05, -0.4, 0.9], dtype=torch.float64).reshape(1, 1, 2, 4)
INDEX = torch.arange(8, dtype=torch.float64).reshape(1, 1, 2, 4)


def dummy(x, t):
    return (0.3 + 0.0004 * float(t)) * x + 0.05 * (INDEX - 4)


def noise(step):
    return torch.sin(12.9898 * (INDEX + 1) + 78.233 * (step + 1)) * 1.2


def loop(scheduler, steps, prediction, alphas=None, **step_arguments):
    """The clamped picture is handed to schedulers that do not clamp themselves."""
    scheduler.set_timesteps(steps)
    x = START.clone()
    for t in scheduler.timesteps:
        output = dummy(x, t)
        if alphas is not None:
            a, s = float(alphas[int(t)]) ** 0.5, (1 - float(alphas[int(t)])) ** 0.5
            picture = (x - s * output) / a if prediction == "epsilon" else a * x - s * output
            output = picture.clamp(-1, 1)
        x = scheduler.step(output, t, x, **step_arguments).prev_sample
    return {"steps": steps, "timesteps": [int(t) for t in scheduler.timesteps], "result": x.flatten().tolist()}


def double(scheduler):
    """The scheduler with its tables in double precision, from the same formulas."""
    betas = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
    if scheduler.config.get("rescale_betas_zero_snr"):
        bars = torch.cumprod(1 - betas, 0).sqrt()
        first, last = bars[0].clone(), bars[-1].clone()
        bars = (bars - last) * first / (first - last)
        scheduler.alphas_cumprod = bars**2
    else:
        scheduler.alphas_cumprod = torch.cumprod(1 - betas, 0)
    scheduler.betas = betas
    scheduler.alphas = 1 - betas
    scheduler.one = torch.tensor(1.0, dtype=torch.float64)
    scheduler.final_alpha_cumprod = torch.tensor(1.0, dtype=torch.float64)
    if isinstance(scheduler, DPMSolverMultistepScheduler):
        scheduler.alpha_t = scheduler.alphas_cumprod.sqrt()
        scheduler.sigma_t = (1 - scheduler.alphas_cumprod).sqrt()
        scheduler.lambda_t = scheduler.alpha_t.log() - scheduler.sigma_t.log()
        scheduler.sigmas = ((1 - scheduler.alphas_cumprod) / scheduler.alphas_cumprod) ** 0.5
    return scheduler


COMMON = dict(num_train_timesteps=1000, beta_start=1e-4, beta_end=0.02, beta_schedule="linear",
              timestep_spacing="trailing")


def ddim(prediction, zero, steps):
    scheduler = double(DDIMScheduler(**COMMON, prediction_type=prediction, clip_sample=True, set_alpha_to_one=True,
                                     rescale_betas_zero_snr=zero))
    return loop(scheduler, steps, prediction, use_clipped_model_output=True)


def ddpm(variance, steps):
    counter = iter(range(steps))
    scheduling_ddpm.randn_tensor = lambda *a, **k: noise(next(counter))
    scheduler = double(DDPMScheduler(**COMMON, prediction_type="epsilon", clip_sample=True, variance_type=variance))
    return loop(scheduler, steps, "epsilon")


def dpmpp(prediction, steps):
    scheduler = double(DPMSolverMultistepScheduler(**COMMON, prediction_type="sample", algorithm_type="dpmsolver++",
                                                   solver_order=2, solver_type="midpoint", final_sigmas_type="zero"))
    return loop(scheduler, steps, prediction, alphas=scheduler.alphas_cumprod)


# ---------------------------------------------------- the shifted cosine schedule, from the papers' formulas

SHIFT = 2 * np.log(64 / 480)


def cosine(t):
    """(alpha, sigma): sigmoid of the log-SNR (Hoogeboom et al. 2023, equation 6)."""
    log_snr = -2 * np.log(np.tan(np.pi * t / 2)) + SHIFT
    return np.sqrt(1 / (1 + np.exp(-log_snr))), np.sqrt(1 / (1 + np.exp(log_snr)))


def v_picture(x, t):
    a, s = cosine(t) if t < 1 else (0.0, 1.0)
    return (a * x - s * dummy(x, 1000 * t)).clamp(-1, 1)


def cosine_ddim(start, steps):
    """Salimans and Ho 2022: x_s = alpha_s x0 + sigma_s eps."""
    x, times = START.clone(), [start * (1 - k / steps) for k in range(steps + 1)]
    for t, s in zip(times, times[1:]):
        a, b = cosine(t) if t < 1 else (0.0, 1.0)
        picture = v_picture(x, t)
        eps = (x - a * picture) / b
        a, b = cosine(s) if s > 0 else (1.0, 0.0)
        x = a * picture + b * eps
    return {"start": start, "steps": steps, "result": x.flatten().tolist()}


def cosine_dpmpp(start, steps):
    """k-diffusion's sample_dpmpp_2m: the same solver in variance-exploding coordinates x / alpha."""
    times = [start * (1 - k / steps) for k in range(steps + 1)]
    sigma = [cosine(t)[1] / cosine(t)[0] for t in times[:-1]] + [0.0]
    x = START / cosine(times[0])[0]
    old = None
    for i in range(steps):
        a = cosine(times[i])[0]
        denoised = v_picture(x * a, times[i])
        t = -np.log(sigma[i])
        if sigma[i + 1] == 0:
            x = denoised
            break
        t_next = -np.log(sigma[i + 1])
        h = t_next - t
        if old is None:
            x = sigma[i + 1] / sigma[i] * x - np.expm1(-h) * denoised
        else:
            r = (t + np.log(sigma[i - 1])) / h
            mixed = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * old
            x = sigma[i + 1] / sigma[i] * x - np.expm1(-h) * mixed
        old = denoised
    return {"start": start, "steps": steps, "result": x.flatten().tolist()}


if __name__ == "__main__":
    torch.set_default_dtype(torch.float64)
    linear = double(DDPMScheduler(**COMMON)).alphas_cumprod
    zero = double(DDIMScheduler(**COMMON, rescale_betas_zero_snr=True)).alphas_cumprod
    # The tables in double precision must be diffusers' own, up to its single precision.
    assert np.allclose(DDPMScheduler(**COMMON).alphas_cumprod, linear, rtol=2e-4)
    assert np.allclose(DDIMScheduler(**COMMON, rescale_betas_zero_snr=True).alphas_cumprod, zero, rtol=2e-3, atol=1e-6)
    shown = [0, 1, 10, 250, 500, 750, 990, 999]
    times = [0.001, 0.1, 0.25, 0.5, 0.75, 0.9, 0.999]
    golden = {
        "made_with": f"torch {torch.__version__.split('+')[0]}, diffusers {diffusers.__version__}",
        "linear_alpha_bar": [[i, linear[i].item()] for i in shown],
        "zero_terminal_alpha_bar": [[i, zero[i].item()] for i in shown],
        "cosine_alpha_sigma": [[t, *map(float, cosine(t))] for t in times],
        # Step counts divide 1000: otherwise diffusers steps to t - 1000 // n, which is not the next node.
        "ddim_epsilon": [ddim("epsilon", False, n) for n in (1, 8, 20)],
        "ddim_v_zero_terminal": [ddim("v_prediction", True, n) for n in (1, 4, 10)],
        "ddpm_epsilon_posterior": [ddpm("fixed_small", n) for n in (10, 50, 1000)],
        # With fewer steps diffusers adds noise even in the last of them, where the paper adds none.
        "ddpm_epsilon_beta": [ddpm("fixed_large", 1000)],
        "dpmpp_2m_epsilon": [dpmpp("epsilon", n) for n in (2, 10, 25)],
        "dpmpp_2m_v": [dpmpp("v_prediction", n) for n in (2, 10, 25)],
        "cosine_ddim_v": [cosine_ddim(start, n) for start in (1.0, 0.6) for n in (1, 4, 16)],
        "cosine_dpmpp_2m_v": [cosine_dpmpp(start, n) for start in (0.97, 0.6) for n in (1, 2, 8)],
    }
    (HERE / "samplers.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")
    for key, value in golden.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            print(key, value[-1]["result"][:3], value[0].get("timesteps"))
