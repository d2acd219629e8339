# SPDX-License-Identifier: BSD-2-Clause
"""Varlink's own language: what a description says, and whether values are as it says.

Stricter than clients are: a member that the description does not name is an error.
"""

import re

TOKEN = re.compile(r"\s+|#[^\n]*|(->|\[\]|\[string\]|[?():,]|[A-Za-z][\w.-]*)")
PLAIN = {"bool": bool, "int": int, "float": (int, float), "string": str}


class Description:
    """The types, methods and errors of one interface."""

    def __init__(self, text):
        self.types, self.methods, self.errors = {}, {}, {}
        self._tokens = self._split(text)
        self._want("interface")
        self.name = self._next()
        while self._tokens:
            self._member()

    @staticmethod
    def _split(text):
        tokens, at = [], 0
        while at < len(text):
            found = TOKEN.match(text, at)
            assert found, f"no varlink: {text[at:at + 40]!r}"
            if found[1]:
                tokens.append(found[1])
            at = found.end()
        return tokens

    def _next(self):
        assert self._tokens, "the description ends too early"
        return self._tokens.pop(0)

    def _want(self, token):
        found = self._next()
        assert found == token, f"{found!r}, where {token!r} belongs"

    def _member(self):
        kind, name = self._next(), self._next()
        assert re.fullmatch(r"[A-Z][A-Za-z0-9]*", name), f"no name of a {kind}: {name}"
        taken = [*self.types, *self.methods, *self.errors]
        assert name not in taken, f"{name} stands twice"
        if kind == "method":
            into = self._struct()
            self._want("->")
            self.methods[name] = (into, self._struct())
        else:
            {"type": self.types, "error": self.errors}[kind][name] = self._struct()

    def _struct(self):
        """Fields by name, or a list: the words of an enum."""
        self._want("(")
        fields, words = {}, []
        while self._tokens[0] != ")":
            name = self._next()
            if self._tokens[0] == ":":
                self._next()
                assert name not in fields, f"{name} stands twice"
                fields[name] = self._type()
            else:
                words.append(name)
            if self._tokens[0] != ")":
                self._want(",")
        self._want(")")
        assert not (fields and words)
        return words or fields

    def _type(self):
        first = self._tokens[0]
        if first in ("?", "[]", "[string]"):
            self._next()
            return (first, self._type())
        return self._struct() if first == "(" else self._next()

    # ---- values ---------------------------------------------------------

    def check(self, value, kind, where="value"):
        """Raises AssertionError unless the value is of the type."""
        if isinstance(kind, tuple):
            self._check_made(value, *kind, where)
        elif isinstance(kind, list):
            assert value in kind, f"{where}: {value!r} is none of {kind}"
        elif isinstance(kind, dict):
            self._check_struct(value, kind, where)
        elif kind in PLAIN:
            # What is true is no number, though Python takes it for one.
            assert isinstance(value, PLAIN[kind]) and (
                kind == "bool" or not isinstance(value, bool)), f"{where}: {value!r} is no {kind}"
        elif kind == "object":
            assert value is not None, f"{where}: null"
        else:
            self.check(value, self.types[kind], where)

    def _check_made(self, value, maker, kind, where):
        if maker == "?":
            if value is not None:
                self.check(value, kind, where)
        elif maker == "[]":
            assert isinstance(value, list), f"{where}: {value!r} is no list"
            for number, item in enumerate(value):
                self.check(item, kind, f"{where}[{number}]")
        else:
            assert isinstance(value, dict), f"{where}: {value!r} is no map"
            for name, item in value.items():
                self.check(item, kind, f"{where}[{name!r}]")

    def _check_struct(self, value, fields, where):
        assert isinstance(value, dict), f"{where}: {value!r} is no object"
        unknown = value.keys() - fields.keys()
        assert not unknown, f"{where}: {sorted(unknown)} are not described"
        for name, kind in fields.items():
            optional = isinstance(kind, tuple) and kind[0] == "?"
            assert optional or name in value, f"{where}: no {name}"
            self.check(value.get(name), kind, f"{where}.{name}")

    def check_reply(self, method, parameters):
        self.check(parameters, self.methods[method][1], method)

    def check_error(self, name, parameters):
        self.check(parameters, self.errors[name], name)
