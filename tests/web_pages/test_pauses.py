"""The servers of these tests answer at once, whatever ran before in the process."""

import gc

LEFT = ["what another test has left"]


def test_the_garbage_collector_goes_past_what_other_tests_left():
    assert not any(each is LEFT for each in gc.get_objects())
