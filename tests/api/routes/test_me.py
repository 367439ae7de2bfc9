"""Who I am, what I may ask for, why content may be used."""

from tests.api.conftest import Call
from tests.governance.house import House


def test_me_and_what_i_may_ask_for(house: House, call: Call) -> None:
    me = call("hana", "GET", "/me").json()
    assert (me["name"], me["roles"], me["organisation"]) == ("Hana", ["employee", "hr"], house.organisation)
    classes = call("hana", "GET", "/request-classes").json()
    assert "business" in {one["name"] for one in classes}
    assert all(one["clause"] for one in classes)
    assert len(call("hana", "GET", "/purposes").json()) >= 23
