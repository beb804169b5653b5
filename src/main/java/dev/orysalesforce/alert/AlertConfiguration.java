package dev.orysalesforce.alert;

import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/**
 * A thread for each target, made when an alert is sent and ended some time after: a target that does not answer delays
 * no other one, and no more than a few alerts wait for it.
 */
@Configuration
class AlertConfiguration {

    private static final int MOST_WAITING = 20;
    private static final Duration IDLE = Duration.ofSeconds(30);

    @Bean(destroyMethod = "shutdownNow", defaultCandidate = false)
    ExecutorService alertsToSlack() {
        return oneThread("slack");
    }

    @Bean(destroyMethod = "shutdownNow", defaultCandidate = false)
    ExecutorService alertsToWebhook() {
        return oneThread("webhook");
    }

    @Bean(destroyMethod = "shutdownNow", defaultCandidate = false)
    ExecutorService alertsToMail() {
        return oneThread("mail");
    }

    private static ExecutorService oneThread(String target) {
        ThreadPoolExecutor thread = new ThreadPoolExecutor(1, 1, IDLE.toSeconds(), TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(MOST_WAITING), new CustomizableThreadFactory("alerts-" + target + "-"));
        thread.allowCoreThreadTimeOut(true);
        return thread;
    }
}
