"""Page: the voting page for phones, served by the HTTP API that takes the votes."""

import json
from pathlib import Path

HERE = Path(__file__).parent
HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Cache-Control": "no-cache",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


def read_page():
    ballot = json.loads((HERE / "ballot.json").read_text(encoding="utf-8"))
    # "<" would end the script element that holds the candidates.
    candidates = json.dumps(ballot["candidates"]).replace("<", "\\u003c")
    return (HERE / "page.html").read_text(encoding="utf-8").replace("{{candidates}}", candidates)


PAGE = read_page()


def lambda_handler(event, context):
    return {"statusCode": 200, "headers": HEADERS, "body": PAGE}
