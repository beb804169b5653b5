package dev.orysalesforce.journal;

/** Asks the broker about one of its queues. */
interface BrokerManagement {

    /** @return the value of an attribute of {@code QueueControl} */
    Object attribute(String queue, String name) throws Exception;

    /** @return what an operation of {@code QueueControl} answers */
    Object invoke(String queue, String operation, Object... parameters) throws Exception;
}
