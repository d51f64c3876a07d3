"""Personnel exports as they are: any of the usual encodings, separators, headings, dates and spellings.

```python
export = read_personnel(data, "employees.csv")
for row in export:  # Row, BadRow, SkippedRow or Leaver, in the order of the file
    ...
```
"""

from ekkyo_common.personnel.became import Became, Code, Taken
from ekkyo_common.personnel.columns import FIELDS, REQUIRED, UnreadableExportError
from ekkyo_common.personnel.reader import PersonnelExport, read_personnel
from ekkyo_common.personnel.rows import BadRow, Leaver, Row, SkippedRow
from ekkyo_common.personnel.taking import take
from ekkyo_common.tables import Remark

__all__ = [
    "FIELDS",
    "REQUIRED",
    "BadRow",
    "Became",
    "Code",
    "Leaver",
    "PersonnelExport",
    "Remark",
    "Row",
    "SkippedRow",
    "Taken",
    "UnreadableExportError",
    "read_personnel",
    "take",
]
