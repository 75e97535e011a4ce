"""What the window has done in threads of its own: pictures are drawn, scenes are composed.

Each thread has one slot for the newest wish: what was wished before and not begun is dropped. Where nothing
is wished, nothing runs.
"""
