"""The one command, `muniment`: each verb is a module here that calls the room which knows."""
