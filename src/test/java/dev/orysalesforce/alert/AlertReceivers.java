package dev.orysalesforce.alert;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.tomakehurst.wiremock.WireMockServer;
import com.github.tomakehurst.wiremock.core.WireMockConfiguration;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import java.util.ArrayList;
import java.util.List;
import org.springframework.test.context.DynamicPropertyRegistry;

/** Slack, a program with a webhook, and a mail server. */
public final class AlertReceivers {

    public static final String SLACK_PATH = "/services/T0000/B0000/the-secret-of-slack";
    public static final String WEBHOOK_PATH = "/hooks/alerts?tenant=first";
    public static final String SECRET = "a-secret-that-signs-alerts";

    private static final List<String> RECIPIENTS = List.of("sales-ops@example.com", "crm@example.com");

    private final ObjectMapper json = new ObjectMapper();
    private final WireMockServer http =
            new WireMockServer(WireMockConfiguration.options().bindAddress("127.0.0.1").dynamicPort().asynchronousResponseEnabled(true));
    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));

    public static AlertReceivers start() {
        AlertReceivers receivers = new AlertReceivers();
        receivers.http.start();
        receivers.mail.start();
        receivers.recover();
        return receivers;
    }

    public void configure(DynamicPropertyRegistry registry) {
        registry.add("ALERTS_SLACK_URL", () -> "http://127.0.0.1:" + http.port() + SLACK_PATH);
        registry.add("ALERTS_WEBHOOK_URL", () -> "http://127.0.0.1:" + http.port() + WEBHOOK_PATH);
        registry.add("ALERTS_WEBHOOK_SECRET", () -> SECRET);
        registry.add("ALERTS_MAIL_SERVER", () -> "smtp://127.0.0.1:" + mail.getSmtp().getPort());
        registry.add("ALERTS_MAIL_FROM", () -> "sync@example.com");
        registry.add("ALERTS_MAIL_TO", () -> String.join(", ", RECIPIENTS));
        registry.add("alerts.mail.tls", () -> "false");
        registry.add("alerts.interval", () -> "100ms");
        registry.add("alerts.back-off", () -> "100");
        registry.add("CONSOLE_URL", () -> "https://sync.example.com/console/");
    }

    /** Each of them takes alerts, and has none. */
    public void recover() {
        http.resetAll();
        http.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(200).withBody("ok")));
        try {
            mail.purgeEmailFromAllMailboxes();
        } catch (FolderException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What Slack has got: the texts. */
    public List<String> slack() {
        return posted(SLACK_PATH).stream().map(request -> read(request.getBodyAsString()).path("text").asText()).toList();
    }

    /** What the webhook has got. */
    public List<JsonNode> webhook() {
        return requests().stream().map(request -> read(request.getBodyAsString())).toList();
    }

    /** What the webhook has got of a kind, as {@code kind state}. */
    public List<String> told(String... kinds) {
        return webhook().stream().filter(alert -> kinds.length == 0 || List.of(kinds).contains(alert.path("kind").asText()))
                .map(alert -> alert.path("kind").asText() + " " + alert.path("state").asText()).toList();
    }

    public JsonNode last(String kind) {
        return webhook().stream().filter(alert -> alert.path("kind").asText().equals(kind)).reduce((a, b) -> b).orElseThrow();
    }

    public List<LoggedRequest> requests() {
        return posted(WEBHOOK_PATH);
    }

    /** Subject and text of each mail; an alert goes to two recipients. */
    public List<String> mails() {
        try {
            List<String> mails = new ArrayList<>();
            for (String recipient : RECIPIENTS) {
                GreenMailUser user = mail.getUserManager().getUserByEmail(recipient);
                List<StoredMessage> received = user == null ? List.of()
                        : mail.getManagers().getImapHostManager().getInbox(user).getMessages();
                for (StoredMessage message : List.copyOf(received)) { // mail may arrive meanwhile
                    mails.add(message.getMimeMessage().getSubject() + "\n" + GreenMailUtil.getBody(message.getMimeMessage()));
                }
            }
            return mails;
        } catch (FolderException | MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    public void failSlack(int status) {
        http.stubFor(any(urlEqualTo(SLACK_PATH)).willReturn(aResponse().withStatus(status).withBody("no " + SLACK_PATH)));
    }

    public void hangSlack(int millis) {
        http.stubFor(any(urlEqualTo(SLACK_PATH)).willReturn(aResponse().withStatus(200).withFixedDelay(millis)));
    }

    public int slackCalls() {
        return posted(SLACK_PATH).size();
    }

    private List<LoggedRequest> posted(String path) {
        return http.findAll(postRequestedFor(urlEqualTo(path)));
    }

    private JsonNode read(String text) {
        try {
            return json.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
