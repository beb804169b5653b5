package dev.orysalesforce.command;

import java.io.PrintStream;

/** What a command found; its JSON is for programs. */
interface Report {

    /** For people. */
    void print(PrintStream out);

    /** 0 is good, 1 means findings. */
    int exitCode();
}
