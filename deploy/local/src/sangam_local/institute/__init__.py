"""The reference institute: three campuses, forty rooms, two thousand people, made by a seed."""

from sangam_local.institute.model import Institute, Person
from sangam_local.institute.reference import people_csv, reference_institute

__all__ = ["Institute", "Person", "people_csv", "reference_institute"]
