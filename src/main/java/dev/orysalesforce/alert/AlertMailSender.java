package dev.orysalesforce.alert;

import java.net.URI;
import java.util.Properties;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** The mail server and the login there. Made when the first mail is sent: a start without one loads nothing for mail. */
@Lazy
@Component("alertMailSender")
class AlertMailSender extends DefaultJavaMailSender {

    private static final String TIMEOUT = "10000";

    AlertMailSender(AlertSettings settings) {
        AlertSettings.Mail mail = settings.mail();
        URI server = URI.create(mail.server());
        String protocol = server.getScheme();
        Properties properties = new Properties();
        properties.setProperty("mail.transport.protocol", protocol);
        String prefix = "mail." + protocol + ".";
        for (String limit : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
            properties.setProperty(prefix + limit, TIMEOUT);
        }
        properties.setProperty(prefix + "auth", String.valueOf(mail.username() != null));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        properties.setProperty(prefix + "starttls.enable", "true");
        properties.setProperty(prefix + "starttls.required", String.valueOf(mail.tls() && protocol.equals("smtp")));
        setJavaMailProperties(properties);
        setHost(server.getHost());
        setPort(server.getPort());
        setProtocol(protocol);
        setUsername(mail.username());
        setPassword(mail.password());
    }
}
