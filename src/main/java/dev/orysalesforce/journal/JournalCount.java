package dev.orysalesforce.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.activemq.artemis.api.core.Message;
import org.apache.activemq.artemis.api.core.SimpleString;
import org.apache.activemq.artemis.core.io.IOCallback;
import org.apache.activemq.artemis.core.postoffice.RoutingStatus;
import org.apache.activemq.artemis.core.server.ActiveMQServer;
import org.apache.activemq.artemis.core.server.MessageReference;
import org.apache.activemq.artemis.core.server.ServerConsumer;
import org.apache.activemq.artemis.core.server.ServerSession;
import org.apache.activemq.artemis.core.server.impl.AckReason;
import org.apache.activemq.artemis.core.server.plugin.ActiveMQServerMessagePlugin;
import org.apache.activemq.artemis.core.transaction.Transaction;
import org.apache.activemq.artemis.core.transaction.TransactionOperationAbstract;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Counts the events of the embedded journal in a file outside of it. The broker reports each event that it stores or removes,
 * including those that an operator moves in Hawtio. Artemis itself skips records that it can't read at start. The file
 * survives a kill, because the operating system keeps the mapped page. A kill at any moment leaves the number right or too
 * low, so a loss may be missed, but never invented. After a crash of the machine, the number may be an older one.
 */
@Component
public class JournalCount implements ActiveMQServerMessagePlugin {

    private static final Logger LOG = LoggerFactory.getLogger(JournalCount.class);
    private static final SimpleString JOURNAL = SimpleString.of(Queues.JOURNAL);
    private static final int WAITING = 0;
    private static final int LOST = Long.BYTES;
    private static final int LOST_AT = 2 * Long.BYTES;
    private static final int SIZE = 3 * Long.BYTES;

    private final AtomicLong moved = new AtomicLong();
    private ActiveMQServer broker;
    private MappedByteBuffer file;

    /**
     * @param lost how many events, 0 or more
     * @param at when the app noticed it, in ms since 1970
     */
    record Loss(long lost, long at) {}

    @Override
    public void registered(ActiveMQServer broker) {
        this.broker = broker;
    }

    /**
     * Begins to count.
     *
     * @return the number that the file held, or 0
     * @throws IOException if the file can't be written; then nothing is counted
     */
    synchronized long open(Path path, long waiting) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
            if (channel.size() < SIZE) { // written, because a mapped page without space on the disk ends the process
                channel.write(ByteBuffer.allocate(SIZE), 0);
            }
            file = channel.map(MapMode.READ_WRITE, 0, SIZE);
        }
        long before = waiting();
        file.putLong(WAITING, waiting);
        return before;
    }

    /** How many events the journal holds: waiting, scheduled and in flight; 0 while nothing is counted. */
    public synchronized long waiting() {
        return file == null ? 0 : Math.max(0, file.getLong(WAITING));
    }

    synchronized Loss loss() {
        return file == null ? new Loss(0, 0) : new Loss(file.getLong(LOST), file.getLong(LOST_AT));
    }

    synchronized void remember(Loss loss) {
        if (file != null) {
            file.putLong(LOST, loss.lost());
            file.putLong(LOST_AT, loss.at());
        }
    }

    /** The sum is below 0 for the moment between the end of an event and the broker's late word that it has come. */
    private synchronized void add(int events) {
        if (file != null) {
            file.putLong(WAITING, file.getLong(WAITING) + events);
        }
    }

    @Override
    public void afterSend(ServerSession session, Transaction transaction, Message message, boolean direct,
            boolean noAutoCreateQueue, RoutingStatus result) {
        if (result == RoutingStatus.OK && JOURNAL.equals(message.getAddressSimpleString())) {
            after(transaction, () -> add(1));
        }
    }

    /** How many messages an operator has moved into the journal since the start, by Hawtio or another console of the broker. */
    public long moved() {
        return moved.get();
    }

    /** Whether there is a broker in this process. Of an external one nothing is counted here. */
    public boolean isEmbedded() {
        return broker != null;
    }

    /** The broker calls it after it has committed the move, except where the move is a part of a larger transaction. */
    @Override
    public void messageMoved(Transaction transaction, MessageReference reference, AckReason reason, SimpleString address,
            Long queue, ServerConsumer consumer, Message message, RoutingStatus result) {
        if (result == RoutingStatus.OK && JOURNAL.equals(address)) {
            String letter = message.getStringProperty("deadLetterId");
            after(transaction.getState() == Transaction.State.COMMITTED ? null : transaction, () -> {
                add(1);
                moved.incrementAndGet();
                LOG.info("Dead letter {} was moved into the journal by the broker's own means", letter);
            });
        }
    }

    /** @param transaction null if it is over, or if there was none */
    private void after(Transaction transaction, Runnable counted) {
        if (transaction != null) {
            transaction.addOperation(TransactionOperationAbstract.afterCommit(counted));
        } else {
            broker.getStorageManager().afterCompleteOperations(new IOCallback() {
                @Override
                public void done() {
                    counted.run();
                }

                @Override
                public void onError(int code, String message) {
                    // it is not in the journal
                }
            });
        }
    }

    @Override
    public void messageAcknowledged(Transaction transaction, MessageReference reference, AckReason reason,
            ServerConsumer consumer) {
        if (!JOURNAL.equals(reference.getQueue().getName())) {
            return;
        }
        if (transaction == null) {
            add(-1);
            return;
        }
        transaction.addOperation(new TransactionOperationAbstract() {

            private boolean isCounted;

            @Override
            public void beforeCommit(Transaction committing) {
                add(-1);
                isCounted = true;
            }

            @Override
            public void afterRollback(Transaction rolledBack) {
                if (isCounted) {
                    add(1);
                }
            }
        });
    }
}
