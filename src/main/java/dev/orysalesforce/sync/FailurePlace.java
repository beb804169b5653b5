package dev.orysalesforce.sync;

/** The class and line that threw a failure. Its message may quote a trait, so it appears in no log and no answer. */
public final class FailurePlace {

    private FailurePlace() {}

    /** The JVM omits the stack trace of exceptions that are thrown very often. */
    public static String of(Throwable failure) {
        StackTraceElement[] stack = failure.getStackTrace();
        return stack.length == 0 ? "an unknown place (" + failure.getClass().getName() + ")" : stack[0].toString();
    }
}
