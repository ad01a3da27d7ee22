"""What axe-core and a ruler find on a page: lists that are empty on a good one."""

from axe_playwright_python.base import AXE_SCRIPT

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
RUN = """async rules => {
  const found = await axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
  return found.violations.flatMap(rule => rule.nodes.map(node => [rule.id, node.target.join(" "), node.failureSummary]));
}"""


def found_by_axe(page, *, colours_only=False):
    """(rule, the element's place, what to do) of each finding. The page's own rules for scripts do not bind the tool."""
    if not page.evaluate("typeof axe !== 'undefined'"):
        page.evaluate(AXE_SCRIPT)
    asked = {"type": "rule", "values": ["color-contrast"]} if colours_only else {"type": "tag", "values": list(RULES)}
    return [tuple(each) for each in page.evaluate(RUN, asked)]


def sticks_out(page):
    """The elements that reach beyond the right edge where the page has to be scrolled sideways."""
    return page.evaluate("""() => {
      const wide = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= wide) return [];
      return [...document.body.querySelectorAll("*")]
        .filter(element => element.getBoundingClientRect().right > wide + 1)
        .map(element => element.outerHTML.slice(0, 120));
    }""")


def faults(page, *, widths=(360, 1200), schemes=("light", "dark")):
    """Everything wrong with a page at these widths in these colours: (width, scheme, what) each."""
    found = []
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        for scheme in schemes:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            found += [(width, scheme, each) for each in found_by_axe(page, colours_only=scheme == "dark")]
        found += [(width, "wide", each) for each in sticks_out(page)]
    return found
