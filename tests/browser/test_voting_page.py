"""The voting page on a phone-sized Chromium: served by its function, it votes through the producer's."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import dataclass

import pytest

from helpers.region.lan import own_addresses
from helpers.region.server import Server
from tests.browser.lab import OfflinePage
from tests.lambdas.conftest import SOON, account  # noqa: F401  (a fixture)

STREAM = "page-votes"
REGION = "us-east-1:123456789012"
PHONES = {
    "small": {"viewport": {"width": 320, "height": 568}, "device_scale_factor": 2},
    "usual": {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 3},
}


@dataclass
class Pipeline:
    """The HTTP API with both functions behind it, and the stream that the votes reach."""

    account: object
    api_id: str

    def votes(self) -> list[dict]:
        (shard,) = self.account.region.kinesis.stream(STREAM).shards
        return [json.loads(record.data) for record in shard.read(0, 1000).records]


@pytest.fixture(scope="module")
def pipeline(account):  # noqa: F811
    kinesis = account.aws("kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=1)
    kinesis.get_waiter("stream_exists").wait(StreamName=STREAM, WaiterConfig=SOON)
    stream = f"arn:aws:kinesis:{REGION}:stream/{STREAM}"
    put = {"Effect": "Allow", "Action": "kinesis:PutRecord", "Resource": stream}
    account.deploy("producer", {"KINESIS_STREAM_NAME": STREAM}, [put])
    account.deploy("page", {}, [{"Effect": "Deny", "Action": "*", "Resource": "*"}])
    functions = {name: f"arn:aws:lambda:{REGION}:function:{name}" for name in ("producer", "page")}
    apis = account.aws("apigatewayv2")
    api_id = apis.create_api(Name="votes", ProtocolType="HTTP", Target=functions["producer"])["ApiId"]
    integration = apis.create_integration(
        ApiId=api_id,
        IntegrationType="AWS_PROXY",
        IntegrationUri=functions["page"],
        PayloadFormatVersion="2.0",
    )
    target = f"integrations/{integration['IntegrationId']}"
    apis.create_route(ApiId=api_id, RouteKey="GET /", Target=target)
    apis.create_stage(ApiId=api_id, StageName="class", AutoDeploy=True)
    for name in functions:
        account.aws("lambda").add_permission(
            FunctionName=name,
            StatementId="api",
            Action="lambda:InvokeFunction",
            Principal="apigateway.amazonaws.com",
            SourceArn=f"arn:aws:execute-api:{REGION}:{api_id}/*",
        )
    return Pipeline(account, api_id)


@pytest.fixture
def door(pipeline):
    """A front door of the test's own, which it may close."""
    server = Server(pipeline.account.region.apis.handle).start()
    yield server
    server.close()


@pytest.fixture
def phone(browser):
    """phone("es-ES", "small") → a page of a new phone, which may talk to this machine only."""
    opened = []

    def phone(locale: str, size: str = "usual") -> OfflinePage:
        made = OfflinePage(browser, is_mobile=True, has_touch=True, locale=locale, **PHONES[size])
        made.page.set_default_timeout(15_000)
        opened.append(made)
        return made

    yield phone
    for page in opened:
        page.__exit__()


def visit(phone: OfflinePage, door: Server, pipeline: Pipeline, stage: str = "class/") -> OfflinePage:
    phone.page.goto(f"{door.url}/{pipeline.api_id}/{stage}")
    return phone


def answer(phone: OfflinePage):
    return phone.page.get_by_role("status")


def wait_for(phone: OfflinePage, text: str) -> None:
    answer(phone).filter(has_text=text).wait_for()


