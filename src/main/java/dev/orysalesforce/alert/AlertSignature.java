package dev.orysalesforce.alert;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Signs an alert for the generic webhook: HMAC-SHA256 over the time, a dot, and the body as it is sent. With the time the
 * receiver can tell an old alert that was sent again by another.
 */
@Component("alertSignature")
public class AlertSignature {

    private static final String ALGORITHM = "HmacSHA256";

    private final AlertSettings settings;
    private final Clock clock;

    AlertSignature(AlertSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
    }

    /** @return {@code t=<seconds since 1970>,v1=<hexadecimal signature>} */
    public String sign(byte[] body) throws GeneralSecurityException {
        long time = clock.instant().getEpochSecond();
        Mac mac = Mac.getInstance(ALGORITHM);
        mac.init(new SecretKeySpec(settings.webhook().secret().getBytes(StandardCharsets.UTF_8), ALGORITHM));
        mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
        return "t=" + time + ",v1=" + HexFormat.of().formatHex(mac.doFinal(body));
    }
}
