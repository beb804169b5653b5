# docker build -t ory-salesforce-sync .
# docker run -p 8080:8080 -v sync-data:/app/data --env-file sync.env --stop-timeout 40 ory-salesforce-sync

FROM maven:3.9-eclipse-temurin-17 AS build
WORKDIR /build
COPY .mvn .mvn
COPY pom.xml ./
# Builds an empty jar to download the dependencies: this layer is rebuilt only if pom.xml changes.
RUN mvn -B -ntp -DskipTests package
COPY src/main src/main
COPY mappings/examples/event mappings/examples/event
RUN mvn -B -ntp -DskipTests package

FROM eclipse-temurin:25-jre AS extract
WORKDIR /extract
COPY --from=build /build/target/ory-salesforce-sync.jar ./
RUN java -Djarmode=tools -jar ory-salesforce-sync.jar extract --layers --destination layers && mkdir data

# Java 25, because every webhook is a virtual thread that waits for the disk: before Java 24, a thread that waits inside
# "synchronized" blocks a core (JEP 491), and Java 25 is the first long-term release without this limit.
FROM eclipse-temurin:25-jre AS train
WORKDIR /app
COPY --from=extract /extract/layers/dependencies/ ./
COPY --from=extract /extract/layers/snapshot-dependencies/ ./
COPY --from=extract /extract/layers/application/ ./
COPY routes routes
COPY mappings mappings
COPY application.yaml ./
# Starts once, without Salesforce, and writes a cache of the classes that a start loads and links (JEP 514). Java uses it
# only with the same Java, garbage collector, jars and times of their files; otherwise the app starts slower, without it.
# "kill" ends this training run while the image is built.
# hadolint ignore=DL3001
RUN export SYNC_DATA_DIR=train SERVER_PORT=0 MANAGEMENT_SERVER_PORT=0 SYNC_DOCTOR_AT_START=false \
        ORY_WEBHOOK_SECRET=train-webhook-secret SALESFORCE_LOGIN_URL=http://127.0.0.1:1 \
        SALESFORCE_CLIENT_ID=train SALESFORCE_CLIENT_SECRET=train; \
    java -XX:+UseG1GC -XX:AOTCacheOutput=app.aot -jar ory-salesforce-sync.jar >train.log 2>&1 & app=$!; \
    until grep -q 'Started OrySalesforceSync' train.log; do kill -0 $app || { cat train.log; exit 1; }; sleep 1; done; \
    kill -TERM $app; wait $app; test -s app.aot

FROM eclipse-temurin:25-jre AS run
WORKDIR /app
# Layers that change rarely come first.
COPY --from=extract /extract/layers/dependencies/ ./
COPY --from=extract /extract/layers/snapshot-dependencies/ ./
COPY --from=extract /extract/layers/application/ ./
COPY --from=train /app/app.aot ./
# Plain files: mount your own over any of them. Changed routes and mappings are reloaded within seconds.
COPY routes routes
COPY mappings mappings
COPY application.yaml ./
# The journal and the ledger, with all events that were answered 2xx: use a volume that outlives the container.
COPY --from=extract --chown=10001:10001 /extract/data data
VOLUME ["/app/data"]

# Numeric, so that Kubernetes can verify that it is not root (runAsNonRoot).
USER 10001:10001

# 8080: webhooks, gateway, token, operator API. 9876: health and metrics, on the container's own loopback only;
# MANAGEMENT_SERVER_ADDRESS=0.0.0.0 opens it to probes and to Prometheus. Do not publish it to the internet.
EXPOSE 8080 9876

# The image has no curl, but it has bash. DEGRADED (Salesforce is down, say) is healthy: events are still accepted.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/${MANAGEMENT_SERVER_PORT:-9876} \
        && printf 'GET /observe/health HTTP/1.0\\r\\n\\r\\n' >&3 && read -r _ code _ <&3 && [[ $code == 200 ]]"]

# Java is process 1 and gets SIGTERM itself: it completes requests in progress, finishes or rolls back the batch, and ends
# within 30 s; Docker waits only 10 s by default (--stop-timeout 40). Heap: 60 % of the container's memory, because the
# broker and the HTTP clients need memory outside of it. If memory runs out, the process exits to be restarted; the journal
# has all events. The garbage collector is that of the training run: Java may reject a cache of another. For a small
# container Java would choose the serial one, which takes more memory here, and makes webhooks wait longer.
# Netty, which carries messages inside of the broker, allocates memory in pieces of 128 KB instead of 4 MB.
# More flags: JAVA_TOOL_OPTIONS. Arguments of "docker run" go to the app.
ENTRYPOINT ["java", "-XX:+UseG1GC", "-XX:AOTCache=app.aot", "-XX:MaxRAMPercentage=60", "-XX:+ExitOnOutOfMemoryError", \
    "-Dio.netty.allocator.maxOrder=4", "-jar", "ory-salesforce-sync.jar"]
