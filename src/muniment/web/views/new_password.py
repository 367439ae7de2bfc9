"""Set a new password by a link that an administrator made."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from muniment.people import services
from muniment.web.desk import desk
from muniment.web.forms.persons import NewPasswordForm


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def new_password(request: HttpRequest, token: str) -> HttpResponse:
    """Whose link it is, and the new password. It signs nobody in: the second factor is still asked."""
    person = services.who_resets(token)
    if person is None:
        return render(request, "entrance/dead_link.html", status=404)
    form = NewPasswordForm(request.POST or None, email=person.email)
    if request.method == "POST" and form.is_valid():
        services.reset_password(desk(), token, form.cleaned_data["password"])
        messages.success(request, "Your new password is set. Sign in with it.")
        return redirect("account_login")
    return render(request, "entrance/new_password.html", {"form": form, "named": person})
