import { isLoopback } from '../server/access.ts';
import { dotted, type Locate, type Problem } from './problems.ts';
import type { Config } from './schema.ts';

/** What no option shows by itself: one that needs another. */
export function relationProblems(config: Config, locate: Locate): readonly Problem[] {
  const problems: Problem[] = [];
  const say = (path: readonly PropertyKey[], text: string) =>
    problems.push({ where: locate(path, 'value'), path: dotted(path), text });
  const { server, source, kafkaAlerts } = config;
  const { kafka, http } = source;
  const isOpen = server.enabled && !isLoopback(server.host);
  const reached = `is ${server.host}, which others can reach`;

  if (isOpen && server.token === null)
    say(['server', 'host'], `${reached}; set server.tokenFile, or listen on 127.0.0.1`);
  if (http.enabled && !server.enabled)
    say(['source', 'http', 'enabled'], 'needs the server; set server.enabled to true');
  if (http.enabled && isOpen && http.token === undefined)
    say(['server', 'host'], `${reached}; set source.http.tokenFile, or listen on 127.0.0.1`);
  if (kafkaAlerts.topic !== null && kafka === undefined)
    say(['kafkaAlerts', 'topic'], 'needs brokers; set source.kafka');
  if (kafka !== undefined) {
    const { mechanism, username, password, tokenFile } = kafka.sasl;
    const at = ['source', 'kafka', 'sasl', 'mechanism'];
    if (mechanism === 'oauthbearer' && tokenFile === undefined)
      say(at, 'is oauthbearer; set tokenFile beside it');
    if (
      mechanism === 'none' &&
      [username, password, tokenFile].some((text) => text !== undefined && text !== '')
    )
      say(
        at,
        'is none, so the login beside it would not be used; set plain, scram-sha-256, scram-sha-512 or oauthbearer',
      );
    if (isByPassword(mechanism) && (username === undefined || password === undefined))
      say(at, `is ${mechanism}; set username and passwordFile beside it`);
  }
  return problems;
}

const isByPassword = (mechanism: string) => mechanism === 'plain' || mechanism.startsWith('scram-');
