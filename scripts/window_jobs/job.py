"""What every job has: a fresh folder, a hand, and a way to fail with what was found."""

import os
import time

from .hand import Hand, NotSo

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLES = os.path.join(ROOT, "assets", "samples")


class Jobs:
    """What the jobs share."""

    def __init__(self, program, shots, data):
        self.program, self.shots, self.data = os.path.abspath(program), shots, data
        self.folder = self.hand = None

    def at(self, name):
        """A path in the job's folder."""
        return os.path.join(self.folder, name)

    def begin(self, *arguments, **options):
        """A hand at a fresh window."""
        self.hand = Hand(self.program, self.folder, arguments=arguments, shots=self.shots, **options)
        return self.hand


class Uncounted:
    """What is done only to look at the result counts neither as work nor as time."""

    def __init__(self, hand):
        self.hand = hand

    def __enter__(self):
        self.before = self.hand.clicks, self.hand.keys, time.monotonic()

    def __exit__(self, *_):
        clicks, keys, begun = self.before
        self.hand.clicks, self.hand.keys = clicks, keys
        self.hand.began += time.monotonic() - begun


def expect(is_so, found):
    """Fails with what was found."""
    if not is_so:
        raise NotSo(str(found))
