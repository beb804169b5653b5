package dev.orysalesforce.sync;

/** Where a failure comes from. Its message stays out of logs and answers, for it may quote a trait. */
public final class FailurePlace {

    private FailurePlace() { }

    /** The JVM leaves the stack trace out of exceptions that are thrown very often. */
    public static String of(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return stack.length == 0 ? "an unknown place (" + failure.getClass().getName() + ")" : stack[0].toString();
    }
}
