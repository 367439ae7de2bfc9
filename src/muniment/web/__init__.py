"""Pages: Django views, Jinja2 templates, htmx; also Django's settings and addresses."""
