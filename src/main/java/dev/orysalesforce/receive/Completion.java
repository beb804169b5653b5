package dev.orysalesforce.receive;

import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;

/** Runs an action when a request has been answered. Camel answers on a thread of its own, after the filters have returned. */
public record Completion(Runnable action) implements AsyncListener {

    /** Called after the rest of the filter chain has returned. */
    public static void of(HttpServletRequest request, Runnable action) {
        if (request.isAsyncStarted()) {
            request.getAsyncContext().addListener(new Completion(action));
        } else {
            action.run();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        action.run();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        // it completes next
    }

    @Override
    public void onError(AsyncEvent event) {
        // it completes next
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        event.getAsyncContext().addListener(this);
    }
}
