"""Screens that an attacker may bring."""

from egate_sim.people.attacks.screen import Device

PHONE = Device(70, 146, 3, 5, pitch_mm=0.062, eyes_mm=19.5, pulsing=0.06)
TABLET = Device(160, 213, 9, 14, pitch_mm=0.096, eyes_mm=38)
LAPTOP = Device(302, 189, 8, 12, pitch_mm=0.157, eyes_mm=42, white=0.9, case=(0.30, 0.30, 0.31))
MONITOR = Device(708, 399, 8, 10, pitch_mm=0.277, eyes_mm=66, white=0.95)
E_PAPER = Device(91, 122, 10, 17, pitch_mm=0.085, eyes_mm=27, emits=False, case=(0.03, 0.03, 0.03))
