"""How things are written for people: units, escaping, tables. Nothing here knows what is measured."""
