"""Ratios of one run: what the library costs beside what it stands for."""
