"""Runs the containers of a customer's manifests with Docker, as strictly as the manifests say, and shows what a cluster would
have to show: STEPS in scenarios.py. Exit 1 if something did not hold.

    run.py RENDERED --images debug|real [--binaries FOLDER]
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import images
import scenarios
from engine import Docker, DockerError, call
from manifests import Manifests
from scene import PATIENT, Scene
from traffic import check

# Everything together; a minute or two on an idle machine.
LIMIT_S = 600


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rendered", type=Path)
    parser.add_argument("--images", choices=("debug", "real"), default="debug")
    parser.add_argument("--binaries", type=Path, default=images.ROOT / "target/debug")
    return parser.parse_args()


def too_long(*_: object) -> None:
    raise SystemExit(f"FAILED  all of it within {LIMIT_S} s")


def stopped(number: int, _: object) -> None:
    raise SystemExit(f"FAILED  stopped by signal {number}")


def named(manifests: Manifests) -> list[str]:
    """The images that the manifests name."""
    workloads = [manifests.pod(kind, name) for kind, name in scenarios.WORKLOADS]
    return sorted({pod.container["image"] for pod in workloads})


def main() -> int:
    told, began = arguments(), time.monotonic()
    signal.signal(signal.SIGALRM, too_long)
    signal.signal(signal.SIGTERM, stopped)
    signal.alarm(LIMIT_S)
    run = f"toolcrib-containers-{os.getpid()}"
    manifests, docker = Manifests(told.rendered.read_text()), Docker(run)
    made: list[str] = []
    passed: list[str] = []
    steps = scenarios.STEPS
    try:
        names = named(manifests)
        if told.images == "real":
            found = images.real(names)
        else:
            found = images.debug(names, told.binaries, run)
            made = [image for image in found.values() if image.endswith(run)]
        for name, image in found.items():
            what = f"of the binary in {told.binaries}, with its libraries" if image in made else "as it is"
            print(f"image   {name}: {what}, {call('image', 'inspect', '--format', '{{.Id}} {{.Size}}', image)[7:]}", flush=True)
        print(f"env     as in the manifests, but for {', '.join(f'{name}: {env}' for name, env in PATIENT.items())}", flush=True)
        scene = Scene(docker, manifests, found)
        play(steps, scene, passed)
    finally:
        signal.alarm(0)
        docker.remove()
        for image in made:
            try:
                call("image", "rm", image)
            except DockerError as error:
                print(f"left over: {error}", flush=True)
    failed = len(steps) - len(passed)
    took = f"{told.images} images, {time.monotonic() - began:.0f} s"
    print(f"containers: {len(passed)} of {len(steps)} passed, {failed} failed or not reached, {took}")
    return 1 if failed else 0


def play(steps: list[tuple[str, Callable[[Scene], object]]], scene: Scene, passed: list[str]) -> None:
    """One after the other. Later ones stand on the earlier: the first that fails is the last."""
    for what, step in steps:
        if not check(passed, what, lambda step=step: step(scene)):
            return


if __name__ == "__main__":
    sys.exit(main())
