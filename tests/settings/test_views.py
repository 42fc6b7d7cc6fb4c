"""The settings page tells how the installation is set up, and no secret."""


def test_an_administrator_reads_the_settings_without_secrets(browser, monkeypatch):
    monkeypatch.setenv("SMTP_URL", "smtp://user:hunter2@mail.example.org")
    page = browser.sign_in("admin").get("settings.index")
    assert "PASSERELLE_BASE_URL" in page.text
    assert "hunter2" not in page.html


def test_nobody_else_reads_the_settings(browser):
    assert browser.sign_in("manager").get("settings.index").status == 403
