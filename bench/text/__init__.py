"""How things are written for people: units, escaping, names, tables. Nothing here knows what is measured."""
