"""Personnel exports as they are: any of the usual encodings, delimiters, headings, dates and spellings.

```python
with read_personnel("employees.csv") as export:
    for row in export:  # Row, BadRow or SkippedRow, in the order of the file
        ...
```
"""

from ekkyo_common.personnel.cells import Remark
from ekkyo_common.personnel.headings import FIELDS, REQUIRED
from ekkyo_common.personnel.reader import BadRow, PersonnelExport, Row, SkippedRow, read_personnel
from ekkyo_common.personnel.text import UnreadableExportError

__all__ = [
    "FIELDS",
    "REQUIRED",
    "BadRow",
    "PersonnelExport",
    "Remark",
    "Row",
    "SkippedRow",
    "UnreadableExportError",
    "read_personnel",
]
