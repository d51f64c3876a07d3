"""What a service is run by: settings, logs, probes, provisioning, discovery, an orderly stop."""

from ekkyo.service.app import Service
from ekkyo.service.running import Running
from ekkyo.service.settings import Settings, WrongSettings

__all__ = ["Running", "Service", "Settings", "WrongSettings"]
