"""The model book: one page for each module, written from its text, its table and the patches.

Needs    biology/modules, biology/parameters, biology/patches, biology/watch.csv, claims; the tests by name
Gives    ``pages(guards)``: file name -> Markdown
Leaves   one number at a time: see ``enkephalin explain``
"""

from .pages import pages

__all__ = ["pages"]
