package dev.orysalesforce.command;

import java.util.List;

/** What {@code java -jar ory-salesforce-sync.jar NAME …} does instead of serving. */
public interface Command {

    /** As it is typed. */
    String name();

    /**
     * @param arguments what follows the name, options of Spring Boot not included
     * @return the exit code: 0 is good, 1 found something wrong, 2 was called the wrong way
     */
    int run(List<String> arguments);
}
