"""Long work of this role: which kinds of jobs there are, and the engine that drives them once there is one.

Services say here what they do in steps; the app hands in an engine when it starts. Without one (on the command line, in
a process that only answers), jobs are rows all the same, and whoever drives them finds them within the sweep's time.
"""

from issuer.settings import IssuerSettings
from kit.jobs import Jobs, Run, Step, Sweep


class Work:
    """The kinds of jobs, and the engine."""

    def __init__(self) -> None:
        self._steps: dict[str, Step] = {}
        self._sweeps: list[Sweep] = []
        self._jobs: Jobs | None = None

    def handles(self, kind: str, step: Step, find: Sweep) -> None:
        """Have jobs of a kind driven by ``step``; ``find`` gives those that nobody drives any more."""
        if kind in self._steps:
            raise ValueError(f"There is a step for jobs of the kind {kind} already.")
        self._steps[kind] = step
        self._sweeps.append(find)

    def sweeps(self, find: Sweep) -> None:
        """Have this asked every so often, too."""
        self._sweeps.append(find)

    def step_of(self, kind: str) -> Step:
        """What does a little of a job of this kind. Raises: KeyError."""
        return self._steps[kind]

    def start(self, jobs: Jobs) -> None:
        """Hand everything to an engine and start it. Raises: what ``Jobs.start`` raises."""
        for kind, step in self._steps.items():
            jobs.handles(kind, step)
        for find in self._sweeps:
            jobs.sweeps(find)
        jobs.start()
        self._jobs = jobs

    def enqueue(self, run: Run) -> None:
        """Have a job driven soon: after the commit of what it is made of."""
        if self._jobs is not None:
            self._jobs.enqueue(run)

    def stop(self, *, seconds: float) -> None:
        """Let the steps that are under way end. What was interrupted goes on at the next start."""
        if self._jobs is not None:
            self._jobs.stop(seconds=seconds)


def durable(settings: IssuerSettings) -> Jobs:
    """The engine that remembers, beside this role's database. One of them in a process."""
    from kit.jobs.durable import DbosJobs  # noqa: PLC0415 - half a second that only a server needs
    from kit.jobs.engine import address_beside  # noqa: PLC0415 - the same

    return DbosJobs(
        role="issuer",
        worker=settings.worker_name,
        address=address_beside(settings.database_url, settings.data_dir),
    )
