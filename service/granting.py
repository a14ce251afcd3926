"""The route that makes tokens of persons."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Body, Request

from graph.validation import check_key
from service.access import Access, Route, needs
from service.inputs import TokenIn
from service.keys import Role
from service.outputs import TokenAnswer
from service.problems import WITH_BODY, error_responses
from service.tokens import Grant

router = APIRouter(prefix="/v1", tags=["tokens"], route_class=Route)


@router.post(
    "/tokens",
    dependencies=[needs(Role.ADMIN)],
    status_code=HTTPStatus.CREATED,
    responses=error_responses(*WITH_BODY, HTTPStatus.METHOD_NOT_ALLOWED),
)
async def make_token(request: Request, body: Annotated[TokenIn, Body()]) -> TokenAnswer:
    """Makes a token with which a page or an app asks for one person, or acts in their name, until a time."""
    check_key("The id", body.user)
    access: Access = request.app.state.access
    token, end = access.tokens.sign(Grant(body.user, body.can), body.seconds)
    return TokenAnswer(token=token, user=body.user, can=body.can, expires_at=end)
