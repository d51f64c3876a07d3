"""`python -m ekkyo.docs --out docs [--check]`."""

import argparse
import sys
from pathlib import Path

from ekkyo.docs import breaking
from ekkyo.docs.generate import documents


def main(arguments: list[str] | None = None) -> int:
    """Write the documents, or tell what drifted. Exits 1 on drift, and on a change that would break somebody."""
    parser = argparse.ArgumentParser(prog="python -m ekkyo.docs", description=sys.modules["ekkyo.docs"].__doc__)
    parser.add_argument("--out", type=Path, default=Path("docs"), help="the folder of the documents")
    parser.add_argument("--services", type=Path, help="the folder of the services (default: beside the documents)")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a document is not up to date")
    given = parser.parse_args(arguments)
    out: Path = given.out
    if broken := breaking.in_contracts(out / "schemas"):
        sys.stderr.write(breaking.advice(broken))
        return 1
    wanted = documents(out, given.services or out.parent / "services")
    drifted = [path for path, text in wanted.items() if not path.exists() or path.read_text("utf-8") != text]
    if given.check:
        for path in drifted:
            sys.stderr.write(f"{path}: not as the contracts and the services say; run `make docs` and commit it\n")
        return 1 if drifted else 0
    for path in drifted:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(wanted[path], "utf-8")
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
