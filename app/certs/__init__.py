"""Certificates: signed facts that outlive the platform."""
