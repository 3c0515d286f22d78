"""A workflow engine for the plans of Vietnamese public offices."""

__version__ = "0.1.0"
