"""The board, live and read-only, for a browser: behind a token, its calendars at addresses nobody guesses."""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from engine.clock import Clock
from engine.db import reading
from engine.errors import KhError, NotFound, NotInstalled, Unavailable
from engine.i18n import _, in_language
from engine.office import Office
from engine.reports.feed import plan_feed
from engine.reports.pages import board_page, instance_page, policy
from engine.reports.scene import Scene, running
from engine.templates import part

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response

COOKIE = "kh_board"
A_DAY = 24 * 60 * 60  # seconds: how long a browser remembers that it was let in


class Server:
    """What is answered to whom. Everything is worked out anew for each request."""

    def __init__(self, office: Office, names: Sequence[str], token: str, clock: Clock, language: str):
        """`names`: the only instances shown; where empty, those not closed."""
        self.office, self.names, self.token, self.clock, self.language = office, names, token, clock, language

    # --- who -----------------------------------------------------------------------------------------------------

    def derived(self, purpose: str) -> str:
        """A secret for one purpose that does not give the token away."""
        return hmac.new(self.token.encode(), purpose.encode(), hashlib.sha256).hexdigest()

    def knows(self, request: "Request") -> bool:
        scheme, _space, bearer = request.headers.get("authorization", "").partition(" ")
        shown = bearer if scheme.lower() == "bearer" else ""
        return _same(shown, self.token) or _same(request.cookies.get(COOKIE, ""), self.derived("cookie"))

    def feed_path(self, instance: str) -> str:
        return f"/feed/{self.derived(f'feed:{instance}')[:40]}/{instance}.ics"

    # --- what ----------------------------------------------------------------------------------------------------

    @contextmanager
    def scenes(self, only: str | None = None) -> Iterator[list[Scene]]:
        """Raises NotFound for an instance that is not shown."""
        now = self.clock()
        with in_language(self.language), reading(self.office.engine) as connection:
            shown = list(self.names) or running(connection)
            if only is not None and only not in shown:
                raise NotFound(_("instance"), only, shown)
            names = shown if only is None else [only]
            yield [Scene.of(self.office, connection, name, now) for name in names]

    def front(self, request: "Request") -> "Response":
        from starlette.responses import RedirectResponse

        if _same(request.query_params.get("token", ""), self.token):
            answer = RedirectResponse("/", status_code=303)
            secure = request.url.scheme == "https"
            answer.set_cookie(COOKIE, self.derived("cookie"), A_DAY, httponly=True, samesite="lax", secure=secure)
            return answer
        return self.guarded(request, self._overview)

    def _overview(self) -> str:
        with self.scenes() as scenes:
            return board_page(scenes, link="/board/{instance}")

    def board(self, request: "Request") -> "Response":
        name = request.path_params["instance"]
        return self.guarded(request, lambda: self._instance(name))

    def _instance(self, name: str) -> str:
        with self.scenes(name) as scenes:
            return instance_page(scenes[0], back="/", feed=self.feed_path(name))

    def feed(self, request: "Request") -> "Response":
        from starlette.responses import Response

        name = request.path_params["instance"]
        if not _same(request.url.path, self.feed_path(name)):
            return self.answer(_("There is nothing here."), 404)
        with self.scenes(name) as scenes:
            content = plan_feed(self.office, scenes[0].connection, name, None)
        return Response(content, media_type="text/calendar")

    def guarded(self, request: "Request", make: Callable[[], str]) -> "Response":
        from starlette.responses import HTMLResponse

        if not self.knows(request):
            with in_language(self.language):
                return self.answer(_("This board opens with the address that kh board --serve printed."), 401)
        return HTMLResponse(make())

    def answer(self, text: str, status: int) -> "Response":
        from starlette.responses import PlainTextResponse

        return PlainTextResponse(f"{text}\n", status)

    async def refused(self, _request: "Request", error: Exception) -> "Response":
        """NotFound and what else an error says to a reader; never more."""
        status = 404 if isinstance(error, NotFound) else 503 if isinstance(error, Unavailable) else 500
        return self.answer(str(error), status)


def _same(shown: str, secret: str) -> bool:
    """In the same time whatever is shown."""
    return hmac.compare_digest(shown.encode(), secret.encode())


def application(server: Server) -> "Starlette":
    """Raises Unavailable without the `web` extra."""
    try:
        from starlette.applications import Starlette
        from starlette.middleware import Middleware
        from starlette.routing import Route
    except ImportError as error:
        raise NotInstalled("starlette", "web") from error
    routes = [
        Route("/", server.front),
        Route("/board/{instance}", server.board),
        Route("/feed/{key}/{instance}.ics", server.feed),
    ]
    headers = _headers(server)
    return Starlette(
        routes=routes, middleware=[Middleware(_Headed, headers=headers)], exception_handlers={KhError: server.refused}
    )


def _headers(server: Server) -> list[tuple[bytes, bytes]]:
    script = part("page.js", server.language, server.office.settings.templates)
    found = {
        "content-security-policy": f"{policy(script)}; frame-ancestors 'none'; form-action 'none'",
        "cache-control": "no-store",
        "referrer-policy": "no-referrer",
        "x-content-type-options": "nosniff",
    }
    return [(name.encode(), value.encode()) for name, value in found.items()]


class _Headed:
    """Every answer carries the same headers."""

    def __init__(self, app: Any, headers: list[tuple[bytes, bytes]]):
        self.app, self.headers = app, headers

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        async def sending(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.headers]
            await send(message)

        await self.app(scope, receive, sending)
