"""What a service is run by: settings, logs, probes, provisioning, discovery, an orderly stop."""

from ekkyo.process.settings import Settings, WrongSettings
from ekkyo.service.app import Service
from ekkyo.service.running import Running

__all__ = ["Running", "Service", "Settings", "WrongSettings"]
