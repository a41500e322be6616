"""The decoded view of an interaction that was written by hand and has only its bodies."""

from dataclasses import replace

from ewstape.interaction import Interaction, Message
from ewstape.operations import read_request, read_response


def decoded(interaction: Interaction) -> Interaction:
    """The interaction with its `fields`: those it has, else those that its bodies say."""
    operation, request, response = interaction.operation, interaction.request, interaction.response
    if request.body and not request.fields:
        asked = read_request(
            request.body,
            service=operation.service,
            method=request.method,
            path=request.url,
            content_type=_content_type(request),
        )
        request = replace(request, fields=asked.fields)
    if response is not None and response.body and not response.fields:
        answered = read_response(operation, response.body, status=response.status, content_type=_content_type(response))
        response = replace(response, fields=answered.fields)
    return replace(interaction, request=request, response=response)


def _content_type(message: Message) -> str:
    return next((value for name, value in message.headers if name.lower() == "content-type"), "")
