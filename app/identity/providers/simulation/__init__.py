"""The vendors' own side, simulated: one HTTP server that speaks both vendors' wires.

It checks signatures as they do, reads the population from a table, and hands text messages on.
Production refuses it by name, and by its address (`app/core/fitness.py`).
"""

from app.identity.providers.simulation.faults import Fault
from app.identity.providers.simulation.population import (
    Population,
    RosterError,
    read_population,
)
from app.identity.providers.simulation.server import Credentials, VendorServer

__all__ = ["Credentials", "Fault", "Population", "RosterError", "VendorServer", "read_population"]
