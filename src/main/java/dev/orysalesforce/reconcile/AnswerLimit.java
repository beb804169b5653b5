package dev.orysalesforce.reconcile;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.ExecRuntime;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** Ends an answer that is larger, or takes longer, than a page of identities ever does; unpacked, if it was packed. */
final class AnswerLimit implements ExecChainHandler {

    private final long bytes;
    private final Duration time;

    AnswerLimit(long bytes, Duration time) {
        this.bytes = bytes;
        this.time = time;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        long end = System.nanoTime() + time.toNanos();
        ClassicHttpResponse response = chain.proceed(request, scope);
        response.removeHeaders(HttpHeaders.CONTENT_ENCODING); // it is unpacked here, and Camel would do so once more
        if (response.getEntity() != null) {
            response.setEntity(new Limited(response.getEntity(), end, scope.execRuntime));
        }
        return response;
    }

    private final class Limited extends HttpEntityWrapper {

        private final long end;
        private final ExecRuntime connection;

        Limited(HttpEntity entity, long end, ExecRuntime connection) {
            super(entity);
            this.end = end;
            this.connection = connection;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new FilterInputStream(super.getContent()) {

                private long left = bytes;

                @Override
                public int read() throws IOException {
                    int read = super.read();
                    count(read < 0 ? 0 : 1);
                    return read;
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    int read = super.read(buffer, offset, length);
                    count(Math.max(0, read));
                    return read;
                }

                private void count(int read) {
                    left -= read;
                    if (left < 0) {
                        connection.discardEndpoint(); // or closing the stream would read on to the end
                        throw new RunFailedException("Ory's Admin API answered with more than " + (bytes >> 20)
                                + " MB. Check that ORY_ADMIN_URL leads to it; traits have to be small.");
                    }
                    if (System.nanoTime() - end > 0) {
                        connection.discardEndpoint();
                        throw new RetryLaterException("Ory's Admin API did not end its answer within " + time.toSeconds()
                                + " s; the run goes on when it does.", null);
                    }
                }
            };
        }
    }
}
