import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/cli/config-flags.ts';
import type { Io } from '../../src/cli/io.ts';

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'relations-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** What is told of a configuration, without the path of the file; empty when it is right. */
function told(text: string): string[] {
  const config = join(dir, 'c.yaml');
  writeFileSync(config, text);
  try {
    readConfig({ config }, { env: {} } as Io);
    return [];
  } catch (error) {
    const lines = (error as Error).message.split('\n').slice(1);
    return lines.map((line) => line.trim().replaceAll(`${dir}/`, ''));
  }
}

function written(name: string, text: string): string {
  const path = join(dir, name);
  writeFileSync(path, text);
  return path;
}

describe('readConfig(), what the service would refuse later', () => {
  it.each([
    [
      'server: { host: 0.0.0.0 }',
      'c.yaml:1:17: server.host is 0.0.0.0, which others can reach; set server.tokenFile, or listen on 127.0.0.1',
    ],
    [
      'source: { http: { enabled: true } }\nserver: { enabled: false }',
      'c.yaml:1:28: source.http.enabled needs the server; set server.enabled to true',
    ],
    [
      'source: { http: { enabled: true } }\nserver: { host: "::", token: 0123456789abcdef0 }',
      'c.yaml:2:17: server.host is ::, which others can reach; set source.http.tokenFile, or listen on 127.0.0.1',
    ],
    ['kafkaAlerts: { topic: alerts }', 'c.yaml:1:23: kafkaAlerts.topic needs brokers; set source.kafka'],
    [
      'source: { kafka: { brokers: [a:1], topics: [t], sasl: { mechanism: plain, username: u } } }',
      'c.yaml:1:68: source.kafka.sasl.mechanism is plain; set username and passwordFile beside it',
    ],
    [
      'source: { kafka: { brokers: [a:1], topics: [t], sasl: { mechanism: oauthbearer } } }',
      'c.yaml:1:68: source.kafka.sasl.mechanism is oauthbearer; set tokenFile beside it',
    ],
    [
      'source: { kafka: { brokers: [a:1], topics: [t], sasl: { username: u, password: p } } }',
      'c.yaml:1:55: source.kafka.sasl.mechanism is none, so the login beside it would not be used; set plain, scram-sha-256, scram-sha-512 or oauthbearer',
    ],
    [
      'decode: { trustedProxies: [10.0.0.0/8, 10.0.0.0/33, "2001:db8::1"] }',
      'c.yaml:1:40: decode.trustedProxies[1] is "10.0.0.0/33"; give a CIDR range such as 10.0.0.0/8, or one address',
    ],
    [
      'lists: { inventory: [{ credential: a, declared: { networks: [AS64500, 10.0.0.1, ASX] } }] }',
      'c.yaml:1:81: lists.inventory[0].declared.networks[2] is "ASX"; give a CIDR range such as 10.0.0.0/8, one address, or an autonomous system such as AS64500',
    ],
    [
      'clickhouse: { url: "clickhouse:8123" }',
      'c.yaml:1:20: clickhouse.url is "clickhouse:8123"; give an address such as https://host:8443',
    ],
    ['decode: { format: nginxx }', 'c.yaml:1:19: decode.format is no format; did you mean nginx?'],
  ])('%s', (text, problem) => {
    expect(told(text)).toEqual([problem]);
  });

  it('names every file that cannot be read, of whatever option, at once', () => {
    const text = [
      'decode: { countryFile: /nowhere/a, hashKeyFile: /nowhere/b, mappings: [/nowhere/m.yaml] }',
      'engine: { modelFile: /nowhere/c }',
      'lists: { revokedFile: /nowhere/d }',
      'clickhouse: { url: "https://c:8443", tls: { caFile: /nowhere/e } }',
      'webhook: { endpoints: [{ url: "https://w", tls: { keyFile: /nowhere/f } }] }',
    ].join('\n');
    expect(told(text).map((line) => line.replace(/: ENOENT.*/, ''))).toEqual([
      'c.yaml:1:49: decode.hashKeyFile cannot be read',
      'c.yaml:1:24: decode.countryFile cannot be read',
      'c.yaml:2:22: engine.modelFile cannot be read',
      'c.yaml:3:23: lists.revokedFile cannot be read',
      'c.yaml:4:53: clickhouse.tls.caFile cannot be read',
      'c.yaml:5:60: webhook.endpoints[0].tls.keyFile cannot be read',
      '/nowhere/m.yaml: mapping cannot be read',
    ]);
  });

  it('takes no empty or short file for a secret: an empty token would open the door', () => {
    const empty = written('empty', '\n');
    const short = written('short', 'abc\n');
    expect(told(`source: { http: { enabled: true, tokenFile: ${empty} } }`)).toEqual([
      'c.yaml:1:45: source.http.tokenFile names an empty file; write the secret into it',
    ]);
    expect(told(`server: { tokenFile: ${short} }`)).toEqual([
      'c.yaml:1:22: server.tokenFile holds no fitting secret; write at least 16 characters into it',
    ]);
  });

  it('has nothing against a whole, open service', () => {
    const token = written('token', '0123456789abcdef0123\n');
    const text = `source: { http: { enabled: true, tokenFile: ${token} } }\nserver: { host: 0.0.0.0, tokenFile: ${token} }`;
    expect(told(text)).toEqual([]);
  });
});
