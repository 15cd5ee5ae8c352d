"""Named edge cases of the requirements, each played on a whole lane in simulated time and judged by its records."""

from egate_sim.scenarios import camera, devices, document, door, light, people, reuse, seals, trust
from egate_sim.scenarios.case import SCENARIOS, Scenario

__all__ = [
    "SCENARIOS",
    "Scenario",
    "camera",
    "devices",
    "document",
    "door",
    "light",
    "people",
    "reuse",
    "seals",
    "trust",
]
