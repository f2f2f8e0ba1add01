"""Widgets, called directly: the learner's function gets the vote, the counts move, no error is lost."""

import asyncio
import threading
from collections import Counter

import pytest

from helpers.candidates import Candidate, ballot
from helpers.waits import WaitError
from helpers.widgets import background, errors
from helpers.widgets.crowd import Crowd, draw, due_times
from helpers.widgets.live_chart import LiveChart, with_strangers
from helpers.widgets.vote_buttons import VoteButtons
from helpers.widgets.vote_form import VoteForm, readable

CODES = [each.code for each in ballot()]


class Broken(Exception):
    pass


def breaks(*_):
    raise Broken("the stream is gone")


# --- errors and background ----------------------------------------------------------------------------------------


def test_kept_errors_are_raised_together_once_each():
    for owner, error in [("one", Broken("a")), ("one", Broken("a")), ("two", KeyError("b"))]:
        errors.keep(owner, error)
    with pytest.raises(ExceptionGroup, match="one, two") as group:
        errors.raise_kept()
    assert [str(error) for error in group.value.exceptions] == ["a", "'b'"]
    errors.forget("one")
    assert [type(error) for error in errors.kept()] == [KeyError]
    errors.forget()
    errors.raise_kept()


def test_work_started_from_another_thread_runs_on_the_widgets_loop():
    async def work():
        return threading.get_ident()

    async def scenario():
        loop = asyncio.get_running_loop()
        future = await asyncio.to_thread(background.start, "anyone", work, loop)
        return await asyncio.wrap_future(future)

    assert asyncio.run(scenario()) == threading.get_ident()


def test_a_task_started_again_under_its_name_replaces_the_old():
    async def scenario():
        ended = asyncio.Event()

        async def forever():
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

        async def nothing():
            pass

        background.start_alone("chart", forever, asyncio.get_running_loop())
        await asyncio.sleep(0)
        background.start_alone("chart", nothing, asyncio.get_running_loop())
        await asyncio.wait_for(ended.wait(), 10)

    asyncio.run(scenario())


# --- vote buttons -------------------------------------------------------------------------------------------------


def test_a_click_casts_a_vote_with_the_learners_function_and_is_counted():
    async def scenario():
        cast = []
        buttons = VoteButtons(cast.append)
        await buttons.click("VER")
        await buttons.click("VER")
        await buttons.click("NOR")
        return cast, buttons

    cast, buttons = asyncio.run(scenario())
    assert cast == ["VER", "VER", "NOR"] and buttons.cast == Counter(VER=2, NOR=1)
    assert "sent: 2" in buttons._counts["VER"].value
    assert "You have sent 3" in buttons._status.value


def test_the_browsers_click_does_the_same_from_another_thread():
    async def scenario():
        voted = asyncio.Event()
        loop = asyncio.get_running_loop()
        buttons = VoteButtons(lambda code: loop.call_soon_threadsafe(voted.set))
        await asyncio.to_thread(buttons._buttons["VER"].click)
        await asyncio.wait_for(voted.wait(), 10)

    asyncio.run(scenario())


def test_a_vote_that_fails_is_shown_kept_and_not_counted():
    async def scenario():
        buttons = VoteButtons(breaks)
        await buttons.click("VER")
        return buttons

    buttons = asyncio.run(scenario())
    assert "the stream is gone" in buttons._status.value and not buttons.cast
    with pytest.raises(ExceptionGroup, match="VoteButtons"):
        errors.raise_kept()


def test_buttons_made_anew_forget_the_old_ones_errors():
    async def scenario():
        await VoteButtons(breaks).click("VER")
        VoteButtons(print)

    asyncio.run(scenario())
    assert errors.kept() == []


def test_a_code_that_is_not_on_the_ballot_is_an_error():
    async def scenario():
        VoteButtons(print).click("MSC")

    with pytest.raises(KeyError, match="MSC"):
        asyncio.run(scenario())


# --- vote form ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer, shown",
    [
        ((200, '{"message": "recibido"}'), ["✓ HTTP 200", "&quot;recibido&quot;"]),
        ((400, {"message": "missing"}), ["✗ HTTP 400", "missing"]),
        ((500, b"<h1>broken</h1>"), ["✗ HTTP 500", "&lt;h1&gt;broken"]),
    ],
)
def test_the_form_shows_the_http_answer_as_it_came(answer, shown):
    async def scenario():
        form = VoteForm(lambda code: answer)
        await form.send("VER")
        return form

    form = asyncio.run(scenario())
    assert form.answer == answer and not errors.kept()
    assert all(text in form._answer.value for text in shown)


def test_a_post_that_raises_is_shown_and_kept():
    async def scenario():
        form = VoteForm(breaks)
        await form.send("VER")
        return form

    assert "the stream is gone" in asyncio.run(scenario())._status.value
    assert [type(error) for error in errors.kept()] == [Broken]


