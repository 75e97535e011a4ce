"""The style of flat figures: one matplotlib page, its colours, type and panels.

What a figure shows belongs to the command that draws it.
"""
