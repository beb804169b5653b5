package dev.orysalesforce.command;

import java.util.List;

/** A command that {@code java -jar ory-salesforce-sync.jar NAME …} runs instead of serving. */
public interface Command {

    /** The name on the command line. */
    String name();

    /**
     * @param arguments the words after the name, options of Spring Boot not included
     * @return the exit code: 0 is good, 1 means findings, 2 means wrong usage
     */
    int run(List<String> arguments);
}
