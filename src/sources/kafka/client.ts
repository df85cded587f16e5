import { readFileSync } from 'node:fs';
import type { ConnectionOptions } from 'node:tls';
import kafkajs, { type Kafka as KafkaClient, type logCreator, type SASLOptions } from 'kafkajs';
import type { KafkaSourceConfig } from '../../../schemas/config/source.ts';
import type { Logger } from '../../logger.ts';
import { registerCodecs } from './codecs.ts';
import { installRecordBatches } from './record-batches.ts';

const { Kafka, logLevel } = kafkajs;

export type KafkaLogger = Pick<Logger, 'info' | 'warn' | 'error' | 'debug'>;

/** The one place where a client is made; another client library would replace this folder only. */
export function kafkaClient(config: KafkaSourceConfig, logger: KafkaLogger): KafkaClient {
  registerCodecs();
  installRecordBatches();
  silenceNegativeTimeouts();
  const ssl = tlsOf(config);
  const sasl = saslOf(config);
  return new Kafka({
    clientId: config.clientId,
    brokers: [...config.brokers],
    connectionTimeout: 10_000,
    // Start-up and outages are waited for by the source, which says so; here only short hiccups are.
    retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 5_000 },
    ...(ssl && { ssl }),
    ...(sasl && { sasl }),
    logLevel: logLevel.WARN,
    logCreator: logTo(logger),
  });
}

const silenceMs = 60_000;
const mostTexts = 100;
/** The reader and the sinks say these themselves, with what to do. */
const saidElsewhere = /^(?:Crash: |Restarting the consumer )/;
/** A broker says this of its first group and after its start; it is asked again, and told of when that does not help. */
const soonPast =
  /^(?:The group coordinator is not available|The coordinator is loading|This is not the correct coordinator)/;

/** The client tells every attempt of every retry: once a minute is enough for one text. */
function logTo(logger: KafkaLogger): logCreator {
  const toldMs = new Map<string, number>();
  return () =>
    ({ level, log }) => {
      const text = String(log['error'] ?? log.message).split('\n', 1)[0] ?? '';
      const nowMs = performance.now();
      const isNew = nowMs - (toldMs.get(text) ?? Number.NEGATIVE_INFINITY) >= silenceMs;
      if (level > logLevel.ERROR || !isNew || saidElsewhere.test(log.message) || soonPast.test(text)) {
        logger.debug(`kafka: ${text}`);
        return;
      }
      if (toldMs.size >= mostTexts) toldMs.clear();
      toldMs.set(text, nowMs);
      logger.warn(`kafka: ${text}`);
    };
}

function tlsOf({ tls }: KafkaSourceConfig): ConnectionOptions | undefined {
  if (!tls.enabled) return undefined;
  return {
    ...(tls.caFile !== undefined && { ca: [readPem(tls.caFile, 'source.kafka.tls.caFile')] }),
    ...(tls.certFile !== undefined && { cert: readPem(tls.certFile, 'source.kafka.tls.certFile') }),
    ...(tls.keyFile !== undefined && { key: readPem(tls.keyFile, 'source.kafka.tls.keyFile') }),
    ...(tls.serverName !== undefined && { servername: tls.serverName }),
  };
}

function readPem(path: string, option: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(
      `${option}: ${path} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
      { cause: error },
    );
  }
}

function saslOf({ sasl }: KafkaSourceConfig): SASLOptions | undefined {
  switch (sasl.mechanism) {
    case 'none':
      return undefined;
    case 'oauthbearer': {
      const { tokenFile } = sasl;
      if (tokenFile === undefined) throw new Error('source.kafka.sasl.tokenFile is needed for oauthbearer');
      return {
        mechanism: 'oauthbearer',
        oauthBearerProvider: async () => ({
          value: readPem(tokenFile, 'source.kafka.sasl.tokenFile').trim(),
        }),
      };
    }
    default: {
      if (sasl.username === undefined || sasl.password === undefined) {
        throw new Error(
          `source.kafka.sasl.username and password (or passwordFile) are needed for ${sasl.mechanism}`,
        );
      }
      return { mechanism: sasl.mechanism, username: sasl.username, password: sasl.password } as SASLOptions;
    }
  }
}

let silenced = false;

/** The client's request queue asks for timeouts in the past, which Node warns of since version 23: exactly that warning is noise. */
function silenceNegativeTimeouts(): void {
  if (silenced) return;
  silenced = true;
  const emit = process.emitWarning.bind(process) as (...all: unknown[]) => void;
  process.emitWarning = ((warning: string | Error, ...rest: unknown[]) => {
    const type = typeof rest[0] === 'string' ? rest[0] : (rest[0] as { type?: string } | undefined)?.type;
    if (
      type === 'TimeoutNegativeWarning' ||
      (warning instanceof Error && warning.name === 'TimeoutNegativeWarning')
    )
      return;
    emit(warning, ...rest);
  }) as typeof process.emitWarning;
}

/** One line: what is wrong, where, and what to do. */
export function kafkaProblem(
  error: unknown,
  config: KafkaSourceConfig,
): { readonly text: string; readonly passing: boolean } {
  const where = config.brokers.join(', ');
  const name = error instanceof Error ? error.name : '';
  const message = error instanceof Error ? messageChain(error) : String(error);
  const type = (error as { type?: string } | null)?.type ?? '';
  if (name.includes('SASLAuthentication') || message.includes('SASL') || message.includes('credentials')) {
    return {
      text: `kafka at ${where}: login refused (${config.sasl.mechanism}); check source.kafka.sasl`,
      passing: false,
    };
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return {
      text: `kafka at ${where}: a topic of ${config.topics.join(', ')} has gone; waiting for it`,
      passing: true,
    };
  }
  if (type === 'TOPIC_AUTHORIZATION_FAILED' || type === 'GROUP_AUTHORIZATION_FAILED') {
    return {
      text: `kafka at ${where}: no right to read ${config.topics.join(', ')} as group ${config.groupId}; grant Read on both`,
      passing: false,
    };
  }
  if (
    message.includes('certificate') ||
    message.includes('self-signed') ||
    message.includes('SSL') ||
    message.includes('altnames')
  ) {
    return { text: `kafka at ${where}: TLS failed (${message}); check source.kafka.tls`, passing: false };
  }
  if (name.includes('NotImplemented')) {
    return {
      text: `kafka at ${where}: ${message}; records of this codec cannot be read, nothing was skipped`,
      passing: false,
    };
  }
  const cutOff = message.includes('Closed connection') || message.includes('socket disconnected');
  // The client hides why a token was refused; its file may be renewed at any moment, so that it is waited for.
  const isTokenRefused =
    message.includes('No brokers in the broker pool') && config.sasl.mechanism === 'oauthbearer';
  const hint = isTokenRefused
    ? '; the token of source.kafka.sasl.tokenFile may have expired'
    : cutOff
      ? '; if it stays so, check source.kafka.tls and source.kafka.sasl'
      : '';
  return { text: `kafka at ${where}: ${message}${hint}`, passing: true };
}

function messageChain(error: Error): string {
  const cause = (error as { cause?: unknown }).cause;
  const own = error.message.split('\n', 1)[0] ?? '';
  return cause instanceof Error && cause.message !== '' && !own.includes(cause.message)
    ? `${own}: ${cause.message}`
    : own;
}
