"""`python -m helpers.region status` tells in words what runs: a stream, a function, a mapping and where it stands."""

from helpers.region import process
from helpers.region.__main__ import main


def test_the_status_of_a_busy_region_in_words(region, pipeline, aws, monkeypatch, capsys):
    function = pipeline.function("raise ValueError('always')")
    pipeline.map(pipeline.stream())
    aws("apigatewayv2").create_api(Name="door", ProtocolType="HTTP", Target=function)
    pipeline.put("a vote")
    pipeline.until(lambda: region.status()["mappings"][0]["Shards"][0]["Waiting"] == 1)
    monkeypatch.setattr(process, "status", region.status)
    assert main(["status"]) == 0
    said = capsys.readouterr().out
    assert "\nstream votes: ACTIVE, 1 open shards, PROVISIONED\n" in said
    assert "\nfunction count: Active, " in said
    assert "\nmapping votes → count: Enabled\n  shardId-000000000000: 1 records waiting, " in said
    assert "\nHTTP API door (" in said
    assert said.endswith("): $default\n")
