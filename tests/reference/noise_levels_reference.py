"""Noise levels of a synthesis, independently of the program: Karras et al. (2022), equation 5, and even steps in the
logarithm. Run once: python3 noise_levels_reference.py > noise_levels.json"""
import json
import numpy as np


def karras(most, least, steps, rho=7.0):
    ramp = np.linspace(0, 1, steps)
    low, high = least ** (1 / rho), most ** (1 / rho)
    return (high + ramp * (low - high)) ** rho


cases = [(80.0, 5), (80.0, 12), (10.0, 8)]
print(json.dumps({
    "karras": [{"most": most, "levels": list(karras(most, 0.02, steps))} for most, steps in cases],
    "log_snr": [{"most": most, "levels": list(np.geomspace(most, 0.02, steps))} for most, steps in cases],
}, separators=(",", ":")))
