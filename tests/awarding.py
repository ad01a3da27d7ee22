"""Sheets and jobs for tests: a sheet of so many rows, and an engine that is a loop."""

from issuer.service.awarding.job_views import KIND
from issuer.service.awarding.sheet_views import Upload
from issuer.service.drafts import AchievementDraft, ResultDescriptionDraft
from issuer.store import tables
from kit.jobs import Run


def achievement(services, desk):
    """A course with a letter grade."""
    grade = ResultDescriptionDraft(name="Final grade", result_type="LetterGrade", allowed_values=("A", "B", "C"))
    return services.achievements.create(
        desk,
        AchievementDraft(
            name="Algebra", description="d", criteria_narrative="c", achievement_type="Course", results=(grade,)
        ),
    )


def sheet_text(numbers, *, marks=None):
    """A sheet with a row for each of these roster numbers, all marked A but for ``marks``."""
    rows = (f"Learner {n},R-{n},{(marks or {}).get(n, 'A')},2026-06-03" for n in numbers)
    return "Name,Roster number,Final grade,Completed on\n" + "\n".join(rows)


def bring(services, desk, course, numbers, *, key, marks=None):
    """A sheet, looked at."""
    upload = Upload(data=sheet_text(numbers, marks=marks).encode(), achievement=course.id)
    return services.sheets.receive(desk, upload, key=key)


def run_of(services, job_id):
    """What the engine would be told of a job now."""
    with services.context.database.reading() as session:
        row = session.get(tables.JobRow, job_id)
    return Run(KIND, job_id, row.attempt)


def step(services, job_id):
    """One step of a job."""
    run = run_of(services, job_id)
    return services.work.step_of(KIND)(run)


def drive(services, job_id, *, most=500):
    """Take steps until there is nothing left or the job rests; what the last one said."""
    for _ in range(most):
        after = step(services, job_id)
        if after.seconds != 0.0:
            return after
    raise AssertionError("it did not end")
