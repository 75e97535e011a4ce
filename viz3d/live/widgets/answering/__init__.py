"""Widgets of the answer: bars, reasons, rows."""