def test_a_tap_votes_and_the_answer_is_shown(phone, door, pipeline):
    spanish = visit(phone("es-ES"), door, pipeline)
    before = len(pipeline.votes())
    spanish.page.get_by_role("button", name="LEC Charles Leclerc").tap()
    wait_for(spanish, "✓ Voto por Charles Leclerc recibido.")
    assert 'HTTP 200 {"message": "Vote received"}' in answer(spanish).text_content()
    assert spanish.page.get_by_role("button", name="LEC").text_content().endswith("✓ tu último voto")
    (vote,) = pipeline.votes()[before:]
    assert vote["vote"] == "LEC"
    assert spanish.complaints == [] and spanish.outside == []


def test_the_keyboard_votes_too(phone, door, pipeline):
    english = visit(phone("en-GB"), door, pipeline)
    before = len(pipeline.votes())
    for key in ("Tab", "Tab", "Tab", "Enter"):  # language, VER, NOR
        english.page.keyboard.press(key)
    wait_for(english, "✓ Vote for Lando Norris received.")
    english.page.keyboard.press("Tab")
    english.page.keyboard.press("Space")
    wait_for(english, "✓ Vote for Oscar Piastri received.")
    assert [vote["vote"] for vote in pipeline.votes()[before:]] == ["NOR", "PIA"]
    assert english.complaints == [] and english.outside == []


def test_a_phone_votes_under_one_name_and_another_phone_under_another(phone, door, pipeline):
    before = len(pipeline.votes())
    first, second = phone("es-ES"), phone("es-ES")
    for each in (first, first, second):
        visit(each, door, pipeline)
        each.page.get_by_role("button", name="VER").tap()
        wait_for(each, "recibido")
    voters = [vote["voter"] for vote in pipeline.votes()[before:]]
    assert voters[0] == voters[1] != voters[2]
    assert all(voter.startswith("phone-") for voter in voters)


def test_taps_while_a_vote_is_under_way_are_not_votes(phone, door, pipeline):
    spanish = visit(phone("es-ES"), door, pipeline)
    before = len(pipeline.votes())
    spanish.page.evaluate(
        "() => { for (let i = 0; i < 5; i++) document.querySelector('#candidates button').click() }"
    )
    wait_for(spanish, "recibido")
    assert len(pipeline.votes()) == before + 1


@pytest.mark.parametrize(
    ("locale", "shown", "title", "other", "title_then"),
    [
        ("es-MX", "es", "¿Quién gana la carrera?", "English", "Who wins the race?"),
        ("en-US", "en", "Who wins the race?", "Español", "¿Quién gana la carrera?"),
        ("de-DE", "es", "¿Quién gana la carrera?", "English", "Who wins the race?"),
    ],
)
def test_it_speaks_the_phones_language_until_another_is_chosen(
    phone, door, pipeline, locale, shown, title, other, title_then
):
    page = visit(phone(locale), door, pipeline).page
    heading = page.get_by_role("heading", level=1)
    assert (heading.text_content(), page.title()) == (title, title)
    assert page.locator("html").get_attribute("lang") == shown
    page.get_by_role("button", name=other).tap()
    assert heading.text_content() == title_then
    page.reload()
    assert heading.text_content() == title_then


def test_an_api_that_is_gone_is_told(phone, door, pipeline):
    spanish = visit(phone("es-ES"), door, pipeline)
    door.close()
    spanish.page.get_by_role("button", name="VER").tap()
    wait_for(spanish, "✗ No hay respuesta de la API.")
    spanish.page.get_by_role("button", name="English").tap()
    wait_for(spanish, "✗ The API does not answer.")


