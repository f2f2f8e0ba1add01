"""Every lesson in JupyterLab, run to its end and operated by mouse and keyboard, in a real browser and offline.

All share one region, as a learner's do, and what one leaves the next finds. Every lesson runs in Spanish; two run in
English too, and all of them, for some minutes more, where STREAMING_WORKBOOK_EVERY_LESSON is set.
"""

import os
import re

import pytest
from playwright.sync_api import expect

from helpers.candidates import ballot
from helpers.checks.lesson_02 import QUIZ
from helpers.notebooks import lesson_slugs, solved_cells
from helpers.region import process
from helpers.region.state import STATE_VARIABLE
from helpers.translate import text
from tests.browser.course import LessonPage, VoteChart, lay_out
from tests.browser.lab import SECONDS, LabServer
from tests.browser.shown import charts_without_table, in_other_words, keys, nameless, said

A_LESSON = 600  # seconds, on a busy machine
EVERY_LESSON = "STREAMING_WORKBOOK_EVERY_LESSON"
OPERATED = {  # by a test of their own, which runs them too
    ("01_kinesis", "es"),
    ("02_stream", "en"),
    ("03_producer", "es"),
    ("05_trigger", "es"),
    ("08_dashboard", "es"),
}
ALSO_IN_ENGLISH = {"04_consumer"}  # besides the operated one
NONE = {"04_consumer": ["None None"]}  # an invocation without error or answer; the lesson speaks of it
COMPLAINTS_OF_CORS = [
    "Access to fetch at '{}' from origin 'null' has been blocked by CORS policy: Response to preflight request "
    "doesn't pass access control check: No 'Access-Control-Allow-Origin' header is present on the requested resource.",
    "Failed to load resource: net::ERR_FAILED",
]
ONE_BAR = "SignOfLife()"  # a chart as high as the slider beside it says, and no table


def where_asked_for(slug: str, locale: str) -> pytest.MarkDecorator:
    left_out = locale == "en" and slug not in ALSO_IN_ENGLISH and not os.environ.get(EVERY_LESSON)
    return pytest.mark.skipif(left_out, reason=f"in English only where {EVERY_LESSON} is set")


LESSONS = [
    pytest.param(slug, locale, id=f"{locale}-{slug}", marks=where_asked_for(slug, locale))
    for locale in ("es", "en")
    for slug in lesson_slugs()
    if (slug, locale) not in OPERATED
]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(STATE_VARIABLE, str(tmp_path_factory.mktemp("region")))
        folder = tmp_path_factory.mktemp("course")
        lay_out(folder)
        with LabServer(folder, "es") as server:
            yield server
        process.stop()


@pytest.fixture
def lesson(browser, server):
    with LessonPage(browser, server) as page:
        expect.set_options(timeout=SECONDS * 1000)
        yield page


def run_to_the_end(lesson: LessonPage, slug: str, locale: str) -> None:
    lesson.open(f"solved-{locale}/{slug}.ipynb")
    assert lesson.run_all(A_LESSON), lesson.errors()
    assert_all_is_well(lesson, slug, locale)


def assert_all_is_well(lesson: LessonPage, slug: str, locale: str) -> None:
    assert lesson.errors() == []
    assert lesson.complaints == []
    assert lesson.outside == []
    shown = said(lesson.notebook)
    assert text("lesson.finished", locale) in shown
    assert in_other_words(shown, locale) == []
    assert keys(shown) == []
    assert "ResponseMetadata" not in shown  # a call's whole answer, shown by accident
    assert re.findall(r"^.*\bNone\b.*$", shown, re.MULTILINE) == NONE.get(slug, [])
    assert [cell for cell in charts_without_table(lesson.notebook) if ONE_BAR not in cell] == []
    assert lesson.notebook.locator(".modebar").count() == 0
    assert nameless(lesson.notebook) == []


def test_lesson_1_follows_the_key_typed_and_the_slider_moved_by_keys(lesson):
    run_to_the_end(lesson, "01_kinesis", "es")
    page = lesson.page
    page.get_by_label("Partition key").click()
    page.keyboard.press("Control+A")
    page.keyboard.type("anb")
    page.get_by_role("img", name="La clave «anb» cae en el shard 3.").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    page.get_by_role("img", name="repartida entre 5 shards").wait_for()
    assert lesson.complaints == []


