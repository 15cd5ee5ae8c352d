"""How a person stands before the camera, and rotations."""

from dataclasses import dataclass

import numpy as np

from egate_sim.people.mesh import Floats


@dataclass(frozen=True, slots=True)
class View:
    """``yaw_deg``: head turned to the person's left; ``pitch_deg``: chin up; ``roll_deg``: head tilted to the person's
    left shoulder; ``right_mm``, ``up_mm``: middle between the eyes as seen in the picture, off the optical axis;
    ``blink``, ``jaw``, ``smile``: 0..1; ``brow``: lowered -1 .. 1 raised; gaze relative to the head."""

    yaw_deg: float = 0.0
    pitch_deg: float = 0.0
    roll_deg: float = 0.0
    distance_mm: float = 800.0
    right_mm: float = 0.0
    up_mm: float = 0.0
    blink: float = 0.0
    jaw: float = 0.0
    smile: float = 0.0
    brow: float = 0.0
    gaze_yaw_deg: float = 0.0
    gaze_pitch_deg: float = 0.0


def rotation(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Floats:
    """Rotation matrix (3, 3): roll first, then pitch (front goes up), then yaw (front goes to +x)."""
    (cy, cp, cr), (sy, sp, sr) = (f(np.radians([yaw_deg, pitch_deg, roll_deg])) for f in (np.cos, np.sin))
    yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    pitch = np.array([[1, 0, 0], [0, cp, sp], [0, -sp, cp]])
    roll = np.array([[cr, sr, 0], [-sr, cr, 0], [0, 0, 1]])
    return np.asarray(yaw @ pitch @ roll, np.float32)
