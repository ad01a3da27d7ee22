"""The five steps of the start page by clicks, as the people of the story would make them."""

import re

from satchel.demo import logins


class Walk:
    """One browser window on its way through the story. `name` is the award's, as cards print it."""

    def __init__(self, page, demo):
        self.page = page
        self.demo = demo
        self.start = demo.url("start") + "/"
        self.link = ""
        self.claim_link = ""

    def step(self, number):
        """Press the one button of a step on the start page."""
        self.page.goto(self.start)
        self.page.locator(".step").nth(number - 1).locator("a.button.main").click()

    def sign_in(self, login):
        """Sign in if a page asks for it."""
        if "/sign-in" not in self.page.url:
            return
        self.page.fill("input[name=login]", login.login)
        self.page.fill("input[name=password]", logins.PASSWORD)
        self.page.click("main button[type=submit]")

    def award(self, learner="Wren Hadley"):
        """Step 1: the co-op awards; leaves the claim link."""
        self.step(1)
        self.sign_in(logins.COORDINATOR)
        self.page.get_by_role("link", name=re.compile("Bridge that carries 40 kg")).first.click()
        self.page.fill("input[name=learnerName]", learner)
        self.page.fill("input[name=identifier]", "hadley-wren")
        self.page.get_by_role("button", name="Award and sign").click()
        self.claim_link = self.page.locator("#claim .chip-url a").first.get_attribute("href")
        self.award_page = self.page.url

    def claim(self, learner="Wren Hadley"):
        """Step 2: the guardian opens the link, chooses the child, keeps."""
        self.page.goto(self.claim_link)
        self.page.get_by_role("link", name="Keep it in a wallet").click()
        self.sign_in(logins.GUARDIAN)
        self.page.get_by_label(learner).check()
        self.page.get_by_role("button", name="Keep it").click()

    def share(self):
        """Step 3: the family shares it; leaves the link."""
        self.page.get_by_role("link", name=re.compile("^Share")).first.click()
        self.page.fill("input[name=recipient]", "Prairie State University")
        self.page.fill("input[name=purpose]", "college application")
        self.page.get_by_role("button", name="Make the link").click()
        self.page.wait_for_load_state()
        if self.page.get_by_role("button", name="Make the link").count():
            self.page.get_by_role("button", name="Make the link").click()
        self.link = self.page.locator(".chip-url a").first.get_attribute("href")
        self.share_page = self.page.url

    def verify(self):
        """Step 4: the reader pastes the link."""
        self.step(4)
        self.page.fill("textarea[name=input]", self.link)
        self.page.get_by_role("button", name="Check it").click()
        self.verdict_page = self.page.url

    def revoke(self):
        """Step 5: the co-op withdraws it."""
        self.page.goto(self.award_page)
        self.sign_in(logins.COORDINATOR)
        self.page.get_by_role("link", name="Withdraw this award").click()
        self.page.locator("input[name=reason]").first.check()
        self.page.get_by_role("button", name="Withdraw the award").click()

    def check_again(self):
        """The reader checks again."""
        self.page.goto(self.verdict_page)
        self.page.get_by_role("button", name="Check again now").click()

    def verdict(self):
        """The words of the two statements."""
        return self.page.locator(".verdict").first.inner_text()
