"""Measuring against a physical limit, alternately in the same run: `muniment bench NAME`.

Each benchmark is a module of its name here with a function `measure() -> Figure`. A figure is a
ratio; a time alone says nothing about another machine.
"""
