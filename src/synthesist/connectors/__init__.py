"""Bibliographic services asked over the network, when the user asks for it."""

from synthesist.connectors.download import Download, Progress, download
from synthesist.connectors.service import Answer, Ask, Service
from synthesist.connectors.services import SERVICES, find_service
from synthesist.connectors.settings import Settings, read_settings

__all__ = [
    "SERVICES",
    "Answer",
    "Ask",
    "Download",
    "Progress",
    "Service",
    "Settings",
    "download",
    "find_service",
    "read_settings",
]
