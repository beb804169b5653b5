package dev.orysalesforce.journal;

/** Reads attributes and invokes operations of one of the broker's queues. */
interface BrokerManagement {

    /** @return the value of an attribute of {@code QueueControl} */
    Object attribute(String queue, String name) throws Exception;

    /** @return the result of an operation of {@code QueueControl} */
    Object invoke(String queue, String operation, Object... parameters) throws Exception;
}
