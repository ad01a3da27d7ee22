"""Long work, in short steps, that a crash interrupts and does not lose.

A role keeps its jobs as rows of its own; an engine only drives them. It calls a step again and again until the step
says that there is nothing left, and it may call one twice: after a crash, after a restore, from two processes at once.

Rules for a role:
1. The rows are the truth. A step takes a few things from them, does them in transactions of its own and is short (two
   seconds, better less); one that runs twice does nothing the second time. What the engine keeps may be lost or old.
2. A job's row has an attempt and a lease. A step whose attempt is not the row's any more answers `STOP`; each one
   extends the lease, beyond the time it asks to wait for. `sweeps` is told how to find the jobs whose lease lapsed (or
   that never began): it raises their attempt and gives them back, and they are enqueued.
3. Nothing but ids goes to the engine (`Run` refuses anything else). A step raises what it likes: the error is logged
   without its text, never kept, and the step is tried again; after `TRIES` in a row it is left to the sweep.
4. Jobs take turns: one that has been driven for a second makes room, between two steps, while others wait. So a step
   keeps nothing in memory for the next one.

`ThreadJobs` forgets, and leaves to the sweep what a stop interrupted;
`kit.jobs.durable.DbosJobs` remembers. One contract suite holds for both.
"""

from kit.jobs.seam import ENGINE_FILE, GO, STOP, Jobs, Next, Run, Step, Sweep, wait
from kit.jobs.threads import ThreadJobs

__all__ = ["ENGINE_FILE", "GO", "STOP", "Jobs", "Next", "Run", "Step", "Sweep", "ThreadJobs", "wait"]
