"""Rows for a database of any schema: two at a time in every table, each whole, each pointing at its like elsewhere."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Boolean, Date, DateTime, Integer, LargeBinary, MetaData, insert, select

BEGAN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def reflected(connection):
    """The tables that there are, as the database tells of them; alembic's own left out."""
    found = MetaData()
    found.reflect(connection)
    if "alembic_version" in found.tables:
        found.remove(found.tables["alembic_version"])
    return found


def fill(connection, numbers=(1, 2)):
    """Put rows with these numbers into every table; what was put in, by table."""
    written = {}
    for table in reflected(connection).sorted_tables:
        written[table.name] = [_row(table, place, number, written) for place, number in enumerate(numbers)]
        connection.execute(insert(table), written[table.name])
    return written


def stored(connection):
    """Every row of every table, by table, in the order of their first value."""
    tables = reflected(connection).sorted_tables
    return {table.name: [dict(row) for row in connection.execute(select(table)).mappings()] for table in tables}


def _row(table, place, number, written):
    row = {column.name: _value(column, number) for column in table.columns}
    for constraint in table.foreign_key_constraints:
        for element in constraint.elements:
            parents = written.get(element.column.table.name)
            if parents is not None:
                row[element.parent.name] = parents[place][element.column.name]
    return row


def _value(column, number):
    kind = column.type
    if isinstance(kind, Boolean):
        return number % 2 == 1
    if isinstance(kind, Integer):
        return number
    if isinstance(kind, LargeBinary):
        return f"{number} {column.name}".encode()
    if isinstance(kind, DateTime):
        at = BEGAN + timedelta(days=number)
        return at if kind.timezone else at.replace(tzinfo=None)
    if isinstance(kind, Date):
        return (BEGAN + timedelta(days=number)).date()
    return f"{number}{column.name}"[: getattr(kind, "length", None) or 100]
