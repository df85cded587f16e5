import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type Alert, alertStates, families } from '../../schemas/alert.ts';
import type { ServerConfig } from '../../schemas/config/server.ts';
import { type AlertStore, AmbiguousAlertId } from '../alerting/alert-store.ts';
import { readSecret } from '../sinks/secret.ts';
import { isLocalName, isLoopback, tokenCheck } from './access.ts';
import type { Metrics } from './metrics.ts';
import { openMetricsType, prefersOpenMetrics, prometheusType } from './open-metrics.ts';
import { alertPage, incidentsPage, messagePage, styleSheet } from './pages.ts';

export interface DetectorCoverage {
  readonly detector: string;
  /** Share of recent events that carry what the detector needs, 0 to 1. */
  readonly ratio: number;
}

export interface ServerParts {
  readonly metrics: Pick<Metrics, 'text'>;
  readonly alerts: AlertStore;
  readonly version: string;
  /** The events are those of the built-in simulation. */
  readonly simulated: boolean;
  /** What is wrong now, a line each; empty: healthy. */
  problems(): readonly string[];
  /** What is not yet in place, a line each; empty: ready. */
  notReady(): readonly string[];
  coverage(): readonly DetectorCoverage[];
  /** Called before the metrics are read, to bring gauges up to date. */
  refresh(): void;
  /** Routes of the source; they check their own token. */
  readonly routes?: ((app: FastifyInstance) => void) | undefined;
  /** Failures of our own, for the log. */
  onError(error: unknown): void;
}

export interface RunningServer {
  /** Where people and scrapers reach it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts listening; throws one clear line when it cannot, or when it would be open to others without a token. */
export async function startServer(config: ServerConfig, parts: ServerParts): Promise<RunningServer> {
  const app = buildServer(config, parts);
  try {
    await app.listen({ host: config.host, port: config.port });
  } catch (error) {
    await app.close();
    throw new Error(listenProblem(error, config), { cause: error });
  }
  const address = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : config.port;
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return { url: `http://${host}:${port}`, close: () => app.close() };
}

function listenProblem(error: unknown, { host, port }: ServerConfig): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'EADDRINUSE') {
    return `server: port ${port} on ${host} is taken; choose another server.port or stop the program that has it`;
  }
  if (code === 'EACCES') return `server: no right to listen on port ${port}; choose a server.port above 1023`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return `server: ${host} is not an address of this machine; check server.host`;
  }
  return `server: cannot listen on ${host}:${port} (${(error as Error).message})`;
}

/** The server without a socket, for tests. */
export function buildServer(config: ServerConfig, parts: ServerParts): FastifyInstance {
  const token = readSecret(config.token, config.tokenFile, 'server.tokenFile');
  const loopback = isLoopback(config.host);
  if (token === undefined && !loopback) {
    throw new Error(
      `server: ${config.host} can be reached by others; set server.tokenFile or listen on 127.0.0.1`,
    );
  }
  if (token !== undefined && token.length < 16) {
    throw new Error('server: the access token is shorter than 16 characters; use a longer random one');
  }
  const allows = token === undefined ? undefined : tokenCheck(token);
  const app = fastify({
    logger: false,
    bodyLimit: 1024,
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 256 },
  });
  const context = () => ({ simulated: parts.simulated, problems: parts.problems() });
  const isAuthorized = (request: FastifyRequest) => allows?.(request.headers.authorization) ?? true;

  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders);
    if (loopback && allows === undefined && !isLocalName(request.headers.host)) {
      return reply.code(403).send({ error: 'use localhost or 127.0.0.1 in the address' });
    }
    const path = request.url.split('?', 1)[0];
    const open =
      (path === '/ingest' && parts.routes !== undefined) ||
      path === '/healthz' ||
      path === '/readyz' ||
      (path === '/metrics' && config.openMetrics);
    if (open || isAuthorized(request)) return undefined;
    reply.header('www-authenticate', 'Basic realm="Bearerwatch", charset="UTF-8"');
    return reply.code(401).send({ error: 'the access token is missing or wrong (Authorization: Bearer …)' });
  });
  parts.routes?.(app);
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'no such page' }));
  app.setErrorHandler((error, _, reply) => {
    const status = (error as { statusCode?: number }).statusCode ?? 500;
    if (status < 500) return reply.code(status).send({ error: (error as Error).message });
    parts.onError(error);
    return reply.code(503).send({ error: 'alerts cannot be read now; /healthz says why' });
  });

  app.get('/metrics', async (request, reply) => {
    parts.refresh();
    const open = prefersOpenMetrics(request.headers.accept);
    reply.header('content-type', open ? openMetricsType : prometheusType).header('vary', 'accept');
    return await parts.metrics.text(open ? 'openmetrics' : 'prometheus');
  });
  // Probes need no token, but reasons name hosts and files: those are for the authorized.
  const state = (
    request: FastifyRequest,
    reply: FastifyReply,
    good: string,
    bad: string,
    reasons: readonly string[],
  ) => {
    reply.code(reasons.length === 0 ? 200 : 503);
    const status = reasons.length === 0 ? good : bad;
    return isAuthorized(request) ? { status, reasons, version: parts.version } : { status };
  };
  app.get('/healthz', async (request, reply) =>
    state(request, reply, 'healthy', 'unhealthy', parts.problems()),
  );
  app.get('/readyz', async (request, reply) => state(request, reply, 'ready', 'not ready', parts.notReady()));

  app.get('/api/v1/alerts', async (request, reply) => {
    const filter = alertFilter.safeParse(request.query);
    if (!filter.success) return reply.code(400).send({ error: queryProblem(filter.error) });
    const { state, family, limit, since } = filter.data;
    return { alerts: await parts.alerts.listAlerts({ state, family, limit, sinceMs: since }) };
  });
  app.get<{ Params: { id: string } }>('/api/v1/alerts/:id', async (request, reply) => {
    const found = await find(request.params.id);
    if ('error' in found) return reply.code(found.status).send({ error: found.error });
    return found.alert;
  });
  app.get('/api/v1/coverage', async () => ({ coverage: parts.coverage() }));

  app.get('/style.css', (_, reply) => reply.type('text/css; charset=utf-8').send(styleSheet));
  app.get('/', async (_, reply) => {
    const alerts = await parts.alerts.listAlerts({ state: 'firing', limit: 200 });
    return reply.type('text/html; charset=utf-8').send(incidentsPage(alerts, context()));
  });
  app.get<{ Params: { id: string } }>('/alerts/:id', async (request, reply) => {
    reply.type('text/html; charset=utf-8');
    const found = await find(request.params.id);
    if ('error' in found) return reply.code(found.status).send(messagePage('Alert not shown', found.error));
    return reply.send(alertPage(found.alert, context()));
  });

  async function find(id: string): Promise<{ alert: Alert } | { status: 404 | 409; error: string }> {
    try {
      const alert = await parts.alerts.findAlert(id);
      return alert === undefined ? { status: 404, error: 'no alert has this id' } : { alert };
    } catch (error) {
      if (error instanceof AmbiguousAlertId) return { status: 409, error: error.message };
      throw error;
    }
  }

  return app;
}

const securityHeaders = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
};

/** `since` is a time in ISO 8601 or epoch milliseconds. */
const alertFilter = z.strictObject({
  state: z.enum(alertStates).optional(),
  family: z.enum(families).optional(),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
  since: z
    .string()
    .max(40)
    .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))
    .refine((ms) => Number.isFinite(ms), 'not a time: use ISO 8601 or epoch milliseconds')
    .optional(),
});

function queryProblem(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'query'}: ${message}`).join('; ');
}
