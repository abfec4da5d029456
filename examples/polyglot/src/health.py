"""The listener of the worker: probes, and the plan."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from plan import Plan


def serve(host: str, port: int, plan: Plan) -> ThreadingHTTPServer:
    """Answers `/livez`, `/readyz` and `/stays` until `shutdown`."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answers = {"/livez": lambda: {"status": "ok"}, "/readyz": lambda: {"status": "ok"}, "/stays": plan.stays}
            answer = answers.get(self.path)
            body = json.dumps(answer() if answer else {"status": 404}).encode()
            self.send_response(200 if answer else 404)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes are not logged."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
