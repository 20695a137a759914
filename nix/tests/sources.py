"""What a service's build sees, compared with git and with the code: everything that the binary embeds, and nothing else."""

import pathlib
import re

# Of these four there is one for the whole workspace, and cargo wants the manifests of all members.
SHARED = {"Cargo.toml", "Cargo.lock", "services/build.rs"}
MANIFEST = re.compile(r"^(services/\w+|tests|bench/peers)/Cargo\.toml$")
# What lies in a service's folder and is no part of its binary. A new kind of file has to be put here, or into nix/sources.nix.
NOT_BUILT = re.compile(r"^services/\w+/(tests|benches|proptest-regressions)/")

# What each service is made of, beside its own folder.
COMMON = ("services/chassis/", "services/memory/")

EMBEDS = re.compile(r'\b(include|include_str|include_bytes|migrate|embed_migrations|include_dir)!\(\s*("([^"]*)")?')


def embedded(tree, service):
    """The paths that the code names, with the file and the macro. A macro without a plain string is None."""
    folder = pathlib.Path("services", service)
    for file in sorted((tree / folder / "src").rglob("*.rs")):
        for macro, _, path in EMBEDS.findall(file.read_text(encoding="utf-8")):
            # sqlx counts from the manifest, the compiler from the file.
            base = tree / folder if macro == "migrate" else file.parent
            found = (base / path).resolve().relative_to(tree).as_posix() if path else None
            yield file.relative_to(tree), macro, found


def problems(tree, service, seen, tracked):
    """Sentences about what is wrong. `seen`: the build's files; `tracked`: git's. Both relative to `tree`."""
    tree = tree.resolve()
    for file in sorted(seen - tracked):
        yield f"{service}: its build sees {file}, which git does not know"

    for crate in ("chassis", service):
        for source, macro, path in embedded(tree, crate):
            if path is None:
                yield f"{service}: {source} has {macro}! without a plain path, which this test cannot follow"
                continue
            parts = {file for file in tracked if file == path or file.startswith(path + "/")}
            for file in sorted(parts - seen) or ([] if parts else [path]):
                yield f"{service}: {source} embeds {file}, which its build does not see"

    for file in sorted(tracked - seen):
        if file.startswith((*COMMON, f"services/{service}/")) and not NOT_BUILT.match(file):
            yield f"{service}: {file} is in neither nix/sources.nix nor this test's list of what is not built"

    for file in sorted(seen):
        ours = file.startswith((*COMMON, f"services/{service}/"))
        if NOT_BUILT.match(file) or not (ours or file in SHARED or MANIFEST.match(file)):
            yield f"{service}: its build sees {file}, and so builds again when that changes"
