"""Seeded damage for every reader of what strangers may hand us: `python -m tests.fuzz --count N --seed S`.

`mutators` damages a sound input, `readers` says what reads which inputs, `watched` reads one and measures,
and `run` gives many to a few processes with limits. A reader may take an input or refuse it with its own
error, in one line. Anything else is a failure: another exception, a process that was started, a pickle that
was run, a file written where none belongs, more than 256 MB, more than ten seconds of the processor.

Beside it, commands are disturbed while they write: `jobs` names them and what is whole of each, `processes`
starts one and knows all that it starts; `kills` ends it at random moments, `disks` has it write where there
short, and `starts` sends Ctrl-C while it begins.
"""
