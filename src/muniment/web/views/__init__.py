"""Views: each answers one page. Rules live in the rooms below."""
