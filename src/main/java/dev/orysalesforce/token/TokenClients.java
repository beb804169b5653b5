package dev.orysalesforce.token;

import dev.orysalesforce.settings.CannotStartException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Checks the clients of {@code TOKEN_CLIENTS}. */
@Component
class TokenClients implements MeterBinder {

    static final String COUNTER = "ory.sync.tokens";

    private record Client(String id, byte[] secret) {}

    private final List<Client> clients;

    TokenClients(@Value("${TOKEN_CLIENTS:}") String commaSeparated) {
        clients = Arrays.stream(commaSeparated.split(",")).map(String::strip).filter(client -> !client.isEmpty())
                .map(TokenClients::client).toList();
    }

    private static Client client(String idAndSecret) {
        int colon = idAndSecret.indexOf(':');
        if (colon < 1 || colon == idAndSecret.length() - 1) {
            throw new CannotStartException("TOKEN_CLIENTS is not a list of clients with their secrets.",
                    "Write it as id:secret,id2:secret2 and start again.");
        }
        return new Client(idAndSecret.substring(0, colon), bytes(idAndSecret.substring(colon + 1)));
    }

    /** Each client's counter exists from the start. */
    @Override
    public void bindTo(MeterRegistry meters) {
        clients.forEach(client -> meters.counter(COUNTER, "client", client.id()));
    }

    /** Only such a name becomes the label of a metric. */
    boolean hasId(String id) {
        return clients.stream().anyMatch(client -> client.id().equals(id));
    }

    boolean isEmpty() {
        return clients.isEmpty();
    }

    /** Compares all of them, so that the time reveals nothing. */
    boolean know(String id, String secret) {
        boolean known = false;
        for (Client client : clients) {
            known |= MessageDigest.isEqual(bytes(client.id()), bytes(id))
                    & MessageDigest.isEqual(client.secret(), bytes(secret));
        }
        return known;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
