"""Large personnel exports."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.common.exports import HEADINGS


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the system does not tell a process' peak")
@pytest.mark.parametrize(("rows", "encoding", "most"), [(50_000, "cp932", 40), (6_000, "utf-16", 15)])
def test_many_rows_need_little_memory(tmp_path: Path, rows: int, encoding: str, most: int) -> None:
    file = tmp_path / "large.csv"
    with file.open("w", encoding=encoding, newline="") as out:
        out.write(HEADINGS + "\r\n")
        out.writelines(
            f"{n:06},越境　花子{n},ｴｯｷｮｳ ﾊﾅｺ,hanako{n}@example.co.jp,情報システム部,昭和54年5月18日,女\r\n"
            for n in range(rows)
        )
    script = (
        "import re, sys\n"
        "from pathlib import Path\n"
        "from ekkyo_common.personnel import Row, read_personnel\n"
        "def peak():  # not ru_maxrss, which counts what the parent held when it forked\n"
        "    return int(re.search(r'VmHWM:\\s+(\\d+)', Path('/proc/self/status').read_text())[1]) // 1024\n"
        "before = peak()\n"
        "export = read_personnel(Path(sys.argv[1]).read_bytes())\n"
        "print(sum(isinstance(row, Row) for row in export))\n"
        "print(peak(), peak() - before)\n"
    )
    out_text = subprocess.run([sys.executable, "-c", script, file], capture_output=True, text=True, check=True).stdout
    read, peak, grown = map(int, out_text.split())
    assert read == rows
    assert peak < 200, "megabytes, of the whole process"
    assert grown < most
