"""One style for all figures: colours, type, a page with its panels; no figure knows a command or a terminal.

What a figure shows belongs to the command that draws it. matplotlib takes half a second: what draws is
imported where a figure is asked for.
"""
