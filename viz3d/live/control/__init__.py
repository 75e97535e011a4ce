"""What joins the widgets to the session, a subject a file: each a small class with the widgets it needs.

All of them share one `Desk`. They run in the window's thread, and none of them knows another one's widgets.
"""
