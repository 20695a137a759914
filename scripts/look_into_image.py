"""Looks at the files of an image: `docker export` of a container that never ran.

usage: look_into_image.py SERVICE TAR
"""

import json
import stat
import sys
import tarfile
import zlib

SHELLS = {"sh", "bash", "dash", "ash", "busybox", "zsh"}
# Docker makes these for each container.
DOCKERS = ("dev", "proc", "sys", ".dockerenv", "etc/hostname", "etc/hosts", "etc/resolv.conf", "etc/mtab")

# Bytes at most: of the binary, and of the image as a registry keeps it.
MAX_BINARY = 25_000_000
MAX_COMPRESSED = 12_000_000


def compressed_bytes(path):
    packer = zlib.compressobj(6)
    with open(path, "rb") as file:
        return sum(len(packer.compress(chunk)) for chunk in iter(lambda: file.read(1 << 20), b"")) + len(packer.flush())


def resolve(members, path):
    """The member that a path leads to, through the symlinks of the image."""
    for _ in range(20):
        member = members.get(path)
        if member is None or not member.issym():
            return member
        target = member.linkname
        parts = target.split("/") if target.startswith("/") else [*path.split("/")[:-1], *target.split("/")]
        clean = []
        for part in parts:
            if part == "..":
                clean.pop()
            elif part not in ("", "."):
                clean.append(part)
        path = "/".join(clean)
    return None


def problems(service, tar):
    members = {member.name.strip("/").removeprefix("./"): member for member in tar}
    for name, mode, owner in (("data", 0o755, 65532), ("tmp", 0o1777, 0)):
        member = members.get(name)
        if member is None or (stat.S_IMODE(member.mode), member.uid, member.gid) != (mode, owner, owner):
            yield f"/{name} should be a folder of {owner} with mode {mode:o}: {member and (oct(member.mode), member.uid, member.gid)}"

    texts = {}
    for path in (f"bin/{service}", "etc/passwd", "etc/group", "etc/ssl/certs/ca-certificates.crt", f"usr/share/sbom/{service}.cdx.json"):
        member = resolve(members, path)
        if member is None or not member.isfile():
            yield f"/{path} is missing"
        else:
            texts[path] = tar.extractfile(member).read()

    binary = texts.get(f"bin/{service}", b"")
    if binary[:4] != b"\x7fELF" or b"/ld-linux" in binary or b"/ld-musl" in binary:
        yield f"/bin/{service} is no static program"
    if len(binary) > MAX_BINARY:
        yield f"/bin/{service} has {len(binary):,} bytes, and at most {MAX_BINARY:,} are wanted"
    if texts.get("etc/ssl/certs/ca-certificates.crt", b"").count(b"BEGIN CERTIFICATE") < 50:
        yield "the CA bundle has fewer than 50 certificates"
    if b"65532:65532" not in texts.get("etc/passwd", b""):
        yield "/etc/passwd does not name 65532"
    if sbom := texts.get(f"usr/share/sbom/{service}.cdx.json"):
        with open("Cargo.lock", encoding="utf-8") as lock:
            crates = lock.read().count("[[package]]")
        document = json.loads(sbom)
        if (document["bomFormat"], len(document["components"])) != ("CycloneDX", crates):
            yield f"the list of parts has {len(document['components'])}, and Cargo.lock {crates}"

    for path, member in members.items():
        ours = member.isfile() and not path.startswith(DOCKERS)
        if path.rpartition("/")[2] in SHELLS:
            yield f"/{path} is a shell"
        if ours and member.mode & 0o111 and path.rpartition("/")[2] != service:
            yield f"/{path} can be run"
        if ours and (member.uid or member.mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWOTH)):
            yield f"/{path} belongs to {member.uid} with mode {member.mode:o}"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    with tarfile.open(sys.argv[2]) as tar:
        found = list(problems(sys.argv[1], tar))
    if (size := compressed_bytes(sys.argv[2])) > MAX_COMPRESSED:
        found.append(f"compressed it has {size:,} bytes, and at most {MAX_COMPRESSED:,} are wanted")
    print("\n".join(found))
    sys.exit(bool(found))


main()
