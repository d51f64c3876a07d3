"""Outputs as people see them: the board, one output, adding, correcting and deciding."""

from ekkyo_portal.outputs import deciding as deciding
from ekkyo_portal.outputs import writing as writing
from ekkyo_portal.outputs.routes import section as section
