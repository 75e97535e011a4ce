"""The parts of the window that know Qt alone: values go in through setters, requests come out as signals.

No session, no network and no thread is known here; the rooms around join them.
"""
