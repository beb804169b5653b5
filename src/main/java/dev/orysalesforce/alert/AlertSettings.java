package dev.orysalesforce.alert;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.scheduling.support.CronExpression;
import org.springframework.util.StringUtils;

/**
 * The settings below {@code alerts} in application.yaml. Without a target, no alert is looked for.
 *
 * @param slack a Slack-compatible webhook
 * @param webhook a webhook of any other program
 * @param mail a mailbox
 * @param consoleUrl where people reach the console; alerts link to it. Without it they have no link
 * @param interval how often the app looks whether there is something to alert of; above 0
 * @param minInterval the least time between two alerts of one kind; above 0. What happens in between is counted in the next
 * @param pausedFor delivery has to be paused for so long before there is an alert
 * @param inSyncThreshold an alert is sent if a smaller share of Ory's identities is in sync after a comparison, 0 to 1
 * @param apiShareThreshold an alert is sent if the app has made more than this share of the calls that it may make in 24 hours, above
 *     0 to 1
 * @param setUpInterval how often the doctor checks the set-up for alerts, in three API calls; 0: only at the start
 * @param digest when the weekly digest is sent: second, minute, hour, day, month, day of week, in UTC; 0: never
 * @param backOff pause before an alert that a target does not take is sent again; the second is three times, the third nine times
 *     as long, up to 20 s, then it is dropped. Above 0; in ms, without a unit
 */
@ConfigurationProperties("alerts")
record AlertSettings(
        @DefaultValue Slack slack,
        @DefaultValue Webhook webhook,
        @DefaultValue Mail mail,
        String consoleUrl,
        @DefaultValue("30s") Duration interval,
        @DefaultValue("1h") Duration minInterval,
        @DefaultValue("5m") Duration pausedFor,
        @DefaultValue("0.95") double inSyncThreshold,
        @DefaultValue("0.8") double apiShareThreshold,
        @DefaultValue("6h") Duration setUpInterval,
        @DefaultValue("0 0 8 * * MON") String digest,
        @DefaultValue("2000") Duration backOff) {

    private static final String OFF = "0";

    AlertSettings {
        consoleUrl = address("CONSOLE_URL", consoleUrl);
        consoleUrl = consoleUrl == null ? null : consoleUrl.replaceFirst("/+(console/*)?$", "");
        check(interval.toMillis() > 0, "alerts.interval has to be above 0");
        check(minInterval.toMillis() > 0, "alerts.min-interval has to be above 0");
        check(!pausedFor.isNegative(), "alerts.paused-for is negative");
        check(inSyncThreshold >= 0 && inSyncThreshold <= 1, "alerts.in-sync-threshold has to be 0 to 1");
        check(apiShareThreshold > 0 && apiShareThreshold <= 1, "alerts.api-share-threshold has to be above 0 and at most 1");
        check(!setUpInterval.isNegative(), "alerts.set-up-interval is negative");
        check(digest.strip().equals(OFF) || CronExpression.isValidExpression(digest),
                "alerts.digest has to be six fields, such as 0 0 8 * * MON, or 0");
        check(backOff.toMillis() > 0, "alerts.back-off has to be above 0");
    }

    /** When digests are due; null if there are none. */
    CronExpression digestSchedule() {
        return digest.strip().equals(OFF) ? null : CronExpression.parse(digest);
    }

    /** @param url an incoming webhook of Slack, or of a program that takes the same; it is a secret */
    record Slack(String url) {

        Slack {
            url = address("ALERTS_SLACK_URL", url);
        }
    }

    /**
     * @param url where alerts are posted as JSON
     * @param secret the key of the signature, 16 characters or more; required with alerts.webhook.url
     */
    record Webhook(String url, String secret) {

        Webhook {
            url = address("ALERTS_WEBHOOK_URL", url);
            secret = StringUtils.hasText(secret) ? secret.strip() : null;
            check(url == null || secret != null, "ALERTS_WEBHOOK_URL is set, but not ALERTS_WEBHOOK_SECRET, which signs the alerts;"
                    + " a new one: openssl rand -hex 32");
        }
    }

    /**
     * @param server the mail server: smtp://host:port, or smtps://host:port for TLS from the start
     * @param tls whether mail is only sent over an encrypted connection: smtps, or STARTTLS
     * @param username the login at the mail server; without it there is none
     * @param password the password of the login at the mail server
     * @param from the sender's address of alerts
     * @param to who gets the alerts: addresses, comma-separated
     */
    record Mail(String server, @DefaultValue("true") boolean tls, String username, String password, String from,
            @DefaultValue List<String> to) {

        Mail {
            server = StringUtils.hasText(server) ? StringUtils.trimTrailingCharacter(server.strip(), '/') : null;
            username = StringUtils.hasText(username) ? username.strip() : null;
            from = StringUtils.hasText(from) ? from.strip() : null;
            to = to.stream().map(String::strip).filter(StringUtils::hasText).toList();
            check(server == null || server.matches("smtps?://[^/?#\\s@:]+(:[0-9]{1,5})?"),
                    "ALERTS_MAIL_SERVER has to look like smtp://mail.example.com:587 or smtps://mail.example.com:465");
            check(server == null || from != null && !to.isEmpty(),
                    "ALERTS_MAIL_SERVER is set, but not both ALERTS_MAIL_FROM and ALERTS_MAIL_TO");
        }
    }

    private static String address(String variable, String url) {
        if (!StringUtils.hasText(url)) {
            return null;
        }
        String address = url.strip();
        check(address.matches("https?://[^/?#\\s@]+(/\\S*)?") && URI.create(address).getHost() != null,
                variable + " has to be a URL with http or https");
        return address;
    }

    private static void check(boolean fine, String otherwise) {
        if (!fine) {
            throw new IllegalArgumentException(otherwise);
        }
    }
}
