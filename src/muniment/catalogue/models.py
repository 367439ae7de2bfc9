from django.db import models
class Record(models.Model):
    id = models.CharField(primary_key=True, max_length=40)
    organisation = models.CharField(max_length=40)
    private = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True)
