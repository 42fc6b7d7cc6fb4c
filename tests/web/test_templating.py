"""What stands on every page: the navigation, drawn once for each role and place."""

from crm.web.templating import DrawnOnce


class Macro:
    """Stands for a macro, and counts how often it draws."""

    def __init__(self, name):
        self.name, self.count = name, 0

    def __call__(self, things):
        self.count += 1
        return f"{self.name}: {', '.join(things)}"


def test_each_macro_draws_once():
    things, rail, bar = DrawnOnce(["one", "two"]), Macro("rail"), Macro("bar")
    assert [things.drawn(rail), things.drawn(bar)] * 2 == [
        *(things.drawn(rail), things.drawn(bar)),
        *("rail: one, two", "bar: one, two"),
    ]
    assert (rail.count, bar.count) == (1, 1)
    assert (list(things), len(things), bool(DrawnOnce())) == (["one", "two"], 2, False)


def test_the_navigation_marks_where_one_is(browser):
    browser.sign_in("manager")
    for endpoint in ("people.index", "organisations.index", "people.index"):
        page = browser.get(endpoint)
        [here] = page.select("//nav[@class='rail']//a[@aria-current='page']/@href")
        assert here == browser.address(endpoint)


def test_the_navigation_offers_what_the_role_may(browser):
    seen = {}
    for role in ("viewer", "admin", "viewer", "admin"):
        browser.sign_in(role)
        seen[role] = set(browser.get("people.index").select("//nav[@class='rail']//a/@href"))
    assert "/admin/users" not in {link.rstrip("/") for link in seen["viewer"]}
    assert seen["viewer"] < seen["admin"]
