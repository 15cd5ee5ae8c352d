"""``python -m egate_models.training --samples FILE``: train the project's own PAD network and put it in place.

The training itself runs in the build environment (TensorFlow), like the conversion of the packaged models; it stops
after ``--minutes`` at the latest. The file and the last layer's coefficients go where the gate reads them; what the
network is worth on real pictures is for the evaluation to say.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from rich.progress import Progress

from egate.face.pad.calibration import Calibration, Logistic, Term
from egate.face.pad.cues.own_network import OwnNetworkCue, feature
from egate_models.build import BUILD, MODELS, BuildError, build_environment
from egate_models.fit.calibration_file import write_calibration

NETWORK = Path(__file__).with_name("network.py")
_EPOCHS = 40
_NOTE = "The last layer as trained on rendered people and artefacts alone; a site fits it anew (calibrate-pad)."


def main(arguments: list[str] | None = None) -> int:
    """Entry point; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m egate_models.training", description=__doc__.split("\n", 1)[0])
    parser.add_argument("--samples", type=Path, required=True, metavar="FILE", help="from python -m egate_sim.training")
    parser.add_argument("--minutes", type=float, default=30.0, help="longest time of the training itself")
    parser.add_argument("--models", type=Path, default=MODELS, help="where the file and its calibration go")
    options = parser.parse_args(arguments)
    try:
        report = train(options.samples, options.minutes)
    except BuildError as error:
        print(f"training: {error}", file=sys.stderr)
        return 1
    path = BUILD / "trained" / str(report["file"])
    (options.models / path.name).write_bytes(path.read_bytes())
    write_calibration(
        options.models / "pad.toml",
        Calibration(format=1, cues={OwnNetworkCue.name: head(report)}),
        {("cues", OwnNetworkCue.name): _NOTE},
    )
    print(json.dumps({name: value for name, value in report.items() if name not in {"weights", "bias"}}))
    return 0


def train(samples: Path, minutes: float) -> dict[str, object]:
    """Run the training, showing how far it is; what ``network.py`` reports. Raises BuildError."""
    python = build_environment()
    command = [str(python), str(NETWORK), str(samples), str(BUILD / "trained"), str(minutes)]
    report: dict[str, object] = {}
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process,  # noqa: S603 - our own file
        Progress() as progress,
    ):
        bar = progress.add_task("training", total=_EPOCHS)
        assert process.stdout is not None  # noqa: S101 - it was asked for
        for line in process.stdout:
            if not line.startswith("{"):
                continue
            report = json.loads(line)
            if "epoch" in report:
                progress.update(bar, completed=float(str(report["epoch"])), description=f"AUC {report.get('val_auc')}")
        complaint = process.stderr.read()[-2000:] if process.stderr is not None else ""
    if process.returncode != 0 or "file" not in report:
        raise BuildError(f"training failed:\n{complaint}")
    return report


def head(report: dict[str, object]) -> Logistic:
    """The network's own last layer as the cue's calibration."""
    weights = report["weights"]
    assert isinstance(weights, list)  # noqa: S101 - network.py writes it
    return Logistic(
        float(str(report["bias"])), {feature(place): Term(float(weight)) for place, weight in enumerate(weights)}
    )


if __name__ == "__main__":
    raise SystemExit(main())
