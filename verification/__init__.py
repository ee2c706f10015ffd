"""Asks a deployed environment on AWS for what nobody has yet seen there: `make verify-aws ENV=dev`.

`docs/unverified.md` has the questions. A check answers one row of it; a row without a check is for a person.
"""
