"""The platform: headers, errors, logs, health, jobs, settings."""
