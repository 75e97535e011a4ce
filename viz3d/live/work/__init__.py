"""What the window has done in threads of its own: pictures are drawn, scenes composed, networks trained.

Each thread has one slot for the newest request: an older one that is not begun is dropped. Results come back
by one signal. Without a request nothing runs.
"""
