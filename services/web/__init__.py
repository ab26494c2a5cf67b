"""The one web process: intake, inbox, registry, health, metrics."""
