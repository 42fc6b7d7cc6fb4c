"""The servers of these tests answer at once, whatever ran before in the process."""

import gc


def test_nobody_looks_for_rubbish_while_a_browser_waits():
    assert not gc.isenabled()
