from django.utils import timezone
from muniment.catalogue.models import Record
def forget(organisation: str, record: str) -> None:
    Record.objects.filter(pk=record, organisation=organisation).update(erased_at=timezone.now())
