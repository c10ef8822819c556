"""The list of people for administrators, and a form field for a person."""
