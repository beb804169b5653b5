package dev.orysalesforce.sandbox;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.extension.ResponseDefinitionTransformerV2;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.ResponseDefinition;
import com.github.tomakehurst.wiremock.stubbing.ServeEvent;

/** Lets WireMock answer with what the org says. */
final class SandboxExtension implements ResponseDefinitionTransformerV2 {
    private final Switchboard switchboard;
    private final SandboxPage page;

    SandboxExtension(Switchboard switchboard, SandboxPage page) {
        this.switchboard = switchboard;
        this.page = page;
    }

    @Override
    public String getName() {
        return "salesforce-sandbox";
    }

    @Override
    public boolean applyGlobally() {
        return false;
    }

    @Override
    public ResponseDefinition transform(ServeEvent event) {
        Answer answer;
        try {
            ApiRequest request = ApiRequest.of(event.getRequest());
            answer = SandboxPage.isFor(request) ? page.answer(request) : switchboard.answer(request);
        } catch (ApiError e) {
            answer = Answer.error(e);
        }
        ResponseDefinitionBuilder response = new ResponseDefinitionBuilder().withStatus(answer.status());
        switch (answer.transport()) {
            case RESET -> response.withFault(Fault.CONNECTION_RESET_BY_PEER);
            case TRUNCATED -> response.withFault(Fault.MALFORMED_RESPONSE_CHUNK);
            default -> {
                response.withHeader("Content-Type", answer.contentType());
                answer.headers().forEach((name, value) -> response.withHeader(name, value));
                if (answer.status() != 204) {
                    response.withBody(answer.bytes());
                }
            }
        }
        return response.build();
    }
}
