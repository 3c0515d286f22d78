"""Read-only views: plain rows for tables and JSON."""
