# The service alone: no compiler, no package manager's cache, no embedded database (clickhouse.url names a
# server), not root, and nothing written outside the state volume.
FROM node:26.10.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The image has its own Node, and the embedded ClickHouse is half a gigabyte. Optional dependencies as such
# stay: the native parts of lmdb, snappy and lz4 are among them.
RUN npm ci --omit=dev --no-audit --no-fund \
  && rm -rf node_modules/chdb node_modules/@chdb node_modules/node node_modules/node-bin-* node_modules/.bin/node

FROM node:26.10.0-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY schemas ./schemas
COPY detectors ./detectors
COPY src ./src
COPY deploy/container ./deploy/container
RUN install -d -o 10001 -g 10001 -m 0700 /var/lib/bearerwatch
USER 10001:10001
ENV BEARERWATCH_STATE_DIR=/var/lib/bearerwatch
VOLUME /var/lib/bearerwatch
EXPOSE 9711
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "deploy/container/health.mjs"]
# Signals reach the service itself: no shell and no npm between.
ENTRYPOINT ["node", "src/cli/bearerwatch.ts"]
CMD ["run", "--config", "/etc/bearerwatch/bearerwatch.yaml"]
