"""Starts real swimd processes and talks to them as a user would. See README.md."""