def test_lesson_2_hints_until_the_exercise_is_right_and_asks_its_quiz(lesson):
    def says(key: str, **values: object) -> str:
        return text(f"lesson_02.{key}", "en", **values).replace("`", "")

    lesson.open("en/02_stream.ipynb")
    assert not lesson.run_all(A_LESSON)
    check = 'lesson.check("shards_needed"'
    panel = lesson.outputs(check)
    expect(panel).to_contain_text(says("shards_needed.empty"))
    expect(panel).to_contain_text(says("shards_needed.hint"))

    lesson.write("def shards_needed", "def shards_needed(votes_per_second, bytes_per_vote):\n    return 1")
    lesson.run("def shards_needed")
    lesson.run(check)
    wrong = says("shards_needed.wrong", votes=1001, size=100, expected=2, answer=1)
    expect(panel).to_contain_text(wrong)
    expect(panel).to_contain_text(says("shards_needed.hint_2"))

    functions, records = [cell.source for cell in solved_cells("02_stream", "en") if "exercise" in cell.tags]
    lesson.write("def shards_needed", functions)
    lesson.run("def shards_needed")
    lesson.run(check)
    expect(panel).to_contain_text(says("shards_needed.good"))
    lesson.write("last_votes = ...", records)
    assert lesson.run_from("last_votes = read(", A_LESSON), lesson.errors()
    expect(lesson.outputs('lesson.check("last_votes"')).to_contain_text(says("last_votes.good"))

    quiz = lesson.outputs("lesson.quiz()")
    for position, (name, right) in enumerate(QUIZ.items()):
        wrong = next(letter for letter in "abc" if letter != right)
        check = quiz.get_by_role("button").nth(position)
        quiz.get_by_role("radio", name=says(f"quiz.{name}.{wrong}")).check()
        check.click()
        expect(quiz).to_contain_text(says(f"quiz.{name}.hint"))
        quiz.get_by_role("radio", name=says(f"quiz.{name}.{right}")).focus()
        lesson.page.keyboard.press("Space")
        check.focus()
        lesson.page.keyboard.press("Enter")
        expect(quiz).to_contain_text(says(f"quiz.{name}.why"))
    assert_all_is_well(lesson, "02_stream", "en")


def test_lesson_3_votes_by_form_and_from_another_origin_which_cors_may_stop(lesson):
    run_to_the_end(lesson, "03_producer", "es")
    page = lesson.page
    page.get_by_label("Piloto").focus()
    page.keyboard.type("NOR")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("Respuesta al voto por NOR: HTTP 200").wait_for()
    assert lesson.complaints == []

    page.context.unroute_all()  # while it guards a page, Playwright answers the browser's preflights itself
    one_origin = '"AllowOrigins": ["https://votes.example"]'
    any_origin = '"AllowOrigins": ["*"]'
    pages = [frame.content_frame for frame in page.locator(".jp-OutputArea-output iframe").all()]
    lesson.run(one_origin)
    pages[1].get_by_role("button").click()
    expect(pages[1].locator("output")).to_have_text("TypeError: Failed to fetch")
    lesson.run(any_origin)
    pages[2].get_by_role("button").focus()
    page.keyboard.press("Enter")
    expect(pages[2].locator("output")).to_have_text('200 {"message": "Vote received"}')
    address = re.search(r"http://\S+/vote", lesson.outputs("print(vote_url)\nvoting_page()").inner_text())[0]
    assert lesson.complaints == [complaint.format(address) for complaint in COMPLAINTS_OF_CORS]


def test_lesson_5_votes_by_mouse_and_keys_move_a_chart_that_outlives_a_reload(lesson):
    run_to_the_end(lesson, "05_trigger", "es")
    page = lesson.page
    lesson.run("buttons = VoteButtons(cast_vote)")
    chart = VoteChart(lesson.outputs("buttons = VoteButtons(cast_vote)").locator(".js-plotly-plot"))
    chart.wait_for(300)
    before = chart.votes()
    first, second = ballot()[:2]
    page.get_by_role("button", name=first.name).click()
    chart.wait_for(before + 1)
    page.get_by_role("button", name=second.name).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Space")
    chart.wait_for(before + 3)
    page.get_by_text(text("votes.sent", "es", code=second.code, total=3)).wait_for()

    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    lesson.open("solved-es/05_trigger.ipynb")
    assert chart.votes() == before + 3
    assert lesson.complaints == []
    assert lesson.outside == []


def test_lesson_8_a_vote_on_the_page_it_links_to_moves_its_dashboard(lesson):
    run_to_the_end(lesson, "08_dashboard", "es")
    lesson.run("dashboard = Dashboard(")
    chart = VoteChart(lesson.outputs("dashboard = Dashboard(").locator(".js-plotly-plot").last)
    chart.wait_for(200)
    before = chart.votes()
    with lesson.page.expect_popup() as opened:
        lesson.outputs("qr_code(class_url)").get_by_role("link").click()
    voter = opened.value
    voter.get_by_role("button", name="SAI").click()
    voter.get_by_text("✓ Vote for Carlos Sainz received.").wait_for()
    chart.wait_for(before + 1)
    assert lesson.complaints == []
    assert lesson.outside == []


@pytest.mark.parametrize("slug, locale", LESSONS)
def test_a_lesson_runs_to_its_end_in_its_language(slug, locale, lesson):
    run_to_the_end(lesson, slug, locale)
