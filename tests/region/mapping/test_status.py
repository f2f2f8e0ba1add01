"""`python -m helpers.region status` tells in words what runs: a stream, a function, a mapping and where it stands."""

from helpers.region import process
from helpers.region.__main__ import main


def test_the_status_of_a_busy_region_in_words(region, pipeline, aws, monkeypatch, capsys):
    function = pipeline.function("raise ValueError('always')")
    pipeline.map(pipeline.stream())
    aws("apigatewayv2").create_api(Name="door", ProtocolType="HTTP", Target=function)
    pipeline.put("a vote")
    pipeline.until(lambda: "PROBLEM" in region.status()["mappings"][0]["LastProcessingResult"])
    monkeypatch.setattr(process, "status", region.status)
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "\nstream votes: ACTIVE, PROVISIONED, 1 open shard, 1 record\n" in said
    assert "\nfunction count: Active, " in said
    assert "\nmapping votes → count: Enabled, PROBLEM: Function call failed\n" in said
    assert "\n  shardId-000000000000: after record 0, 1 record waiting, the first for " in said
    assert "\nHTTP API door (" in said
    assert said.endswith("): $default\n")