@pytest.mark.parametrize(
    "body, text", [("not json", "not json"), (b"\xff", "\ufffd"), ('{"a":1}', '{\n  "a": 1\n}'), ("", "")]
)
def test_a_body_is_readable(body, text):
    assert readable(body) == text


# --- live chart ---------------------------------------------------------------------------------------------------


def test_the_chart_shows_until_the_counts_are_there():
    async def scenario():
        reads = iter([{"VER": 1}, {"VER": 2, "NOR": 1}])
        chart = LiveChart(lambda: next(reads), "Now", every=0)
        return chart, await chart.show_until(lambda counts: sum(counts.values()) == 3)

    chart, counts = asyncio.run(scenario())
    assert counts == {"VER": 2, "NOR": 1}
    assert list(chart.figure.data[0].x) == CODES
    assert dict(zip(CODES, chart.figure.data[0].y, strict=True))["VER"] == 2
    assert "Votes counted: 3" in chart._status.value and ">2</td>" in chart._table.value
    assert list(chart.snapshot().data[0].y) == list(chart.figure.data[0].y)
    assert chart.snapshot().layout.title.text == "Now"


def test_what_a_page_reload_shows_is_the_last_frame():
    async def scenario():
        chart = LiveChart(dict)
        chart.show({"VER": 5})
        return chart.figure.get_state()["_widget_data"][0]["y"]

    assert 5 in list(asyncio.run(scenario()))


def test_the_chart_gives_up_with_the_counts_it_read():
    async def scenario():
        await LiveChart(lambda: {"VER": 1}).show_until(lambda counts: False, timeout=0)

    with pytest.raises(WaitError, match="'VER': 1"):
        asyncio.run(scenario())


def test_an_error_of_the_loop_is_shown_and_kept_and_the_chart_goes_on():
    async def scenario():
        recovered = asyncio.Event()
        loop = asyncio.get_running_loop()
        reads = iter([breaks, lambda: {"VER": 1}])

        def read():
            try:
                return next(reads)()
            except StopIteration:
                loop.call_soon_threadsafe(recovered.set)
                return {"VER": 1}

        chart = LiveChart(read, every=0).start()
        await asyncio.wait_for(recovered.wait(), 10)
        chart.stop()
        return chart

    assert asyncio.run(scenario()).counts == {"VER": 1}
    assert [type(error) for error in errors.kept()] == [Broken]


def test_an_option_that_nobody_validated_shows_last():
    candidates = (Candidate("VER", "Max Verstappen", "Red Bull Racing", "#3F5BD0"),)
    shown = with_strangers(candidates, {"ZZZ": 1, "VER": 2, "AAA": 1})
    assert [bar.code for bar in shown] == ["VER", "AAA", "ZZZ"]
    assert shown[1].name == "not on the ballot"


# --- crowd --------------------------------------------------------------------------------------------------------


def test_every_voter_votes_once_and_the_tally_says_for_whom():
    async def scenario():
        cast, lock = Counter(), threading.Lock()

        def cast_vote(code):
            with lock:
                cast[code] += 1

        crowd = Crowd(cast_vote, voters=50, seconds=0)
        return cast, await crowd.run(), crowd

    cast, tally, crowd = asyncio.run(scenario())
    assert tally.sent == cast and tally.sent.total() == 50 and not tally.failed
    assert crowd._bar.value == 50 and "Votes sent: 50 · failed: 0" in str(tally)


def test_votes_that_fail_are_counted_with_their_reason():
    async def scenario():
        return await Crowd(lambda code: breaks() if code == "VER" else None, voters=200, seconds=0).run()

    tally = asyncio.run(scenario())
    assert set(tally.failed) == {"VER"} and tally.sent.total() + tally.failed.total() == 200
    assert tally.reasons == {"Broken: the stream is gone": tally.failed["VER"]}
    assert "the stream is gone" in tally._repr_html_()


def test_a_cancelled_crowd_returns_what_was_done():
    async def scenario():
        crowd = Crowd(lambda code: crowd.cancel(), voters=1000, seconds=3600, at_once=1)
        return await crowd.run()

    assert asyncio.run(scenario()).sent.total() == 1


def test_the_same_seed_draws_the_same_votes():
    assert draw(CODES, 100, seed=1) == draw(CODES, 100, seed=1) != draw(CODES, 100, seed=2)


@pytest.mark.parametrize(
    "votes, seconds, due", [(4, 2.0, [10.0, 10.5, 11.0, 11.5]), (3, 0.0, [10.0, 10.0, 10.0]), (0, 5.0, [])]
)
def test_votes_are_due_evenly(votes, seconds, due):
    assert due_times(votes, seconds, 10.0) == due
