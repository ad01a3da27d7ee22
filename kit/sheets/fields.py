"""What a column can hold, and how people call it in English and Spanish: data, of which a role hands on what it reads.

The names are folded as `kit.sheets.columns.folded` does: small letters without accents, words apart by one blank.
The first name of a field is that of our templates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Final


class Shape(Enum):
    """What the values of a field look like."""

    TEXT = "text"
    MAIL = "mail"
    DAY = "day"
    NUMBER = "number"
    ADDRESS = "address"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that a sheet may have. `without` are words that a header of somebody else's field has."""

    key: str
    names: tuple[str, ...]
    shape: Shape = Shape.TEXT
    without: tuple[str, ...] = ()


_ADULT: Final = (
    "guardian", "parent", "mother", "father", "tutor", "madre", "padre", "responsable", "instructor", "teacher",
    "docente", "profesor", "profesora", "maestro", "maestra", "school", "escuela", "emergency", "emergencia",
)  # fmt: skip


def _field(key: str, *names: str, shape: Shape = Shape.TEXT, without: tuple[str, ...] = ()) -> Field:
    return Field(key=key, names=names, shape=shape, without=without)


_ALL: Final = (
    # A learner
    _field("given_name", "learner given name", "given name", "first name", "forename", "given", "first",
           "nombre de pila", "nombre", "nombres", "primer nombre", "student first name", "learner first name",
           "nombre del alumno",
           without=(*_ADULT, "offering", "course", "curso", "last", "family", "apellido", "apellidos", "completo")),
    _field("family_name", "learner family name", "family name", "last name", "surname", "family", "last", "apellido",
           "apellidos", "primer apellido", "student last name", "learner last name", without=_ADULT),
    _field("full_name", "learner name", "student name", "name", "full name", "learner", "student", "pupil", "child",
           "participant", "recipient name", "recipient", "nombre completo", "nombre y apellidos", "apellidos y nombre",
           "nombre y apellido", "alumno", "alumna", "estudiante", "participante",
           without=(*_ADULT, "offering", "course", "curso", "id", "number", "numero", "email", "mail", "correo",
                    "birth", "nacimiento", "given", "family", "first", "middle", "last", "user", "grade", "grado",
                    "status", "estado", "date", "fecha", "skill", "award", "achievement", "file", "phone", "telefono")),
    _field("birth_date", "learner birth date", "birth date", "date of birth", "birthday", "dob", "birthdate", "born",
           "fecha de nacimiento", "nacimiento", "f nacimiento", "fecha nac", "nacido", "nacida", shape=Shape.DAY,
           without=_ADULT),
    _field("number", "roster number", "student number", "student id", "learner number", "learner id", "number", "no",
           "nr", "id", "local id", "identifier", "sourced id", "matricula", "numero de matricula", "numero de lista",
           "numero", "num", "n o", "expediente", "identificador", "codigo del alumno", "legajo",
           without=(*_ADULT, "offering", "course", "curso", "class", "phone", "telefono", "hours", "horas")),
    _field("mail", "learner email", "email", "e mail", "mail", "email address", "student email", "correo",
           "correo electronico", "correo del alumno", shape=Shape.MAIL, without=_ADULT),
    _field("guardian_name", "guardian name", "guardian", "parent name", "parent", "parent guardian", "mother", "father",
           "tutor", "tutora", "nombre del tutor", "madre padre o tutor", "madre o padre", "responsable", "familia",
           without=("email", "mail", "correo", "phone", "telefono", "id")),
    _field("guardian_mail", "guardian email", "parent email", "parent mail", "guardian e mail", "parent guardian email",
           "correo del tutor", "correo de la familia", "correo del responsable", "correo de la madre o el padre",
           "email del tutor", "family email", shape=Shape.MAIL),
    _field("enrolled_on", "enrolled on", "enrolled", "enrollment date", "enrolment date", "begin date",
           "fecha de inscripcion", "inscrito el", "matriculado el", "alta", shape=Shape.DAY),
    _field("status", "status", "state", "result status", "estado", "situacion"),
    _field("notes", "notes", "note", "remarks", "notas", "observaciones"),
    # What a learner did
    _field("mark", "final grade", "mark", "grade", "result", "score", "final mark", "letter grade", "calificacion",
           "nota", "nota final", "calificacion final", "resultado", "puntuacion",
           without=("level", "scale", "escala", "grades", "status", "estado", "skill", "date", "fecha")),
    _field("grade_scale", "grade scale", "scale", "grading scale", "escala", "escala de calificacion"),
    _field("percent", "percent", "percentage", "pct", "porcentaje", "por ciento", shape=Shape.NUMBER),
    _field("credits", "credits requested", "credits", "credit", "proposed credits", "creditos", "creditos solicitados",
           shape=Shape.NUMBER),
    _field("hours", "hours logged", "hours", "total hours", "horas", "horas registradas", "horas totales",
           shape=Shape.NUMBER, without=("weekly", "semanales")),
    _field("completed_on", "completed on", "completed", "completion date", "date completed", "award date", "awarded on",
           "date", "issued on", "issue date", "fecha", "fecha de finalizacion", "terminado el", "otorgado el",
           "fecha de entrega", shape=Shape.DAY, without=("birth", "nacimiento", "start", "end", "inicio", "fin")),
    _field("skill", "skill", "competency", "standard", "skill code", "competencia", "destreza", "estandar",
           without=("level", "nivel")),
    _field("skill_level", "skill level", "level of skill", "rubric level", "nivel de la competencia",
           "nivel de destreza", "nivel alcanzado"),
    _field("evidence_url", "evidence url", "evidence", "evidence link", "portfolio", "link", "evidencia", "enlace",
           "enlace a la evidencia", "portafolio", shape=Shape.ADDRESS),
    _field("comment", "comment", "comments", "narrative", "feedback", "comentario", "comentarios", "descripcion breve"),
    _field("award", "award", "achievement", "badge", "certificate", "reconocimiento", "logro", "insignia",
           "certificado", without=("date", "fecha", "id", "url")),
    # An offering
    _field("offering_code", "offering code", "course code", "class code", "section", "offering", "code", "codigo",
           "codigo de la oferta", "codigo del curso", "clave", without=("sced", "zip", "postal")),
    _field("title", "title", "course title", "course", "course name", "class name", "titulo", "curso", "asignatura",
           "nombre del curso", without=("code", "codigo", "award")),
    _field("grades_or_ages", "grades or ages", "grades", "ages", "grade levels", "grados", "edades", "cursos o edades"),
    _field("term", "term", "semester", "session", "periodo", "trimestre", "semestre", "ciclo",
           without=("price", "precio")),
    _field("start_date", "start date", "starts", "begins", "start", "fecha de inicio", "inicio", "empieza",
           shape=Shape.DAY),
    _field("end_date", "end date", "ends", "end", "fecha de fin", "fin", "termina", shape=Shape.DAY),
    _field("weekly_hours", "weekly hours", "hours per week", "hours a week", "horas semanales", "horas por semana",
           shape=Shape.NUMBER),
    _field("weeks", "weeks", "number of weeks", "semanas", shape=Shape.NUMBER),
    _field("total_hours", "total hours", "horas totales", "total de horas", shape=Shape.NUMBER),
    _field("proposed_credits", "proposed credits", "credits", "credit", "creditos", "creditos propuestos",
           shape=Shape.NUMBER),
    _field("sced_code", "sced code", "sced", "nces course code", "codigo sced"),
    _field("subject", "subject", "subject area", "materia", "area"),
    _field("level", "level", "course level", "nivel", without=("skill", "rubric", "grade", "competencia")),
    _field("price", "price", "cost", "fee", "tuition", "precio", "coste", "costo", "cuota", shape=Shape.NUMBER),
    _field("price_per", "price per", "per", "price unit", "precio por", "por"),
    _field("seats", "seats", "places", "capacity", "plazas", "cupo", "lugares", shape=Shape.NUMBER),
    _field("location", "location", "room", "place", "lugar", "aula", "sala"),
    _field("schedule", "schedule", "meets", "times", "day and time", "horario", "dias y horas"),
    _field("instructor_name", "instructor name", "instructor", "teacher", "teacher name", "docente", "profesor",
           "profesora", "nombre del docente", "maestra", "maestro", without=("email", "mail", "correo", "id")),
    _field("instructor_mail", "instructor email", "teacher email", "correo del docente", "correo del profesor",
           shape=Shape.MAIL),
    _field("description", "description", "about", "summary", "descripcion", "resumen"),
    _field("skills", "skills", "skill codes", "competencies", "standards", "competencias", "destrezas", "estandares"),
    _field("prerequisites", "prerequisites", "requires", "requisitos", "requisitos previos", "prerrequisitos"),
    _field("assessment_method", "assessment method", "assessment", "grading", "evaluacion", "metodo de evaluacion"),
)  # fmt: skip

FIELDS: Final[Mapping[str, Field]] = MappingProxyType({field.key: field for field in _ALL})


def fields(*keys: str) -> tuple[Field, ...]:
    """The fields of these keys, in this order. Raises: KeyError."""
    return tuple(FIELDS[key] for key in keys)
