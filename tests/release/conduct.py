"""What people do with a grant, in one line each."""

from collections.abc import Sequence

from muniment.governance.views import RequestView
from muniment.release import disposal, opening
from muniment.release.views import CertificateView, MailPage
from tests.governance.house import House


def opened(house: House, by: str, grant: str, record: str, action: str = "view") -> MailPage:
    actor = house.person(by)
    shown = opening.prepare(actor, grant, [record], action)
    return opening.read_record(house.desk, actor, grant, record, house.sign(by, shown), action=action)


def erased(house: House, grant: str, record: str, by: str = "cora") -> CertificateView:
    actor = house.person(by)
    shown = opening.prepare(actor, grant, [record], "erase")
    return disposal.erase(house.desk, actor, grant, record, house.sign(by, shown))


def export_granted(house: House, records: Sequence[str]) -> RequestView:
    request = house.submitted("ines", "bulk_export", actions=["view", "export"])
    request = house.located(request, records)
    house.approve("cora", request, beside=[house.id("dora")])
    return house.approve("dora", request)
