"""The files of the tree that checks look at: tracked and new, never ignored."""
import pathlib
import subprocess

SKIP = {".git", "node_modules", "__pycache__"}


def files(root, *suffixes, under=""):
    """Sorted paths below root/under whose names end in one of the suffixes."""
    root = pathlib.Path(root)
    if (root / ".git").exists():
        out = subprocess.run(
            ["git", "-C", str(root), "ls-files", "-co", "--exclude-standard", "-z"],
            check=True, capture_output=True).stdout.decode()
        names = [name for name in out.split("\0") if name]
    else:
        names = [str(path.relative_to(root)) for path in root.rglob("*")
                 if path.is_file() and not SKIP & set(path.parts)]
    return sorted(
        root / name for name in set(names)
        if name.startswith(under) and (not suffixes or name.endswith(suffixes))
        and (root / name).is_file())


def report(faults, root):
    """Prints faults (path, line, text); the exit status of a check."""
    for path, line, text in faults:
        print(f"{pathlib.Path(path).relative_to(root)}:{line}: {text}")
    return 1 if faults else 0