@pytest.mark.parametrize(
    ("limits", "told", "status"),
    [
        ({"ThrottlingBurstLimit": 0, "ThrottlingRateLimit": 0.0}, "✗ Demasiados votos a la vez.", "HTTP 429"),
        (None, "✗ El voto por Max Verstappen no ha entrado.", "HTTP 404"),
    ],
    ids=["throttled", "route deleted"],
)
def test_a_vote_that_is_refused_is_told_with_its_reason(phone, door, pipeline, limits, told, status):
    apis = pipeline.account.aws("apigatewayv2")
    apis.create_stage(ApiId=pipeline.api_id, StageName="closing", AutoDeploy=True)
    spanish = visit(phone("es-ES"), door, pipeline, "closing/")
    if limits is None:
        for route in apis.get_routes(ApiId=pipeline.api_id)["Items"]:
            if route["RouteKey"] == "$default":
                default = route
        apis.delete_route(ApiId=pipeline.api_id, RouteId=default["RouteId"])
    else:
        apis.update_stage(ApiId=pipeline.api_id, StageName="closing", DefaultRouteSettings=limits)
    try:
        spanish.page.get_by_role("button", name="VER").tap()
        wait_for(spanish, told)
        assert status in answer(spanish).text_content()
        assert "✓" not in spanish.page.get_by_role("button", name="VER").text_content()
    finally:
        apis.delete_stage(ApiId=pipeline.api_id, StageName="closing")
        if limits is None:
            apis.create_route(ApiId=pipeline.api_id, RouteKey="$default", Target=default["Target"])


@pytest.mark.parametrize("stage", ["class", "class/", ""])
def test_it_votes_from_whatever_address_served_it(phone, door, pipeline, stage):
    english = visit(phone("en-US"), door, pipeline, stage)
    english.page.get_by_role("button", name="VER").tap()
    wait_for(english, "HTTP 200")


@pytest.mark.parametrize("size", PHONES)
def test_every_target_is_large_enough_and_nothing_is_cut_off(phone, door, pipeline, size):
    page = visit(phone("es-ES", size), door, pipeline).page
    for button in page.get_by_role("button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44
        assert button.evaluate("button => button.scrollWidth <= button.clientWidth")
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    assert page.get_by_role("button").count() == 13  # twelve drivers and the language


def test_a_vote_is_announced_where_the_reader_is(phone, door, pipeline):
    page = visit(phone("es-ES"), door, pipeline).page
    button = page.get_by_role("button", name="BOR")
    button.focus()
    page.keyboard.press("Enter")
    page.get_by_role("status").filter(has_text="recibido").wait_for()
    assert button.evaluate("button => document.activeElement === button")
    assert page.get_by_role("status").evaluate(
        "status => { const box = status.getBoundingClientRect(); return box.bottom <= window.innerHeight + 1 }"
    )


def test_it_votes_over_the_network_where_a_browser_grants_less(phone, pipeline):
    """As a phone of the class would: http to another address than loopback is no secure context."""
    if not own_addresses():
        pytest.skip("This machine has no address but loopback: the page is not tried over a network.")
    door = Server(pipeline.account.region.apis.handle, own_addresses()[0]).start()
    try:
        spanish = phone("es-ES")
        spanish.here.add(door.host)
        visit(spanish, door, pipeline)
        assert not spanish.page.evaluate("() => window.isSecureContext")
        spanish.page.get_by_role("button", name="SAI").tap()
        wait_for(spanish, "✓ Voto por Carlos Sainz recibido.")
        assert spanish.complaints == [] and spanish.outside == []
    finally:
        door.close()
    assert pipeline.votes()[-1]["vote"] == "SAI"


def test_a_phone_that_keeps_nothing_can_vote(phone, door, pipeline):
    forgetful = phone("es-ES")
    forgetful.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('', 'SecurityError') }})"
    )
    visit(forgetful, door, pipeline)
    forgetful.page.get_by_role("button", name="VER").tap()
    wait_for(forgetful, "recibido")
    assert forgetful.complaints == []


def test_the_page_itself_says_that_it_may_talk_to_its_own_api_only(door, pipeline):
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{door.url}/{pipeline.api_id}/class/", timeout=10) as served:
        assert served.headers["content-type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in served.headers["content-security-policy"]
        assert "connect-src 'self'" in served.headers["content-security-policy"]
        assert len(served.read()) < 16_000
