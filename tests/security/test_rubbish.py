"""Rubbish in every form and address: never a crash, always a sentence."""

import os
from itertools import cycle

import pytest
from flask import Flask
from hypothesis import given, seed, settings
from hypothesis import strategies as st
from werkzeug.routing import Rule

from crm.core.db import db
from crm.records.kinds import registry
from crm.records.models import Record
from crm.web.form import Form
from tests.security.world import build

CASES = int(os.environ.get("PASSERELLE_RUBBISH", "10000"))
SHARDS = 4
"""So that both cores have work; each draws other cases."""

_TYPED = st.one_of(
    st.text(max_size=40),
    st.text(alphabet="0123456789-/.:;,'\"%_<>&\x00\u202e\ud7ff", max_size=20),
    st.integers(-(10**20), 10**20).map(str),
    st.sampled_from(
        [
            "",
            " ",
            "0",
            "-1",
            "1e999",
            "NaN",
            "null",
            "None",
            "true",
            "../../etc/passwd",
            "{{7*7}}",
            "' OR 1=1 --",
            "<script>alert(1)</script>",
            "=1+1",
            "a" * 5000,
            "é" * 400,
            "\x00",
            "محمد",
            "Шевченко",
            "2024-13-45",
            "31/02/2020",
            "9999",
            "0000",
            "1981",
            "2008-09",
            "hier",
            "id:1",
            "id:999999999999999999",
            "team",
            "named",
            "managers",
            "FR",
            "ngo",
            "\u2028",
            "\U0001f600",
            "%00",
            "%",
            "_",
        ]
    ),
)

# A lone surrogate cannot travel in a request.
RUBBISH = _TYPED.map(lambda text: text.encode("utf-8", "ignore").decode())


class _Dice:
    current = "open"


@pytest.fixture
def world(session, database):
    """Return places of real records, once for all cases."""
    return build(_Dice(), with_confidential=True)


def rules(app: Flask):
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint != "static"]


def fields_of(rule: Rule, part: str) -> list[str]:
    """Return the names of the fields that a page asks for, as far as its kind tells."""
    kind = next(
        (kind for kind in registry.kinds.values() if kind.path == rule.endpoint.partition(".")[0]),
        None,
    )
    if kind is None:
        return []
    if "part_name" in rule.arguments:
        known = registry.parts_on(kind.name).get(part)
        return _names(known.form) if known else []
    return _names(kind.form)


def _names(form: type[Form]) -> list[str]:
    return sorted(name for name in dir(form) if hasattr(getattr(form, name), "field_class"))


@pytest.mark.slow
@pytest.mark.parametrize("shard", range(SHARDS))
def test_no_rubbish_crashes_a_page(shard, app, database, session, world, browser):
    cases = (CASES if database == "sqlite" else CASES // 10) // SHARDS
    known = [each for each in rules(app) if each.endpoint != "accounts.sign_out"]
    all_places = [
        place for places in world.values() if isinstance(places, tuple) for place in places
    ]
    fields = sorted(
        {
            name
            for form in [
                *(kind.form for kind in registry.kinds.values()),
                *(part.form for part in registry.parts.values()),
            ]
            for name in _names(form)
        }
        | {"q", "sort", "after", "before", "show", "version", "next", "email", "password", "locale"}
    )
    filters = sorted({one.key for kind in registry.kinds.values() for one in kind.filters})
    browser.sign_in("admin")
    client = browser.client
    crashed: list[tuple[str, str, object]] = []

    @seed(shard)
    @settings(max_examples=cases, database=None)
    @given(
        rule=st.sampled_from(known),
        values=st.dictionaries(st.sampled_from(fields), RUBBISH, max_size=3),
        typed=st.lists(RUBBISH, max_size=12),
        arguments=st.dictionaries(st.sampled_from(fields + filters), RUBBISH, max_size=4),
        place=st.one_of(
            st.sampled_from(all_places),
            st.from_regex(r"[0-9]{1,9}(-[a-z\-]{0,10})?", fullmatch=True),
        ),
        part=st.sampled_from(sorted({part.name for part in registry.parts.values()})),
        number=st.integers(0, 999_999_999),
        token=st.from_regex(r"[a-z0-9]{24}", fullmatch=True),
    )
    def send(rule, values, typed, arguments, place, part, number, token):  # noqa: PLR0913, PLR0917
        parameters = {
            name: {"place": place, "part_name": part, "key": token, "token": token}.get(
                name, number
            )
            for name in rule.arguments
        }
        built = app.url_map.bind("localhost").build(
            rule.endpoint, parameters, method=None, force_external=False
        )
        for name, text in zip(fields_of(rule, part), cycle(typed), strict=False):
            values.setdefault(name, text)
        method = "POST" if "POST" in (rule.methods or set()) and values else "GET"
        db.session.expunge_all()
        db.session.info.clear()
        response = client.open(
            built,
            method=method,
            query_string=arguments,
            data=values if method == "POST" else None,
        )
        if response.status_code >= 500 and rule.endpoint != "health.ready":
            crashed.append((method, built, values or arguments))
            raise AssertionError(f"{method} {built} {arguments} {values}")
        if b"Sign in" in response.data and response.status_code == 302:
            browser.sign_in("admin")

    send()
    assert not crashed
    assert db.session.get(Record, 1) is None
