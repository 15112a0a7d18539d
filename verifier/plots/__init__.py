"""Pictures of what `explore` finds, for notebooks and files: needs the extra `notebook`.

    heat_map(explorer.services())              what the maximum leaves, what is cut off, what escapes
    escape_map(explorer.services())            the twenty services where most escapes, by access level
    change_plot(before, after)                 what escapes before a change and after it
    order_graph(containment_order(documents))  which documents lie within which
    access_map({"s3": who(account, "s3:*")})   who in an account can do what
    growth_plot(growth())                      how the time of a proof grows

Each returns a `Picture`: Jupyter shows it, `picture.savefig("name.svg")` writes it.
"""

from verifier.base.errors import UsageError

try:
    from verifier.plots.access_map import access_map
    from verifier.plots.charts import Picture, growth_plot, heat_map
    from verifier.plots.escapes import change_plot, escape_map
    from verifier.plots.order_graph import order_graph
except ModuleNotFoundError as missing:
    if missing.name != "matplotlib":
        raise
    raise UsageError(
        "pictures need matplotlib, which is not installed", help="in a checkout of verifier: pip install '.[notebook]'"
    ) from None

__all__ = ["Picture", "access_map", "change_plot", "escape_map", "growth_plot", "heat_map", "order_graph"]
