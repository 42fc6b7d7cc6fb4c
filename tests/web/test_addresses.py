"""Addresses of records are filled in, and are those Flask would make."""

import pytest
from flask import url_for

from crm.web.addresses import address_of_place

PLACES = ("142", "142-sant-egidio", "0-place")


@pytest.mark.parametrize("endpoint", ["people.detail", "people.leave"])
@pytest.mark.parametrize("prefix", ["", "/passerelle"])
def test_a_place_is_filled_into_the_address(app, endpoint, prefix):
    with app.test_request_context("/people/", environ_overrides={"SCRIPT_NAME": prefix}):
        for _time in range(2):
            for place in PLACES:
                address = address_of_place(endpoint, place)
                assert address == url_for(endpoint, place=place)
                assert address.startswith(f"{prefix}/people/{place}")
