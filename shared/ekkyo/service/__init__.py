"""What a service is: its declaration, how it runs, and its console command."""

from ekkyo.process.settings import WrongSettings
from ekkyo.service.console import run
from ekkyo.service.declaration import Service, looked_into
from ekkyo.service.running import Running, started
from ekkyo.service.settings import Settings

__all__ = ["Running", "Service", "Settings", "WrongSettings", "looked_into", "run", "started"]
