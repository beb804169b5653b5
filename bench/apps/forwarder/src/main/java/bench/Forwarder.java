package bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.http.HttpClient;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.server.ResponseStatusException;

/** Upserts a Lead while Ory waits. The token is kept until Salesforce no longer takes it. */
@SpringBootApplication
@RestController
public class Forwarder {

    private final RestClient salesforce;
    private final String secret;
    private final String clientId;
    private final String clientSecret;
    private volatile String token;

    Forwarder(RestClient.Builder http, @Value("${SALESFORCE_LOGIN_URL}") String url,
            @Value("${ORY_WEBHOOK_SECRET}") String secret, @Value("${SALESFORCE_CLIENT_ID}") String clientId,
            @Value("${SALESFORCE_CLIENT_SECRET}") String clientSecret) {
        this.salesforce = http.baseUrl(url).requestFactory(new JdkClientHttpRequestFactory(
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build())).build();
        this.secret = secret;
        this.clientId = clientId;
        this.clientSecret = clientSecret;
    }

    public static void main(String[] args) {
        SpringApplication.run(Forwarder.class, args);
    }

    @PostMapping("/webhooks/ory/registration")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void forward(@RequestHeader("X-Webhook-Secret") String given, @RequestBody JsonNode body) {
        if (!secret.equals(given)) {
            throw new ResponseStatusException(HttpStatus.UNAUTHORIZED);
        }
        JsonNode identity = body.path("identity");
        try {
            upsert(identity.path("id").asText(), lead(identity.path("traits")));
        } catch (HttpClientErrorException.Unauthorized e) {
            token = null;
            upsert(identity.path("id").asText(), lead(identity.path("traits")));
        }
    }

    private static Map<String, Object> lead(JsonNode traits) {
        Map<String, Object> lead = new LinkedHashMap<>();
        lead.put("FirstName", traits.path("name").path("first").asText());
        lead.put("LastName", traits.path("name").path("last").asText());
        lead.put("Email", traits.path("email").asText());
        lead.put("Company", "[Not Provided]");
        return lead;
    }

    private void upsert(String id, Map<String, Object> lead) {
        salesforce.patch().uri("/services/data/v62.0/sobjects/Lead/Ory_Identity_Id__c/{id}", id)
                .header("Authorization", "Bearer " + token()).contentType(MediaType.APPLICATION_JSON)
                .body(lead).retrieve().toBodilessEntity();
    }

    private String token() {
        String known = token;
        if (known != null) {
            return known;
        }
        synchronized (this) {
            if (token == null) {
                LinkedMultiValueMap<String, String> form = new LinkedMultiValueMap<>();
                form.add("grant_type", "client_credentials");
                form.add("client_id", clientId);
                form.add("client_secret", clientSecret);
                token = salesforce.post().uri("/services/oauth2/token").contentType(MediaType.APPLICATION_FORM_URLENCODED)
                        .body(form).retrieve().body(JsonNode.class).path("access_token").asText();
            }
            return token;
        }
    }
}
