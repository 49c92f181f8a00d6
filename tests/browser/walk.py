"""The walk with the keyboard: Tab from the first control to the last, and what is wrong on the way.

WCAG 2.1.1 (every control is reached), 2.4.7 (the focus shows) and 2.4.11 (nothing covers it).
"""

from playwright.sync_api import Page

_FIND = """() => {
  const shown = e => e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true});
  const controls = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  window.walkControls = [...document.querySelectorAll(controls)].filter(
    e => e.tabIndex >= 0 && !e.disabled && !e.closest('[inert]') && shown(e));
  window.walkReached = new Set();
  window.walkName = e => `${e.tagName.toLowerCase()} "${(e.innerText || e.name || e.id || '').trim().slice(0, 40)}"`;
  window.scrollTo(0, 0);
  window.walkControls[0]?.focus();
  return window.walkControls.length;
}"""

_LOOK = """() => {
  const e = document.activeElement;
  const say = window.walkName;
  if (!e || e === document.body || window.walkReached.has(e)) return {done: true};
  window.walkReached.add(e);
  const problems = [];
  const group = e.closest('.drop');
  const drawn = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
  const marked = x => x && drawn(getComputedStyle(x));
  if (!marked(e) && !marked(group)) problems.push(`${say(e)} does not show that it has the focus`);
  const seen = [...e.getClientRects()].some(r => [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(([x, y]) => {
    const [left, top] = [Math.max(r.left, 0), Math.max(r.top, 0)];
    const [wide, high] = [Math.min(r.right, innerWidth) - left, Math.min(r.bottom, innerHeight) - top];
    const hit = wide > 0 && high > 0 && document.elementFromPoint(left + wide * x, top + high * y);
    return hit && (e.contains(hit) || hit.contains(e) && !['FOOTER', 'NAV', 'HEADER'].includes(hit.tagName));
  }));
  if (!seen) problems.push(`${say(e)} is covered, or out of the window, while it has the focus`);
  return {done: false, problems};
}"""

# Of a group of radio buttons the keyboard reaches one; the arrows do the rest.
_MISSED = """() => {
  const reached = window.walkReached;
  const groups = new Set([...reached].filter(e => e.type === 'radio').map(e => e.name));
  const say = x => `${x.tagName.toLowerCase()} "${(x.innerText || x.name || x.id || '').trim().slice(0, 40)}"`;
  return window.walkControls.filter(e => !reached.has(e) && !(e.type === 'radio' && groups.has(e.name)))
    .map(e => `${window.walkName(e)} is never reached`);
}"""


# A date is typed in three parts, a moment in five, and Tab goes through them; the last one is the calendar's.
_STILL_IN_DATE = (
    "() => document.activeElement?.type?.startsWith('date') && window.walkReached.has(document.activeElement)"
)
_PARTS_OF_A_DATE = 7


def walk(page: Page) -> list[str]:
    """What is wrong for somebody without a mouse; nothing on a good page."""
    problems: list[str] = []
    page.keyboard.press("Tab")  # the browser shows the focus to whoever uses keys, not after a click
    for _ in range(int(page.evaluate(_FIND)) + 2):
        found = page.evaluate(_LOOK)
        if found["done"]:
            break
        problems += found["problems"]
        page.keyboard.press("Tab")
        for _ in range(_PARTS_OF_A_DATE):
            if page.evaluate(_STILL_IN_DATE):
                page.keyboard.press("Tab")
    return problems + list(page.evaluate(_MISSED))
