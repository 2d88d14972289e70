"""Checks: what published figures say against each other, within a release and across all."""
