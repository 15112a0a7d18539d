"""The version of this package.

The distribution, whose name is `iam-verifier`, takes it from here when it is built: so a checkout knows it too, and no
metadata of an installation has to be read.
"""

VERSION = "0.1.0"
