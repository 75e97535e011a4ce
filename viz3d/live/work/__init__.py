"""What the window has done in threads of its own: pictures are drawn, scenes composed, networks trained.

Each thread has one slot for the newest wish: what was wished before and not begun is dropped. News come back
by one signal. Where nothing is wished, nothing runs.
"""
