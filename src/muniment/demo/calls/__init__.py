"""The demo's telephone: who rang whom about what, with voices, through the doors that a real switch uses."""
