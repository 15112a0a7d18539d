"""The kinds of files that hold documents, in the order in which they are tried.

To add a kind, write it in a module of its own, and give it a row here. What other files are, says `other_files.py`.
"""

from __future__ import annotations

from verifier.sources.cloudformation.kind import TEMPLATES
from verifier.sources.cloudtrail import CloudTrail
from verifier.sources.config_items import ConfigItems
from verifier.sources.found import Kind
from verifier.sources.levels import DocumentList, OneText
from verifier.sources.terraform.plan import PLAN
from verifier.sources.wrapper_table import WRAPPERS

KINDS: tuple[Kind, ...] = (TEMPLATES, PLAN, CloudTrail(), ConfigItems(), DocumentList(), OneText(), *WRAPPERS)
