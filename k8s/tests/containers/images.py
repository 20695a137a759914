"""Images to run. Those of `make images` are taken as they are; a debug one is made of the binary that the other suites have
built: the same paths, user and variables, and beside the binary what its dynamic linker needs."""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from pathlib import Path

from engine import DockerError, call

ROOT = Path(__file__).resolve().parents[3]
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
USER = 65532


def real(names: list[str]) -> dict[str, str]:
    """The images that the manifests name."""
    for name in names:
        try:
            call("image", "inspect", "--format", "{{.Id}}", name)
        except DockerError:
            raise SystemExit(f"error: there is no image {name}: make images") from None
    return {name: name for name in names}


def debug(names: list[str], folder: Path, tag: str) -> dict[str, str]:
    """In place of each image of ours one of a binary in `folder`; all others as they are."""
    made = real([name for name in names if service_of(name) not in ("hardware", "portal")])
    for name in names:
        service = service_of(name)
        if name not in made:
            made[name] = build(service, folder / service, f"toolcrib/{service}:{tag}")
    return made


def service_of(image: str) -> str:
    return re.fullmatch(r"(?:.*/)?([a-z]+)[:@].*", image).group(1)


def build(service: str, binary: Path, image: str) -> str:
    if not binary.is_file():
        raise SystemExit(f"error: {binary} is missing: cargo build --locked --workspace")
    told = subprocess.run(["scripts/images-static.sh", "--changes", service], cwd=ROOT, capture_output=True, text=True, check=True)
    changes = [word for line in told.stdout.splitlines() for word in ("--change", line)]
    call("import", *changes, "-", image, data=root_of(service, binary))
    return image


def root_of(service: str, binary: Path) -> bytes:
    """The image's file system, as a tar file."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for folder, mode, owner in (("tmp", 0o1777, 0), ("data", 0o755, USER)):
            put(tar, folder, mode, owner)
        put(tar, f"bin/{service}", 0o755, 0, binary.read_bytes())
        for library in libraries(binary):
            put(tar, library.lstrip("/"), 0o755, 0, Path(library).read_bytes())
        put(tar, str(AUTHORITIES).lstrip("/"), 0o644, 0, AUTHORITIES.read_bytes())
        put(tar, "etc/passwd", 0o644, 0, f"toolcrib:x:{USER}:{USER}:Toolcrib:/data:/sbin/nologin\n".encode())
        put(tar, "etc/group", 0o644, 0, f"toolcrib:x:{USER}:\n".encode())
    return packed.getvalue()


def libraries(binary: Path) -> list[str]:
    """What `ldd` says that it is linked with; nothing for a static one."""
    told = subprocess.run(["ldd", str(binary)], capture_output=True, text=True, check=False).stdout
    return re.findall(r"(?:=> |^\s+)(/\S+) \(0x", told, re.MULTILINE)


def put(tar: tarfile.TarFile, path: str, mode: int, owner: int, data: bytes | None = None) -> None:
    """A file, or a folder where there is no content."""
    info = tarfile.TarInfo(path)
    info.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
    info.mode, info.uid, info.gid, info.size = mode, owner, owner, len(data or b"")
    tar.addfile(info, io.BytesIO(data or b""))
