"""Widgets that explain: lessons, hints, prose."""
