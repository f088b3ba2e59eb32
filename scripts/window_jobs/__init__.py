"""Eleven jobs in the real window: the hand that does them, where things lie, what label masks say, and the jobs."""
